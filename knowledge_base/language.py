"""Says how likely a character is after two others: curated text first, everyday words beside it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

CURATED, FLOOR = 0.85, 1e-9
"""Share of belief in curated text beside everyday words, and what is left for what nobody ever wrote."""
UNHEARD = 1e-5
MOST = 300_000
"""So many likelinesses are kept at hand, then all are forgotten."""
START, END = "^", "$"
NOTHING: Counter[str] = Counter()
Neighbours = Mapping[str, Counter[str]]
_Counted = tuple[Counter[str], int, int]
"""What followed, how often anything did, and how many kinds."""
_Everyday = tuple[Counter[str] | None, int]
_Alone = Callable[[str], tuple[float, float]]


class Language:
    """Character triples, counted; Witten-Bell over curated text, mixed with everyday neighbours."""

    def __init__(self, texts: Iterable[str], everyday: Neighbours) -> None:
        self._everyday = everyday
        self._grams: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for run in text.split():
                self._count(f"{START}{START}{run}{END}")
        self._totals = {key: (row.total(), len(row)) for key, row in self._grams.items()}
        self._everyday_totals = {key: row.total() for key, row in everyday.items()}
        self._between = self._gaps()
        self._rows: dict[str, _Row] = {}
        self._kept = _Kept()
        self._alone = lru_cache(MOST)(self._by_itself)

    @property
    def characters(self) -> Counter[str]:
        """Return how often each character stands in curated text."""
        return self._grams[""]

    def seen(self, before: str, after: str) -> int:
        """Return how often curated text has the character `after` behind `before`."""
        return self._grams.get(before, NOTHING)[after]

    def after(self, history: str) -> Mapping[str, float]:
        """Return log P(character | the two before), for any character; what was never seen is judged by the last."""
        key = history if history in self._totals else history[-1:]
        row = self._rows.get(key)
        return self._row(key) if row is None else row

    def missing(self, history: str, after: str) -> str:
        """Return the character most often seen between a history and the next one, "" for none."""
        row = self._grams.get(history)
        fits = [(row[one], one) for one in self._between.get(history[1] + after, ()) if one in row] if row else ()
        return max(fits)[1] if fits and history[1] != START else ""

    def _count(self, padded: str) -> None:
        for at in range(2, len(padded)):
            for size in (0, 1, 2):
                self._grams[padded[at - size : at]][padded[at]] += 1

    def _gaps(self) -> Mapping[str, str]:
        """Return for two characters all that were seen between them."""
        between: dict[str, str] = defaultdict(str)
        for key, row in self._grams.items():
            for after in row if len(key) == 2 else ():
                between[key[0] + after] += key[1]
        return dict(between)

    def _row(self, key: str) -> "_Row":
        if self._kept.number > MOST:
            self._rows.clear()
            self._kept.number = 0
        parts = dict.fromkeys((key[-1:], key))
        counted = [(self._grams[part], *self._totals[part]) for part in parts if part in self._totals]
        everyday = self._everyday.get(key[-1:]), self._everyday_totals.get(key[-1:]) or 1
        self._rows[key] = row = _Row(counted, everyday, self._alone, self._kept)
        return row

    def _by_itself(self, character: str) -> tuple[float, float]:
        """Return how likely a character is whatever stood before: in curated text, and in everyday words."""
        total, kinds = self._totals.get("", (0, 1))
        likely = (self._grams[""][character] + kinds * UNHEARD) / (total + kinds)
        return likely, self._everyday.get("", NOTHING)[character] / (self._everyday_totals.get("") or 1)


@dataclass(slots=True)
class _Kept:
    """How many likelinesses all rows together hold."""

    number: int = 0


class _Row(dict[str, float]):
    """log P(character | one history), each worked out when it is first asked for."""

    def __init__(self, counted: Sequence[_Counted], everyday: _Everyday, alone: _Alone, kept: _Kept) -> None:
        self._counted, self._alone, self._kept = counted, alone, kept
        self._everyday, self._of = everyday

    def __missing__(self, character: str) -> float:
        likely, common = self._alone(character)
        for row, total, kinds in self._counted:
            likely = (row.get(character, 0) + kinds * likely) / (total + kinds)
        if self._everyday is not None:
            common = (common + self._everyday.get(character, 0) / self._of) / 2
        self[character] = known = log(CURATED * likely + (1 - CURATED) * common + FLOOR)
        self._kept.number += 1
        return known
