"""Names who answers what is not the fund's: social insurance, tax, medical insurance, banks (policy_facts F-3)."""

import re

_ELSEWHERE = (
    (re.compile(r"医保|医疗保险|看病报销|新农合"), "医保的事请拨打 12393,由医保部门答复您。"),
    (
        re.compile(r"社保|养老|失业金|失业保险|工伤|生育津贴|劳动合同|劳动仲裁|工资拖欠|拖欠工资"),
        "社保和劳动的事请拨打 12333。",
    ),
    (re.compile(r"个税|税务|发票|增值税|契税|房产税|退税"), "税务的事请拨打 12366,由税务部门答复您。"),
    (
        re.compile(r"商贷|商业贷款|信用卡|消费贷|信用贷|车贷|网贷|lpr", re.IGNORECASE),
        "商业贷款和信用卡的事,请直接问贷款或发卡的银行。",
    ),
)


def elsewhere(text: str) -> str:
    """Return where to ask, or an empty string when nobody in particular answers it."""
    return next((words for sign, words in _ELSEWHERE if sign.search(text)), "")
