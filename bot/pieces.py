"""Knows a personal number again that comes in several messages: 138, then 0013, then 8000.

What was said before is held in this process's memory only, and no longer than digits follow digits.
"""

import re
from collections import OrderedDict

from bot import numbers
from bot.digit_runs import LINK, SPOKEN
from bot.masking import CARD, ID, PHONE, Found

MOST = 10_000  # conversations; the one that was quiet longest is forgotten
LONGEST = 40  # digits held of one conversation
_DIGITS = r"[0-9](?:[ -]?[0-9]){1,16}X?|[0-9]X"
_PIECE = re.compile(
    rf"(?:我|本人|这是|手机|电话|身份证|银行卡|联系|号码|[号卡]|{LINK})*+(?P<digits>{_DIGITS})(?:{LINK}|[吧呢哈了])*+"
)
_AMOUNT = re.compile(r"[1-9][0-9]*00")
_CODE = 6
_SIZES = frozenset({(3, 4, 4), (3, 8), (7, 4), (4, 7), (4, 3, 4), (4, 4, 3), (3, 3, 5), (3, 5, 3), (6, 5), (5, 6)})


class Pieces:
    """One list of digits a conversation; `ended` is asked of every message, in order."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def ended(self, conversation: str, text: str, *, secret: bool) -> Found | None:
        """Return the number that this message completes, as found in it; `secret`: six digits are a code now."""
        piece = _PIECE.fullmatch(text.translate(SPOKEN))
        before = self._held.pop(conversation, ())
        digits = re.sub("[ -]", "", piece["digits"]) if piece else ""
        if piece is None or (secret and len(digits) == _CODE):
            return None
        held = (*before, digits)
        while sum(map(len, held)) > LONGEST:
            held = held[1:]
        self._hold(conversation, held)
        kind, value = _whole(held)
        return Found(start=piece.start("digits"), end=piece.end("digits"), kind=kind, value=value) if kind else None

    def _hold(self, conversation: str, held: tuple[str, ...]) -> None:
        self._held[conversation] = held
        if len(self._held) > MOST:
            self._held.popitem(last=False)


def _whole(held: tuple[str, ...]) -> tuple[str, str]:
    """Return kind and digits of the number that the last two or more pieces make, or nothing."""
    for first in range(len(held) - 1):
        pieces = held[first:]
        value = "".join(pieces)
        if numbers.identity(value):
            return ID, value
        if all(_AMOUNT.fullmatch(piece) for piece in pieces):
            continue
        if numbers.card(value):
            return CARD, value
        if numbers.phone(value) and tuple(map(len, pieces)) in _SIZES:
            return PHONE, value
    return "", ""
