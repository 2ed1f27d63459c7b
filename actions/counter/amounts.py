"""Reads the amount of a form: 三万五, 全部, a bare number where one was asked for; never more than there is."""

import re
from decimal import Decimal

from actions.call import Call
from actions.routing import READS
from actions.values import find_yuan, normalised, yuan
from bot.errors import ValueRefused

_BARE = re.compile(r"-?[\d.]+|负?[零一二两三四五六七八九十百千万点]+")
_ALL = READS["all"]
_UNDER_ZERO = re.compile(r"(?:^|[^\d])[-−－负]\s*[\d一二三四五六七八九十]")


def amount_told(call: Call, told: dict[str, str], limit: Decimal) -> Decimal | None:
    """Return what was told now or before in yuan; raises ValueRefused when it cannot be taken.

    A bare number answers only its own question ("amount") or corrects a summary that has just been read out.
    """
    found = _found(call, told, limit)
    if found is None:
        return Decimal(told["amount"]) if told.get("amount") else None
    if found > limit:
        raise ValueRefused(f"这次最多能办 {limit:,.2f} 元,{found:,.2f} 元超出了。请写一个不超过的金额,或者说“全部”。")
    return found


def _found(call: Call, told: dict[str, str], limit: Decimal) -> Decimal | None:
    plain = normalised(call.told)
    if _UNDER_ZERO.search(plain):
        raise ValueRefused("金额要大于 0。请重新写一下金额,比如 5000。")
    if _ALL(plain):
        return limit
    found = find_yuan(plain)
    asked = told.get("asking") in ("amount", "confirm")
    if found is None and asked and _BARE.fullmatch(plain):
        return yuan(plain)
    return found
