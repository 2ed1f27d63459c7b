"""Knows what is asked of a business (material, time, amount, a spouse…) however it is worded: learned from wordings.

`aspects.txt` holds the ways of asking; a naive Bayes over their characters, made when it is read, knows the others.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import exp, log

_SIGNS = re.compile(r"[^\w]|_")
_SMOOTH = 1.0
_RARELY = 0.25
_PAIR = 2
TITLES = 4096
"""The titles of so many entries are read once only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One thing asked of a business: `full` is how it is asked of any."""

    name: str
    full: str
    ways: tuple[str, ...]


class Aspects:
    """Reads what is asked out of a few words."""

    def __init__(self, aspects: Iterable[Aspect]) -> None:
        self.every = {one.name: one for one in aspects}
        grams = {name: Counter(g for way in one.ways for g in set(_grams(way))) for name, one in self.every.items()}
        self._spread = {g: sum(g in counts for counts in grams.values()) for counts in grams.values() for g in counts}
        self._weights = [_weights(counts, len(self._spread)) for counts in grams.values()]
        self._rest = [_rest(counts, len(self._spread)) for counts in grams.values()]
        self._said = cache(self._by_aspect)
        self.of_title = lru_cache(TITLES)(self.read)

    def read(self, text: str) -> dict[str, float]:
        """Return how likely each aspect is; empty where no word of `text` asks for any."""
        known = [self._said(gram) for gram in set(_grams(text)) if gram in self._spread]
        if not known:
            return {}
        scores = [sum(column) for column in zip(*known, strict=True)]
        most = max(scores)
        shares = [exp(score - most) for score in scores]
        whole = sum(shares)
        return {name: share / whole for name, share in zip(self.every, shares, strict=True)}

    def _by_aspect(self, gram: str) -> tuple[float, ...]:
        """Return what a gram that is known says for each aspect."""
        rarity = log(len(self.every) / self._spread[gram]) * _RARELY
        return tuple(rarity * weights.get(gram, rest) for weights, rest in zip(self._weights, self._rest, strict=True))

    def strange(self, text: str) -> float:
        """Return which share of the pairs of characters in `text` no way of asking holds: 便宜 in 能便宜多少."""
        pairs = [gram for gram in _grams(text) if len(gram) == _PAIR]
        return sum(gram not in self._spread for gram in pairs) / len(pairs) if pairs else 0.0


def _weights(counts: Counter[str], kinds: int) -> dict[str, float]:
    total = sum(counts.values()) + _SMOOTH * kinds
    return {gram: log((count + _SMOOTH) / total) for gram, count in counts.items()}


def _rest(counts: Counter[str], kinds: int) -> float:
    return log(_SMOOTH / (sum(counts.values()) + _SMOOTH * kinds))


def _grams(text: str) -> list[str]:
    plain = _SIGNS.sub("", text)
    return [plain[at : at + size] for size in (1, 2, 3) for at in range(len(plain) - size + 1)]


def read_aspects() -> Aspects:
    """Return the aspects of `aspects.txt`."""
    lines = files("actions").joinpath("aspects.txt").read_text(encoding="utf-8").splitlines()
    parts = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return Aspects(Aspect(name=name, full=full, ways=tuple(ways.split())) for name, full, ways in parts)
