"""Mends what was mistyped or misheard: finds the likeliest text of the same sounds in the fund's own language."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from knowledge_base.language import END, START, Language, Neighbours
from knowledge_base.pronunciation import is_chinese, readings, syllable

CHANGE, WORD, SWAP, LOSS = 5.5, 2.0, 7.0, 8.0
"""What a replaced character costs in nats, what it costs more inside a word, and an exchanged pair and a gap."""
GAIN = 2.0
"""How much likelier than what was written another text must be after all costs."""
SEEN, HOMOPHONES, BEAM = 2, 10, 12
RUNS = 24
"""So many runs are remembered: what a turn says is looked up several times, beside what was talked about."""
_Beam = dict[str, tuple[float, str]]
"""The last two characters → the best way to them: its likeliness less its costs, and its text."""
_Way = tuple[str, tuple[float, str]]


class Speller:
    """A language of character triples, searched by sound. Text whose neighbours are all known is left alone."""

    def __init__(self, texts: Iterable[str], cut: Callable[[str], Sequence[str]], everyday: Neighbours) -> None:
        self._cut = cut
        self._language = Language(texts, everyday)
        self._homophones = _by_sound(self._language.characters)
        self._mended = lru_cache(RUNS)(self._mend_run)

    def mend(self, text: str) -> str:
        """Return what a plain text was meant to say; the text itself unless another is clearly likelier."""
        return " ".join(map(self._mended, text.split()))

    def _mend_run(self, run: str) -> str:
        prices = self._prices(run)
        doubted = [at for at, price in enumerate(prices) if price]
        if not doubted:
            return run
        begin, end = max(0, doubted[0] - 1), doubted[-1] + 3  # what stands further off is the same in every reading
        padded = f"{START}{START}{run}{END}"
        mended = self._search(padded[begin : end + 2], prices[begin:end])
        return f"{run[:begin]}{mended}{run[end:]}"

    def _prices(self, run: str) -> list[float]:
        """Return what changing each character costs; 0 where curated text knows it beside both its neighbours."""
        seen = self._language.seen
        known = [True, *(seen(before, after) >= SEEN for before, after in pairwise(run)), True]
        more = [WORD if len(word) > 1 else 0.0 for word in self._cut(run) for _ in word]
        return [0.0 if all(sides) else CHANGE + extra for sides, extra in zip(pairwise(known), more, strict=True)]

    def _search(self, led: str, prices: Sequence[float]) -> str:
        """Return the likeliest reading of what follows the first two characters; END closes it if that is there."""
        run, after = led[2:].removesuffix(END), self._language.after
        written = (after(led[at - 2 : at])[led[at]] for at in range(2, len(led)))
        paths = _Paths(self._language, led[:2], len(run), least=sum(written) + GAIN)
        for at, character in enumerate(run):
            if not any(prices[at : at + 2]) or not is_chinese(character):
                paths.go(at, character)
                continue
            alike = self._homophones.get(syllable(character), ()) if prices[at] else ()
            follows = run[at + 1 : at + 2]
            paths.go(at, character, alike, prices[at])
            paths.jump(at, character, follows + character if follows not in ("", character) else "")
        return paths.best(closed=led.endswith(END)) or run


class _Paths:
    """The best ways to read a text up to each place. No step adds to a score, so what falls to `least` is dropped."""

    def __init__(self, language: Language, history: str, length: int, *, least: float) -> None:
        self._after, self._missing, self._least = language.after, language.missing, least
        self._beams: list[_Beam] = [{history: (0.0, "")}, *({} for _ in range(length))]
        self._ways: Sequence[_Way] = ()

    def go(self, at: int, written: str, alike: Sequence[str] = (), price: float = 0.0) -> None:
        """Go on from the best ways to a place by the character written, and by those that sound like it."""
        self._ways, beam, least = self._widest(at), self._beams[at + 1], self._least
        for history, (score, text) in self._ways:
            likely, last = self._after(history), history[1]
            _reach(beam, last + written, score + likely[written], text, written)
            score -= price
            for one in alike if score > least else ():
                reached, total = last + one, score + likely[one]
                known = beam.get(reached)
                if total > least and (known is None or known[0] < total):
                    beam[reached] = (total, text + one)

    def jump(self, at: int, written: str, swapped: str) -> None:
        """Go on from the same ways by two characters: exchanged ones, or a missing one and the one written."""
        for history, (score, text) in self._ways:
            if swapped and score - SWAP > self._least:
                self._pair(at + 2, history, score - SWAP, text, swapped)
            missing = self._missing(history, written) if score - LOSS > self._least else ""
            if missing:
                self._pair(at + 1, history, score - LOSS, text, missing + written)

    def _pair(self, to: int, history: str, score: float, text: str, pair: str) -> None:
        score += self._after(history)[pair[0]]
        score += self._after(history[1] + pair[0])[pair[1]]
        _reach(self._beams[to], pair, score, text, pair)

    def _widest(self, at: int) -> Sequence[_Way]:
        """Return the BEAM best ways to a place."""
        least = self._least
        hopeful = [way for way in self._beams[at].items() if way[1][0] > least]
        return hopeful if len(hopeful) <= BEAM else sorted(hopeful, key=lambda way: -way[1][0])[:BEAM]

    def best(self, *, closed: bool) -> str:
        """Return the likeliest whole text, "" when none is likelier than `least`."""
        ways = self._beams[-1].items()
        ends = [(score + (self._after(history)[END] if closed else 0.0), text) for history, (score, text) in ways]
        score, text = max(ends, default=(self._least, ""))
        return text if score > self._least else ""


def _reach(beam: _Beam, history: str, score: float, text: str, added: str) -> None:
    known = beam.get(history)
    if known is None or known[0] < score:
        beam[history] = (score, text + added)


def _by_sound(characters: Counter[str]) -> Mapping[str, Sequence[str]]:
    """Return the curated characters of each sound, the commonest first."""
    sounds: dict[str, list[str]] = defaultdict(list)
    for character, count in characters.most_common():
        for sound in readings(character) if count >= SEEN else ():
            if len(sounds[sound]) < HOMOPHONES:
                sounds[sound].append(character)
    return dict(sounds)
