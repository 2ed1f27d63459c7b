"""Knows a personal number again that comes in several messages: 138, then 0013, then 8000.

What was said before is held in this process's memory only, for minutes, whatever else is said in between.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot import numbers
from bot.digit_runs import LINK, SPOKEN
from bot.masking import CARD, ID, PHONE, Found

MOST = 10_000  # conversations; the one that was quiet longest is forgotten
LONGEST = 40  # digits held of one conversation
KEPT = 300.0  # seconds a piece is held
_DIGITS = r"[0-9](?:[ -]?[0-9]){1,16}X?|[0-9]X"
_PIECE = re.compile(
    rf"(?:我|本人|这是|手机|电话|身份证|银行卡|联系|号码|[号卡]|{LINK})*+(?P<digits>{_DIGITS})(?:{LINK}|[吧呢哈了])*+"
)
_AMOUNT = re.compile(r"[1-9][0-9]*00")
_CODE = 6
_SIZES = frozenset({(3, 4, 4), (3, 8), (7, 4), (4, 7), (4, 3, 4), (4, 4, 3), (3, 3, 5), (3, 5, 3), (6, 5), (5, 6)})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """The pieces of one conversation, whether others came since, and when the last piece was heard."""

    digits: tuple[str, ...]
    at: float
    apart: bool = False


class Pieces:
    """One list of digits a conversation; `ended` is asked of every message, in order."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._now = now

    def ended(self, conversation: str, text: str, *, secret: bool) -> Found | None:
        """Return the number that this message completes, as found in it; `secret`: six digits are a code now."""
        piece = _PIECE.fullmatch(text.translate(SPOKEN))
        oldest = self._now() - KEPT
        self._forget(oldest)
        before = self._held.pop(conversation, None)
        if before and before.at < oldest:
            before = None
        digits = re.sub("[ -]", "", piece["digits"]) if piece else ""
        if piece is None or (secret and len(digits) == _CODE):
            if before:
                self._hold(conversation, replace(before, apart=True))
            return None
        held = (*(before.digits if before else ()), digits)
        while sum(map(len, held)) > LONGEST:
            held = held[1:]
        apart = before is not None and before.apart
        self._hold(conversation, _Held(digits=held, at=self._now(), apart=apart))
        kind, value = _whole(held, apart=apart)
        return Found(start=piece.start("digits"), end=piece.end("digits"), kind=kind, value=value) if kind else None

    def _hold(self, conversation: str, held: _Held) -> None:
        self._held[conversation] = held
        if len(self._held) > MOST:
            self._held.popitem(last=False)

    def _forget(self, oldest: float) -> None:
        """Let go of those who never came back: whoever has been quiet longest stands first."""
        while self._held and next(iter(self._held.values())).at < oldest:
            self._held.popitem(last=False)


def _whole(held: tuple[str, ...], *, apart: bool) -> tuple[str, str]:
    """Return kind and digits of the number that the last two or more pieces make, or nothing.

    A card is not put together across other messages: one row of amounts in ten passes its check.
    """
    for first in range(len(held) - 1):
        pieces = held[first:]
        value = "".join(pieces)
        if numbers.identity(value):
            return ID, value
        if all(_AMOUNT.fullmatch(piece) for piece in pieces):
            continue
        if not apart and numbers.card(value):
            return CARD, value
        if numbers.phone(value) and tuple(map(len, pieces)) in _SIZES:
            return PHONE, value
    return "", ""
