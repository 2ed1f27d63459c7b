"""Mends words that sound like the fund's words but are written otherwise: 公鸡金, 提去."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from knowledge_base.pronunciation import syllable

SIZES = (4, 3, 2)
SEEN, SEEN_PAIR = 3, 8
COMMON = 400
"""How often a stretch must stand in curated questions to be mended towards; so many single characters are meant."""


class Speller:
    """Knows the stretches of curated text by their sound."""

    def __init__(
        self,
        texts: Iterable[str],
        cut: Callable[[str], Sequence[str]],
        everyday: dict[str, int],
        terms: Iterable[str] = (),
    ) -> None:
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(part for run in text.split() for size in SIZES for part in _parts(run, size))
        self._known, self._cut = set(counts), cut
        self._terms = {term for term in terms if len(term) >= 3}
        """Terms of the trade win even where an everyday word stands: 公鸡金 is no cock."""
        single = sorted((word for word in everyday if len(word) == 1), key=lambda word: -everyday[word])
        self._common = frozenset(single[:COMMON])
        self._by_sound: dict[tuple[str, ...], str] = {}
        for part, count in counts.most_common():
            word = everyday.get(part, 0) > 0
            if count >= (SEEN_PAIR if len(part) == 2 else SEEN) and (word or len(part) > 2) and not part.isascii():
                self._by_sound.setdefault(_sound(part), part)

    def mend(self, text: str) -> str:
        """Return the text with stretches that are no words replaced by known ones that sound the same."""
        out = list(text)
        firm = self._firm(text)
        for size in SIZES:
            at = 0
            while at + size <= len(out):
                better = self._better("".join(out[at : at + size]), firm[at : at + size])
                if better:
                    out[at : at + size] = better
                    firm[at : at + size] = [True] * size
                    at += size
                else:
                    at += 1
        return "".join(out)

    def _firm(self, text: str) -> list[bool]:
        """Tell of each character whether it is surely meant: part of a word, or a common word by itself."""
        return [
            len(word) > 1 or word in self._common or not "\u4e00" <= word <= "\u9fff"
            for word in self._cut(text)
            for _ in word
        ]

    def _better(self, written: str, firm: list[bool]) -> str:
        if written in self._known:
            return ""
        better = self._by_sound.get(_sound(written), "")
        if better in self._terms and written != better:
            return better
        if not better or any(sure and a != b for sure, a, b in zip(firm, written, better, strict=True)):
            return ""
        shared = sum(a == b for a, b in zip(written, better, strict=True))
        return better if shared * 2 >= len(written) else ""


def _parts(text: str, size: int) -> Iterable[str]:
    return (text[at : at + size] for at in range(len(text) - size + 1))


def _sound(text: str) -> tuple[str, ...]:
    return tuple(syllable(character) for character in text)
