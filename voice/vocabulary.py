"""The words of the service by their sound: what a recogniser misheard becomes them (公鸡金 → 公积金).

Words of three characters and more are known by their syllables without tones and with the mergers of southern and
north-western speech (zh/z, ing/in); two characters are too few for that and must agree in tone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from voice.nearness import near, syllable

LONGEST_WORD = 8
LONGEST_ALIKE = 4
DISTANCE_PER_CHARACTER = 0.5
_LOOSE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    text: str
    tones: tuple[str, ...]


@dataclass(slots=True)
class _Branch:
    """A place in the tree of words by syllables: the words that end here, and how it goes on."""

    words: list[str] = field(default_factory=list)
    further: dict[str, "_Branch"] = field(default_factory=dict)


class Vocabulary:
    """Built from the service's words; of two that sound alike the first one given is meant."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_sound: dict[tuple[str, ...], _Word] = {}
        self._tree = _Branch()
        for text in words:
            if 2 <= len(text) <= LONGEST_WORD and _han(text):
                word = _Word(text=text, tones=_tones(text))
                if self._by_sound.setdefault(_loose(word.tones), word) is word:
                    self._plant(word)
        self._words = frozenset(word.text for word in self._by_sound.values())
        self._longest = max(map(len, self._words), default=0)

    @property
    def words(self) -> frozenset[str]:
        return self._words

    def repaired(self, text: str) -> str:
        """Return the text with its misheard words put right; what is right already stays."""
        if not _han(text):
            return text
        tones = _tones(text)
        at, pieces = 0, []
        while at < len(text):
            word = self._word_at(text, tones, at)
            pieces.append(word or text[at])
            at += len(word) if word else 1
        return "".join(pieces)

    def guesses(self, heard: tuple[str, ...]) -> tuple[str, ...]:
        """Repair every guess, best first, each once."""
        return tuple(dict.fromkeys(self.repaired(guess) for guess in heard if guess))

    def alike(self, text: str) -> Iterator[tuple[str, float]]:
        """Yield the text with one of our words in the place of something that sounds like it, and how unlike it is."""
        if not _han(text):
            return
        sounds = [syllable(tone) for tone in _tones(text)]
        for at in range(len(text)):
            for word, distance in _grown(self._tree, sounds[at : at + LONGEST_ALIKE], 0, 0.0):
                if text[at : at + len(word)] != word and distance <= DISTANCE_PER_CHARACTER * len(word):
                    yield text[:at] + word + text[at + len(word) :], distance

    def _plant(self, word: _Word) -> None:
        branch = self._tree
        for tone in word.tones:
            branch = branch.further.setdefault(syllable(tone), _Branch())
        branch.words.append(word.text)

    def _word_at(self, text: str, tones: tuple[str, ...], at: int) -> str:
        for length in range(min(self._longest, len(text) - at), 1, -1):
            piece = text[at : at + length]
            if piece in self._words:
                return piece
            word = self._by_sound.get(_loose(tones[at : at + length]))
            if word is not None and (length > 2 or word.tones == tones[at : at + length]):
                return word.text
        return ""


def _grown(branch: _Branch, sounds: list[str], depth: int, distance: float) -> Iterator[tuple[str, float]]:
    """Walk the tree along syllables that sound like these."""
    for word in branch.words:
        yield word, distance
    if depth == len(sounds):
        return
    for heard, further in branch.further.items():
        apart = near(heard, sounds[depth])
        if apart is not None and distance + apart <= DISTANCE_PER_CHARACTER * LONGEST_ALIKE:
            yield from _grown(further, sounds, depth + 1, distance + apart)


def _han(text: str) -> bool:
    return bool(text) and all("\u4e00" <= char <= "\u9fff" for char in text)


@lru_cache(maxsize=20_000)
def _tones(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))


def _loose(tones: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_merged(syllable(tone)) for tone in tones)


def _merged(sound: str) -> str:
    for wide, narrow in _LOOSE:
        sound = sound.replace(wide, narrow)
    return sound
