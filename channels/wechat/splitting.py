"""Cuts a long answer into messages WeChat takes (2,048 UTF-8 bytes), never through a character, a link or a number."""

import re
from collections.abc import Iterator

LONGEST_BYTES = 2_048

_ATOM = re.compile(
    r"https?://[!-~]+"  # a link
    r"|(?:(?!https?://)[0-9A-Za-z])+(?:[.,:/@_+%-](?:(?!https?://)[0-9A-Za-z])+)*%?"  # a number, date, word, address
    r"|\r\n"
    r"|(?:[\U0001f1e6-\U0001f1ff]{2}|.)"  # a character with everything that belongs to it
    r"(?:[\u0300-\u036f\u200d\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|(?<=\u200d).)*",
    re.DOTALL,
)
_AFTER = dict.fromkeys(("\n", "\r\n"), 4) | dict.fromkeys("。！？；!?;", 3) | dict.fromkeys("，、：,:", 2)


def split(text: str, limit: int = LONGEST_BYTES) -> tuple[str, ...]:
    """Return the pieces in order, each at most `limit` bytes and none empty; white space at the cuts is dropped."""
    pieces: list[str] = []
    rest = text.strip()
    while rest:
        end = len(rest) if _bytes(rest) <= limit else _cut(rest, limit)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return tuple(pieces)


def _cut(text: str, limit: int) -> int:
    """Return where the first piece ends: after a paragraph or sentence in its second half if there is one."""
    best, best_rank, size, end = 0, -1, 0, 0
    for atom in _atoms(text, limit):
        if size + _bytes(atom) > limit:
            break
        size += _bytes(atom)
        end += len(atom)
        rank = _AFTER.get(atom, 0)
        if rank >= best_rank and size * 2 >= limit:
            best, best_rank = end, rank
    return best or end


def _atoms(text: str, limit: int) -> Iterator[str]:
    """Yield what must stay whole; what cannot fit into any message (a link of kilobytes) falls into characters."""
    for found in _ATOM.finditer(text):
        if _bytes(found[0]) <= limit:
            yield found[0]
        else:
            yield from found[0]


def _bytes(text: str) -> int:
    return len(text.encode("utf-8"))
