"""The keypad menu: what each key asks, for callers who cannot or will not speak."""

QUESTIONS = {
    "1": "查公积金余额",
    "2": "公积金怎么提取",
    "3": "公积金贷款怎么申请",
    "4": "贷款提前还款怎么办理",
    "5": "公积金缴存比例最低最高是多少",
    "6": "办理网点在哪里",
}


def question(key: str) -> str:
    """Return what a key of the menu asks; nothing for a key that is not on it."""
    return QUESTIONS.get(key, "")
