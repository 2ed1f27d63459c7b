"""Decides how long a silence ends a caller's turn: less when what was heard is complete as it stands."""

import re

from voice.digits import digits_in
from voice.phrasing import Phrasing
from voice.slots import NO, YES, Kind, Slot

_COMPLETE = re.compile(
    r"(?:吗|呢|么|吧|多少|多少钱|几年|材料|怎么办|办理|什么|哪里|在哪|时候|提取|申请|计算|调整|余额|账户|服务|人工|"
    r"谢谢|再见|重复|返回|退出|一遍|一点|没有了|不用了|比例|利率|额度|网点|微信|还款|贷款|本地)$"
)


NO_PHRASING = Phrasing(())
WHOLE = 0.2  # so often a question that went so far was over
AT_ONCE = 0.3


def silence_wanted(slot: Slot, heard: str, phrasing: Phrasing = NO_PHRASING) -> float:
    """Return the seconds of silence after which the turn is over."""
    if not heard:
        return slot.silence
    if slot.kind in (Kind.OPEN, Kind.CHOICE) and phrasing.whole(heard) >= WHOLE:
        return AT_ONCE
    return slot.settled if _complete(slot, heard) else slot.silence


def _complete(slot: Slot, heard: str) -> bool:
    if slot.kind is Kind.YES_NO:
        return heard in YES | NO
    if slot.by_digits:
        return bool(slot.length) and len(digits_in(heard)) >= slot.length
    return heard in slot.labels or bool(_COMPLETE.search(heard))
