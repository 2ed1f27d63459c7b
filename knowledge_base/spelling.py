"""Mends what was mistyped or misheard: finds the likeliest text of the same sounds in the fund's own language."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log

from knowledge_base.pronunciation import is_chinese, readings, syllable

CHANGE, WORD, SWAP, LOSS = 5.5, 2.0, 7.0, 8.0
"""What a replaced character costs in nats, what it costs more inside a word, and an exchanged pair and a gap."""
GAIN = 2.0
"""How much likelier than what was written another text must be after all costs."""
SEEN, HOMOPHONES, BEAM = 2, 10, 12
CURATED, FLOOR = 0.85, 1e-9
"""Share of belief in curated text beside everyday words, and what is left for what nobody ever wrote."""
RECENT = 200_000
START, END = "^", "$"
_NOTHING: Counter[str] = Counter()
Neighbours = Mapping[str, Counter[str]]
_Beam = dict[str, tuple[float, str]]
"""The last two characters → the best way to them: its likeliness less its costs, and its text."""


class Speller:
    """A language of character triples, searched by sound. Text whose neighbours are all known is left alone."""

    def __init__(self, texts: Iterable[str], cut: Callable[[str], Sequence[str]], everyday: Neighbours) -> None:
        self._cut, self._everyday = cut, everyday
        self._grams: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for run in text.split():
                self._count(f"{START}{START}{run}{END}")
        self._totals = {key: (row.total(), len(row)) for key, row in self._grams.items()}
        self._everyday_totals = {key: row.total() for key, row in everyday.items()}
        self._homophones = self._by_sound()
        self._log = lru_cache(RECENT)(self._log_likely)
        self._between = lru_cache(RECENT)(self._missing)

    def mend(self, text: str) -> str:
        """Return what a plain text was meant to say; the text itself unless another is clearly likelier."""
        return " ".join(map(self._mend_run, text.split()))

    def _count(self, padded: str) -> None:
        for at in range(2, len(padded)):
            for size in (0, 1, 2):
                self._grams[padded[at - size : at]][padded[at]] += 1

    def _by_sound(self) -> Mapping[str, Sequence[str]]:
        sounds: dict[str, list[str]] = defaultdict(list)
        for character, count in self._grams[""].most_common():
            for sound in readings(character) if count >= SEEN else ():
                if len(sounds[sound]) < HOMOPHONES:
                    sounds[sound].append(character)
        return dict(sounds)

    def _mend_run(self, run: str) -> str:
        prices = self._prices(run)
        if not any(prices):
            return run
        text, score = self._search(run, prices)
        padded = f"{START}{START}{run}{END}"
        written = sum(self._log(padded[at - 2 : at], padded[at]) for at in range(2, len(padded)))
        return text if score > written + GAIN else run

    def _prices(self, run: str) -> list[float]:
        """Return what changing each character costs; 0 where curated text knows it beside both its neighbours."""
        known = [True, *(self._grams.get(before, _NOTHING)[after] >= SEEN for before, after in pairwise(run)), True]
        more = [WORD if len(word) > 1 else 0.0 for word in self._cut(run) for _ in word]
        return [0.0 if all(sides) else CHANGE + extra for sides, extra in zip(pairwise(known), more, strict=True)]

    def _search(self, run: str, prices: Sequence[float]) -> tuple[str, float]:
        beams: list[_Beam] = [{} for _ in range(len(run) + 1)]
        beams[0][START + START] = (0.0, "")
        for at in range(len(run)):
            best = sorted(beams[at].items(), key=lambda item: -item[1][0])[:BEAM]
            steps, mended = self._steps(run, at, prices), self._mended(run, at, prices)
            for history, (score, text) in best:
                for taken, added, cost in steps:
                    self._extend(beams[at + taken], history, score - cost, text, added)
                missing = self._between(history, run[at]) if mended else ""
                if missing:
                    self._extend(beams[at + 1], history, score - LOSS, text, missing + run[at])
        score, text = max((score + self._log(history, END), text) for history, (score, text) in beams[-1].items())
        return text, score

    def _mended(self, run: str, at: int, prices: Sequence[float]) -> bool:
        return any(prices[at : at + 2]) and is_chinese(run[at])

    def _steps(self, run: str, at: int, prices: Sequence[float]) -> Sequence[tuple[int, str, float]]:
        """Return how many characters are taken, what is read for them, and what that costs, whatever stood before."""
        steps = [(1, run[at], 0.0)]
        if not self._mended(run, at, prices):
            return steps
        if prices[at]:
            steps += [
                (1, other, prices[at]) for other in self._homophones.get(syllable(run[at]), ()) if other != run[at]
            ]
        if at + 1 < len(run) and run[at] != run[at + 1]:
            steps.append((2, run[at + 1] + run[at], SWAP))
        return steps

    def _missing(self, history: str, after: str) -> str:
        """Return the character most often seen between a history and the next one."""
        row = self._grams.get(history, _NOTHING)
        fits = [(count, one) for one, count in row.items() if after in self._grams.get(history[1] + one, _NOTHING)]
        return max(fits)[1] if fits and history[1] != START else ""

    def _extend(self, beam: _Beam, history: str, score: float, text: str, added: str) -> None:
        for character in added:
            score += self._log(history, character)
            history = history[1] + character
        if history not in beam or beam[history][0] < score:
            beam[history] = (score, text + added)

    def _log_likely(self, history: str, character: str) -> float:
        """Return log P(character | the two before): Witten-Bell over curated text, mixed with everyday neighbours."""
        likely = 1e-5
        for key in ("", history[1], history):
            if key in self._totals:
                total, kinds = self._totals[key]
                likely = (self._grams[key][character] + kinds * likely) / (total + kinds)
        common = self._common("", character)
        if history[1] in self._everyday_totals:
            common = (common + self._common(history[1], character)) / 2
        return log(CURATED * likely + (1 - CURATED) * common + FLOOR)

    def _common(self, before: str, character: str) -> float:
        return self._everyday.get(before, _NOTHING)[character] / (self._everyday_totals.get(before) or 1)
