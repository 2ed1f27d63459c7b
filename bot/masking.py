"""Finds personal numbers in what people type or say, however they group, widen or pronounce the digits.

Identity numbers follow GB 11643: 18 digits with a date inside; a wrong check digit is a typo, and masked too. Bank
cards follow the Luhn check of ISO/IEC 7812. Amounts, dates, document numbers and unified social credit codes (GB 32100)
stay as they are.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from bot import numbers
from bot.digit_runs import (
    ANY_DIGIT,
    LETTERED,
    LETTERED_RUN,
    LINKED_RUN,
    PAUSE,
    POWERED_RUN,
    ROW,
    SPOKEN,
    SPOKEN_DIGIT,
    SPOKEN_RUN,
    TYPED,
    TYPED_RUN,
    WIDE_RUN,
    Run,
    run_of,
)

ID, PHONE, CARD, ACCOUNT = "身份证", "手机号", "银行卡", "账号"

FEWEST_DIGITS = 6  # an account number of eight signs may have two letters
SHORTEST = 11  # digits of a telephone number: what stands by itself and is shorter is no personal number


_LISTED = re.compile(r"[,，、;；]")
_CALLED = re.compile(r"(?:手机|电话|号码|号是|联系|打给|tel|phone|mobile)[^0-9]{0,8}$", re.IGNORECASE)
_WORD = re.compile(r"[\u4e00-\u9fff]")
_OF_MONEY = (2, 3, 3, 3)  # 13,800,138,000
_UNIT_AHEAD = re.compile(r"(?:\.\d{1,2})?\s*(?:元(?!旦)|块|万|亿|%|％)")
_LETTER_BEFORE = re.compile(r"[0-9][0-9A-HJ-NPQRTUWXY]*[A-HJ-NPQRTUWXY]$")
_CODE_BEFORE = re.compile(r"(?:代码|税号)[^0-9]{0,4}$")
_ACCOUNT = re.compile(
    rf"(?:[账帐](?:号|户)|卡号|公积金号|个人编号|客户号)(?:号?码)?(?:{PAUSE}[是为就我的:：=]){{0,4}}{PAUSE}"
    rf"(?P<value>[0-9A-Za-z](?:[ \-－]?[0-9A-Za-z]){{7,29}})"
)
_PROOFS = (
    (ID, numbers.identity),
    (CARD, numbers.card),
    (ID, numbers.like_identity),
    (ID, numbers.old_identity),
    (PHONE, numbers.phone),
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


def find(text: str) -> tuple[Found, ...]:
    """Return the personal numbers of `text` in order, none overlapping."""
    typed = text.translate(TYPED)
    found = [*_lettered(typed)]
    if SPOKEN_DIGIT.search(text):
        spoken = _without(text, found).translate(SPOKEN)
        found += [*_lettered(spoken), *_powered(spoken)]
    if not found and len(ANY_DIGIT.findall(typed)) < FEWEST_DIGITS:
        return ()
    found += _in_runs(text, _without(typed, found), TYPED_RUN, free=False)
    if SPOKEN_DIGIT.search(text):
        left = _without(text, found)
        found += _in_runs(left, left.translate(SPOKEN), SPOKEN_RUN, free=True)
    found += _apart(_without(text, found).translate(TYPED), WIDE_RUN)
    found += _apart(_without(text, found).translate(SPOKEN), LINKED_RUN)
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


def _found(run: Run, start: int, length: int, kind: str) -> Found:
    last = start + length - 1
    return Found(start=run.at[start], end=run.at[last] + 1, kind=kind, value=run.digits[start : start + length])


def _without(text: str, found: list[Found]) -> str:
    """Blank out what was found, keeping every other place."""
    for number in found:
        text = text[: number.start] + "#" * (number.end - number.start) + text[number.end :]
    return text


def _lettered(folded: str) -> Iterator[Found]:
    """Numbers in which a letter stands for the digit it looks like; only what a check or the shape proves."""
    for match in LETTERED_RUN.finditer(folded):
        value = re.sub("[ -]", "", match[0].translate(LETTERED))
        kind = next((kind for kind, proves in _PROOFS if proves(value)), "")
        letters = not re.sub("[ X-]", "", match[0]).isdigit()
        if kind and letters and not _UNIT_AHEAD.match(folded, match.end()):
            yield Found(start=match.start(), end=match.end(), kind=kind, value=value)


def _in_runs(text: str, folded: str, pattern: re.Pattern[str], *, free: bool) -> Iterator[Found]:
    for match in pattern.finditer(folded):
        run = run_of(match, free=free)
        if free and not _told(run, text[match.start() : match.end()]):
            continue
        start = 0
        while start <= len(run.digits) - SHORTEST:
            number = _at(run, start, folded)
            if number:
                yield number
            start = start + len(number.value) if number else start + 1


def _powered(folded: str) -> Iterator[Found]:
    """Mobile numbers with thousands or hundreds told in their middle (一三八八千零一二三), nothing left over."""
    for match in POWERED_RUN.finditer(folded):
        run = run_of(match, free=True)
        middle = re.search("[千百]", match[0]) and not ROW.search(match[0])
        if middle and numbers.phone(run.digits):
            yield _found(run, 0, len(run.digits), PHONE)


def _told(run: Run, text: str) -> bool:
    """Whether digits are spoken ones: some words among them, or written into one piece, or counted (两个零)."""
    return len(SPOKEN_DIGIT.findall(text)) >= 3 or len(run.digits) >= len(text) or len(set(run.at)) < len(run.at)


def _apart(folded: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    """Numbers whose digits stand further apart, by dots, slashes, words: only what a check or its groups prove."""
    for match in pattern.finditer(folded):
        run = run_of(match, free=False)
        start = 0
        while start <= len(run.digits) - SHORTEST:
            number = _identity(run, start, (18,), numbers.identity) or _even_card(run, start)
            number = number or _phone(run, start, folded)
            if number and number.kind == PHONE and not _meant(run, start, number, folded):
                number = None
            if number:
                yield number
            start += len(number.value) if number else 1


def _meant(run: Run, start: int, phone: Found, folded: str) -> bool:
    """Tell a telephone number cut by commas from amounts in a row: by what is said before it, or by how it is cut."""
    inside = folded[phone.start : phone.end]
    if not _LISTED.search(inside) or _WORD.search(inside) or _CALLED.search(folded[: phone.start][-16:]):
        return True
    begin = run.at.index(phone.start, start)
    groups = run.groups(begin, SHORTEST)
    if groups == _OF_MONEY:
        return False
    no_amount = any(run.digits[cut] == "0" for cut in run.starts if begin < cut < begin + SHORTEST)
    alone = not re.search(r"[^\s,，、;；。.]", folded[: phone.start] + folded[phone.end :])
    return no_amount or alone or groups == (1,) * SHORTEST


def _even_card(run: Run, start: int) -> Found | None:
    """A card in groups of one length, as it is printed: else any row of numbers passes its check one time in ten."""
    card = _card(run, start)
    first, *others = run.groups(start, len(card.value)) if card else (0,)
    even = len(others) > 1 and all(size == first for size in others[:-1]) and others[-1] <= first
    return card if even else None


def _at(run: Run, start: int, folded: str) -> Found | None:
    """Return the personal number that begins at this digit, the surest reading first."""
    return (
        _identity(run, start, (18,), numbers.identity)
        or _card(run, start)
        or _identity(run, start, (18, 17, 19, 16), numbers.like_identity)
        or _identity(run, start, (15,), numbers.old_identity)
        or _phone(run, start, folded)
        or _long(run, start, folded)
    )


def _identity(run: Run, start: int, lengths: tuple[int, ...], check: Callable[[str], bool]) -> Found | None:
    for length in lengths:
        if run.fits(start, length) and check(run.digits[start : start + length]):
            return _found(run, start, length, ID)
    return None


def _card(run: Run, start: int) -> Found | None:
    for length in (19, 18, 17, 16):
        if run.fits(start, length) and numbers.card(run.digits[start : start + length]):
            return _found(run, start, length, CARD)
    return None


def _phone(run: Run, start: int, folded: str) -> Found | None:
    for prefix in ("0086", "86", ""):
        begin = start + len(prefix)
        if not run.digits.startswith(prefix, start) or not numbers.phone(run.digits[begin : begin + 11]):
            continue
        end = start + len(prefix) + 11
        whole = run.fits(start, end - start) or (start in run.starts and run.digits[end:] == "X")  # 13800138000x@…
        grouped = run.free or run.groups(begin, 11) in _PHONE_GROUPS
        if whole and grouped and not _UNIT_AHEAD.match(folded, run.at[begin + 10] + 1):
            return _found(run, begin, 11, PHONE)
    return None


def _long(run: Run, start: int, folded: str) -> Found | None:
    """Fifteen digits in one piece are no amount and no date: a mistyped identity, card or account number."""
    if start not in run.starts:
        return None
    end = min(cut for cut in run.starts if cut > start)
    value = run.digits[start:end]
    before = folded[max(run.at[start] - 12, 0) : run.at[start]]
    public = _LETTER_BEFORE.search(before) or (_CODE_BEFORE.search(before) and numbers.credit_code(value))
    if len(value) < 15 or public:
        return None
    return _found(run, start, end - start, ACCOUNT)


def _accounts(folded: str) -> Iterator[Found]:
    for match in (*_ACCOUNT.finditer(folded), *([_whole] if (_whole := _ONLY_NUMBER.fullmatch(folded)) else ())):
        value = re.sub(r"[^0-9A-Za-z]", "", match["value"])
        if sum(char.isdigit() for char in value) >= 6:
            yield Found(start=match.start("value"), end=match.end("value"), kind=ACCOUNT, value=value)
