"""Keeps what is told ahead of its turn: 五万, 缩短年限 while the proof of identity for 提前还款 still waits."""

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.asking import ten_thousands
from actions.call import Call, OpenWish
from actions.consent import denies, stance
from actions.questions import asks
from actions.routing import proposed, reads
from actions.values import find_yuan
from actions.wish import Result, Wish, say
from bot.errors import ValueRefused
from bot.messages import Outcome

_PROOF = "prove_identity"
_MONEY = ("money", "all")
_KINDS: Mapping[str, tuple[str, ...]] = {  # what the wish behind the proof will ask for
    "prepay": (*_MONEY, "effect"),
    "withdraw_rent": _MONEY,
    "withdraw_repay_fund_loan": _MONEY,
    "withdraw_repay_commercial_loan": _MONEY,
    "get_certificate": ("certificate",),
    "book_counter": ("district", "moment"),
    "query_contribution": ("span",),
}
_STILL = {
    "id-number": "先确认是您本人:请发 18 位身份证号。",
    "proof": "再确认是您本人:用短信验证码,还是查询密码?",
    "secret": "就差最后一步:请发那 6 位数字。",
}
_LONGEST = 24
_SEALED = re.compile(r"〔")
_CHANGES = re.compile(r"^(?:不对|不是|说错了?|改成|还是|换成|等[等一]?下?)[,,。 ]*(?:是|改成)?")


class ToldAhead:
    """五万。(身份还没验证完)"""

    name = "told_ahead"

    async def fulfil(self, call: Call) -> Result:
        """Say what was noted, keep it with the words the wish began with, and ask on."""
        waiting = call.memory.wish
        if waiting is None or waiting.after is None:
            return say("好的。", outcome=Outcome.CHATTED)
        said = f"{_CHANGES.sub('', call.told)},{waiting.values.get('said', '')}"  # the newest first: it is what counts
        wish = replace(waiting, values={**waiting.values, "said": said})
        words = f"记下了:{_noted(call.told)}。{_STILL.get(waiting.expects[0], waiting.reminder)}"
        return say(words, outcome=Outcome.ASKED, memory=replace(call.memory, wish=wish))


def told_ahead(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return this wish when a turn answers what will only be asked after the proof, else None."""
    waiting = call.memory.wish
    if waiting is None or waiting.name != _PROOF or waiting.after is None or not waiting.expects:
        return None
    plain = proposed(_CHANGES.sub("", call.told))
    short = len(plain) <= _LONGEST and not asks(plain) and not _SEALED.search(call.told)
    else_said = call.intent == "cancel" or stance(call.told) is not None or denies(plain)
    return wishes.get(ToldAhead.name) if short and not else_said and _reads(waiting.after, plain) else None


def _reads(after: OpenWish, words: str) -> bool:
    return any(reads(kind, words) for kind in _KINDS.get(after.name, ()))


def _noted(told: str) -> str:
    try:
        amount = find_yuan(told)
    except ValueRefused:
        amount = None
    return ten_thousands(amount) if amount else f"“{_CHANGES.sub('', told).strip('。, ')}”"
