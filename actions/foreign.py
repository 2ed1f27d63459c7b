"""Puts the English words that people mix in (down payment 几成) into Chinese before anything is looked up."""

import re

_WORDS = {
    "down payment": "首付",
    "mortgage": "房贷",
    "interest rate": "利率",
    "interest": "利息",
    "rate": "利率",
    "loan": "贷款",
    "balance": "余额",
    "account": "账户",
    "withdraw": "提取",
    "withdrawal": "提取",
    "rent": "租房",
    "apply": "申请",
    "limit": "额度",
    "password": "密码",
    "housing fund": "公积金",
    "provident fund": "公积金",
    "deadline": "截止时间",
    "check": "查",
    "case": "情况",
}
_ENGLISH = re.compile(
    r"(?<![a-z])(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")s?(?![a-z])", re.IGNORECASE
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SPACES = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


def in_chinese(text: str) -> str:
    """Return a Chinese sentence with the English words of our trade put into Chinese, without the gaps they leave."""
    if not (_ENGLISH.search(text) and _CHINESE.search(text)):
        return text
    plain = _ENGLISH.sub(lambda found: _WORDS[_singular(found.group(0).lower())], text)
    return _SPACES.sub("", plain)


def _singular(word: str) -> str:
    return word if word in _WORDS else word.removesuffix("s")
