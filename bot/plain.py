"""Turns what was typed into plain simplified Chinese before it is understood: 提取條件, gjj zenme tiqu, loan rate."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from opencc import OpenCC
from pypinyin import lazy_pinyin

_LATIN = re.compile(r"[A-Za-z]{2,}(?:[ '?,.]+[A-Za-z]+)*|[A-Za-z](?:[ ',]+[A-Za-z]+)+")
_LONGEST = 600  # characters: a letter is not typed in pinyin
_LONGEST_SPELLING = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Latin:
    """What `latin.tsv` lists: spelling → word, the trade's words, English words (idle ones mean nothing)."""

    spelt: dict[str, str]
    trade: frozenset[str]
    english: dict[str, str]


def plain_chinese(text: str) -> str:
    """Return `text` half-width and simplified; Latin letters become Chinese where all of them are understood."""
    plain = str(_simplifier().convert(unicodedata.normalize("NFKC", text)))
    if len(plain) > _LONGEST:
        return plain
    return _LATIN.sub(lambda run: _english(run.group(0)) or _pinyin(run.group(0)) or run.group(0), plain)


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def _latin() -> _Latin:
    lines = files("bot").joinpath("latin.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    spelt = {typed or "".join(lazy_pinyin(word)): word for kind, typed, word in rows if kind != "english"}
    trade = frozenset(word for kind, _, word in rows if kind == "trade")
    return _Latin(spelt=spelt, trade=trade, english={typed: word for kind, typed, word in rows if kind == "english"})


def _english(run: str) -> str:
    """Return the trade's words of an English phrase, or an empty string when one of its words is unknown."""
    words, english = re.findall(r"[a-z]+", run.casefold()), _latin().english
    known: list[str] = []
    while words:
        size = 2 if " ".join(words[:2]) in english else 1
        meaning = english.get(" ".join(words[:size]))
        if meaning is None:
            return ""
        known.append(meaning)
        words = words[size:]
    return "".join(known)


def _pinyin(run: str) -> str:
    """Return what pinyin spells, in the fewest words; empty when a letter is left or the trade is not named."""
    letters = re.sub(r"[^a-z]", "", run.casefold())
    best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST_SPELLING), end):
            before, word = best[start], _latin().spelt.get(letters[start:end])
            if before is not None and word and ((now := best[end]) is None or len(now) > len(before) + 1):
                best[end] = (*before, word)
    words = best[-1] or ()
    return "".join(words) if any(word in _latin().trade for word in words) else ""
