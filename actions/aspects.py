"""Knows what is asked of a business (material, time, amount, a spouse…) however it is worded: learned from wordings.

`aspects.txt` holds the ways of asking; a naive Bayes over their characters, made when it is read, knows the others.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from math import exp, log

_SIGNS = re.compile(r"[^\w]|_")
_SMOOTH = 1.0
_RARELY = 0.25
_PAIR = 2


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
        self._weights = {name: _weights(counts, len(self._spread)) for name, counts in grams.items()}
        self._rest = {name: _rest(counts, len(self._spread)) for name, counts in grams.items()}

    def read(self, text: str) -> dict[str, float]:
        """Return how likely each aspect is; empty where no word of `text` asks for any."""
        known = [gram for gram in set(_grams(text)) if gram in self._spread]
        if not known:
            return {}
        total = len(self.every)
        scores = {
            name: sum(log(total / self._spread[g]) * (weights.get(g, self._rest[name])) for g in known) * _RARELY
            for name, weights in self._weights.items()
        }
        most = max(scores.values())
        shares = {name: exp(score - most) for name, score in scores.items()}
        whole = sum(shares.values())
        return {name: share / whole for name, share in shares.items()}

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
