"""Repairs what a recogniser misheard: words that sound like the service's own words become them (公鸡金 → 公积金)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

LONGEST_WORD = 8
_LOOSE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    text: str
    tones: tuple[str, ...]


class Vocabulary:
    """The words of the service by their sound; of two that sound alike the first one given is meant.

    Words of three characters and more are recognised by their syllables without tones and with the mergers of
    southern and north-western speech (zh/z, ing/in); two characters are too few for that and must agree in tone.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_sound: dict[tuple[str, ...], _Word] = {}
        for text in words:
            if 2 <= len(text) <= LONGEST_WORD and _han(text):
                word = _Word(text=text, tones=_tones(text))
                self._by_sound.setdefault(_loose(word.tones), word)
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

    def _word_at(self, text: str, tones: tuple[str, ...], at: int) -> str:
        for length in range(min(self._longest, len(text) - at), 1, -1):
            piece = text[at : at + length]
            if piece in self._words:
                return piece
            word = self._by_sound.get(_loose(tones[at : at + length]))
            if word is not None and (length > 2 or word.tones == tones[at : at + length]):
                return word.text
        return ""


def _han(text: str) -> bool:
    return bool(text) and all("\u4e00" <= char <= "\u9fff" for char in text)


def _tones(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))


def _loose(tones: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_merged(syllable.rstrip("12345")) for syllable in tones)


def _merged(syllable: str) -> str:
    for wide, narrow in _LOOSE:
        syllable = syllable.replace(wide, narrow)
    return syllable
