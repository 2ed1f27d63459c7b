"""Finds personal numbers in what people type or say, however they group, widen or pronounce the digits.

Identity numbers follow GB 11643: 18 digits with a date inside; a wrong check digit is a typo, and masked too. Bank
cards follow the Luhn check of ISO/IEC 7812. Amounts, dates, document numbers and unified social credit codes (GB 32100)
stay as they are.
"""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot import numbers

ID, PHONE, CARD, ACCOUNT = "身份证", "手机号", "银行卡", "账号"

FEWEST_DIGITS = 6  # an account number of eight signs may have two letters
SHORTEST = 11  # digits of a telephone number: what stands by itself and is shorter is no personal number


class _Folded(dict[int, int]):
    """A table for str.translate that takes every sign Unicode calls a digit (１ ① ١ 𝟏) for that digit."""

    def __missing__(self, code: int) -> int:
        value = unicodedata.digit(chr(code), None) if code > 127 else None
        self[code] = folded = code if value is None else ord(str(value))
        return folded


_TYPED = _Folded(str.maketrans("ｘＸx×хХ", "XXXXXX"))
SPOKEN = _Folded(_TYPED | str.maketrans("零〇○一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖", "00011122233445566778899"))
_SPOKEN_DIGIT = re.compile("[零〇○一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖]")
_ANY_DIGIT = re.compile(r"[0-9零〇○一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖]")
_GAP = r"[ \t\r\n\u00a0\u3000\u200b-\u200f\u2060\ufeff\ufe0f\u20e3_·•\-－‐-―]{0,3}"
PAUSE = r"[ \t\r\n\u00a0\u3000\u200b-\u200f\u2060\ufeff_·•\-－‐-―,，、。.…]{0,3}"
_TYPED_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9])*(?:{_GAP}X(?![0-9A-Za-z]))?")
_SPOKEN_RUN = re.compile(rf"[0-9](?:{PAUSE}[0-9])*(?:{PAUSE}X(?![0-9A-Za-z]))?")
_WIDE_RUN = re.compile(
    r"[0-9](?:[^0-9A-Za-z\u4e00-\u9fff]{0,6}[0-9])*(?:[^0-9A-Za-z\u4e00-\u9fff]{0,6}X(?![0-9A-Za-z]))?"
)
_LISTED = re.compile(r"[,，、;；]")
_UNIT_AHEAD = re.compile(r"(?:\.\d{1,2})?\s*(?:元(?!旦)|块|万|亿|%|％)")
_LETTER_BEFORE = re.compile(r"[0-9][0-9A-HJ-NPQRTUWXY]*[A-HJ-NPQRTUWXY]$")
_CODE_BEFORE = re.compile(r"(?:代码|税号)[^0-9]{0,4}$")
_ACCOUNT = re.compile(
    rf"(?:[账帐](?:号|户)|卡号|公积金号|个人编号|客户号)(?:号?码)?(?:{PAUSE}[是为就我的:：=]){{0,4}}{PAUSE}"
    rf"(?P<value>[0-9A-Za-z](?:[ \-－]?[0-9A-Za-z]){{7,29}})"
)
_ONLY_NUMBER = re.compile(r"\s*(?P<value>[0-9]{9,14}|[0-9]{6,17}X)\s*[。.]?\s*")  # also one half of a number
_PHONE_GROUPS = frozenset(
    {(11,), (3, 4, 4), (4, 3, 4), (3, 3, 5), (3, 8), (7, 4), (3, 4, 2, 2), (3, 2, 2, 2, 2), (3, 3, 3, 2), (3, 2, 3, 3)}
    | {(2, 3, 3, 3), (2, 9), (2, 3, 6), (2, 4, 5), (1, 10), (1,) * 11, (3, 5, 3), (3, 6, 2), (3, 3, 2, 3), (4, 7)}
    | {(4, 4, 3), (6, 5), (5, 6)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A personal number: where it stands in the text, and its plain digits (with X)."""

    start: int
    end: int
    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Digits that belong together: `at` is each digit's place in the text, `starts` the digits that open a group."""

    digits: str
    at: tuple[int, ...]
    starts: frozenset[int]
    free: bool  # spoken digits: groups mean nothing, a number may begin anywhere

    def fits(self, start: int, length: int) -> bool:
        end = start + length
        return end <= len(self.digits) and (self.free or (start in self.starts and end in self.starts))

    def groups(self, start: int, length: int) -> tuple[int, ...]:
        cuts = sorted({start, start + length} | {cut for cut in self.starts if start < cut < start + length})
        return tuple(after - before for before, after in pairwise(cuts))

    def found(self, start: int, length: int, kind: str) -> Found:
        last = start + length - 1
        value = self.digits[start : start + length]
        return Found(start=self.at[start], end=self.at[last] + 1, kind=kind, value=value)


def find(text: str) -> tuple[Found, ...]:
    """Return the personal numbers of `text` in order, none overlapping."""
    typed = text.translate(_TYPED)
    if len(_ANY_DIGIT.findall(typed)) < FEWEST_DIGITS:
        return ()
    found = [*_in_runs(text, typed, _TYPED_RUN, free=False)]
    if len(_SPOKEN_DIGIT.findall(text)) >= 3:
        left = _without(text, found)
        found += _in_runs(left, left.translate(SPOKEN), _SPOKEN_RUN, free=True)
    found += _apart(_without(text, found).translate(_TYPED))
    found += _accounts(_without(text, found).translate(SPOKEN))
    return tuple(sorted(found, key=lambda number: number.start))


async def mask(text: str, put: Callable[[str, str], Awaitable[str]]) -> str:
    """Replace every personal number by the placeholder that `put(kind, value)` returns."""
    pieces, done = [], 0
    for number in find(text):
        pieces += [text[done : number.start], await put(number.kind, number.value)]
        done = number.end
    return "".join([*pieces, text[done:]])


def scrub(text: str) -> str:
    """Show only the first three and last four digits of every personal number."""
    for number in reversed(find(text)):
        text = text[: number.start] + shortened(number.value) + text[number.end :]
    return text


def shortened(value: str) -> str:
    """Return 前3后4 of a number; of one too short for that, nothing."""
    if len(value) < 8:
        return "*" * len(value)
    return f"{value[:3]}{'*' * max(len(value) - 7, 1)}{value[-4:]}"


def _without(text: str, found: list[Found]) -> str:
    """Blank out what was found, keeping every other place."""
    for number in found:
        text = text[: number.start] + "#" * (number.end - number.start) + text[number.end :]
    return text


def _in_runs(text: str, folded: str, pattern: re.Pattern[str], *, free: bool) -> Iterator[Found]:
    for match in pattern.finditer(folded):
        if free and len(_SPOKEN_DIGIT.findall(text, *match.span())) < 3:
            continue
        run = _run(match, free=free)
        start = 0
        while start <= len(run.digits) - SHORTEST:
            number = _at(run, start, folded)
            if number:
                yield number
            start = start + len(number.value) if number else start + 1


def _apart(folded: str) -> Iterator[Found]:
    """Numbers whose digits stand further apart, by dots, slashes or anything: only what a check or its groups prove."""
    for match in _WIDE_RUN.finditer(folded):
        run = _run(match, free=False)
        start = 0
        while start <= len(run.digits) - SHORTEST:
            number = _identity(run, start, (18,), numbers.identity) or _even_card(run, start)
            number = number or _phone(run, start, folded)
            if number and number.kind == PHONE and _LISTED.search(folded, number.start, number.end):
                number = None  # amounts in a row
            if number:
                yield number
            start += len(number.value) if number else 1


def _even_card(run: _Run, start: int) -> Found | None:
    """A card in groups of one length, as it is printed: else any row of numbers passes its check one time in ten."""
    card = _card(run, start)
    first, *others = run.groups(start, len(card.value)) if card else (0,)
    even = len(others) > 1 and all(size == first for size in others[:-1]) and others[-1] <= first
    return card if even else None


def _run(match: re.Match[str], *, free: bool) -> _Run:
    at = tuple(place for place, char in enumerate(match[0], match.start()) if char in "0123456789X")
    starts = {0, len(at)} | {n for n in range(1, len(at)) if at[n] - at[n - 1] > 1}
    digits = "".join(char for char in match[0] if char in "0123456789X")
    return _Run(digits=digits, at=at, starts=frozenset(starts), free=free)


def _at(run: _Run, start: int, folded: str) -> Found | None:
    """Return the personal number that begins at this digit, the surest reading first."""
    return (
        _identity(run, start, (18,), numbers.identity)
        or _card(run, start)
        or _identity(run, start, (18, 17, 19, 16), numbers.like_identity)
        or _identity(run, start, (15,), numbers.old_identity)
        or _phone(run, start, folded)
        or _long(run, start, folded)
    )


def _identity(run: _Run, start: int, lengths: tuple[int, ...], check: Callable[[str], bool]) -> Found | None:
    for length in lengths:
        if run.fits(start, length) and check(run.digits[start : start + length]):
            return run.found(start, length, ID)
    return None


def _card(run: _Run, start: int) -> Found | None:
    for length in (19, 18, 17, 16):
        if run.fits(start, length) and numbers.card(run.digits[start : start + length]):
            return run.found(start, length, CARD)
    return None


def _phone(run: _Run, start: int, folded: str) -> Found | None:
    for prefix in ("0086", "86", ""):
        begin = start + len(prefix)
        if not run.digits.startswith(prefix, start) or not numbers.phone(run.digits[begin : begin + 11]):
            continue
        whole = run.fits(start, len(prefix) + 11)
        grouped = run.free or run.groups(begin, 11) in _PHONE_GROUPS
        if whole and grouped and not _UNIT_AHEAD.match(folded, run.at[begin + 10] + 1):
            return run.found(begin, 11, PHONE)
    return None


def _long(run: _Run, start: int, folded: str) -> Found | None:
    """Fifteen digits in one piece are no amount and no date: a mistyped identity, card or account number."""
    if start not in run.starts:
        return None
    end = min(cut for cut in run.starts if cut > start)
    value = run.digits[start:end]
    before = folded[max(run.at[start] - 12, 0) : run.at[start]]
    public = _LETTER_BEFORE.search(before) or (_CODE_BEFORE.search(before) and numbers.credit_code(value))
    if len(value) < 15 or public:
        return None
    return run.found(start, end - start, ACCOUNT)


def _accounts(folded: str) -> Iterator[Found]:
    for match in (*_ACCOUNT.finditer(folded), *([_whole] if (_whole := _ONLY_NUMBER.fullmatch(folded)) else ())):
        value = re.sub(r"[^0-9A-Za-z]", "", match["value"])
        if sum(char.isdigit() for char in value) >= 6:
            yield Found(start=match.start("value"), end=match.end("value"), kind=ACCOUNT, value=value)
