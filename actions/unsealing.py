"""Gives amounts back that were masked as a code: while one is waited for, digits are hidden before anybody knows."""

import re
from dataclasses import replace

from actions.call import Call, OpenWish
from actions.wish import Result, say
from bot.messages import Outcome
from bot.ports import Vault

UNCLEAR = "amount_or_secret"  # the intent of a turn of six digits that may be either
_MASKED = re.compile(r"〔验证码·\d+〕")
_NUMBERS = frozenset({"money", "months", "percent"})
_ROUND, _VERY_ROUND = "00", "0000"  # an amount may end in the first, and a code or password all but never in the second


async def unsealed(call: Call, vault: Vault | None) -> Call:
    """Return the call with the digits in clear when the open question asks for a number and for no secret.

    With a proof of identity under the open question six digits alone are its secret, unless they are as round as an
    amount; those that may be either come back with the intent UNCLEAR, still masked.
    """
    waiting = call.memory.wish
    if vault is None or waiting is None or not waiting.reminder or not _NUMBERS.intersection(waiting.expects):
        return call
    text, proving = call.text, _proving(waiting)
    for mark in _MASKED.findall(text):
        value = await vault.get(call.sender, mark) or ""
        alone = proving and text.strip() == mark and not value.endswith(_VERY_ROUND)
        if alone and value.endswith(_ROUND):
            return replace(call, intent=UNCLEAR)
        text = text.replace(mark, value) if value.isdigit() and not alone else text
    return call if text == call.text else replace(call, text=text, intent="inform")


def unclear(call: Call) -> Result | None:
    """Ask whether six digits are an amount or a secret; nothing is tried with them. None when it is clear."""
    if call.intent != UNCLEAR:
        return None
    words = (
        "这六位数家家先遮盖了,没有使用:分不清它是金额,还是查询密码、验证码。\n"
        "是金额,请带上单位再写一次,比如“35 万元”;是密码或验证码,请先说“取消”放下这笔试算,再发一次。"
    )
    spoken = "这六位数我分不清是金额还是密码,没有使用。是金额请带上单位再说一次,是密码请先说取消,再发一次。"
    return say(words, spoken=spoken, outcome=Outcome.ASKED)


def _proving(waiting: OpenWish) -> bool:
    """Say whether a proof of identity lies under the open question and waits for a code or a password."""
    under = waiting.under
    return under is not None and ("secret" in under.expects or _proving(under))
