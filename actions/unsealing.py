"""Gives amounts back that were masked as a code: while one is waited for, digits are hidden before anybody knows."""

import re
from dataclasses import replace

from actions.call import Call, OpenWish
from bot.ports import Vault

_MASKED = re.compile(r"〔验证码·\d+〕")
_NUMBERS = frozenset({"money", "months", "percent"})
_ROUND = "00"  # how an amount of six digits ends, and hardly ever a code or a password


async def unsealed(call: Call, vault: Vault | None) -> Call:
    """Return the call with the digits in clear when the open question asks for a number and for no secret."""
    waiting = call.memory.wish
    if vault is None or waiting is None or not waiting.reminder or not _NUMBERS.intersection(waiting.expects):
        return call
    text, proving = call.text, _proving(waiting)
    for mark in _MASKED.findall(text):
        value = await vault.get(call.sender, mark)
        sealed = proving and text.strip() == mark and not (value or "").endswith(_ROUND)
        text = text.replace(mark, value) if value and value.isdigit() and not sealed else text
    return call if text == call.text else replace(call, text=text, intent="inform")


def _proving(waiting: OpenWish) -> bool:
    """Say whether a proof of identity lies under the open question and waits for a code or a password."""
    under = waiting.under
    return under is not None and ("secret" in under.expects or _proving(under))
