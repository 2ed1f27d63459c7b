"""Common practice of other centres is not our centre's rule: how a text that lists papers to bring has to say so."""

import re

PAPERS = (
    *("身份证(?!号)", "银行卡(?!号)", "购房合同", "租赁合同", "借款合同", "证明", "票据", "鉴定", "结婚证"),
    *("执照", "协议", "材料"),
)
SAID = re.compile(r"通行|一般|通常|常见|各地|大体")


def unhedged(text: str) -> bool:
    """Tell whether a text lists papers to bring as if the centre had ruled so."""
    return sum(bool(re.search(paper, text)) for paper in PAPERS) >= 2 and not SAID.search(text)
