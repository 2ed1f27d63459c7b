"""Hears text instead of reading it: syllables without tone and with the mergers people and recognisers make."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
_FINALS = (("iang", "ian"), ("uang", "uan"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """Return the merged syllable of one character: 十 and 四 sound alike; anything not Chinese stands for itself."""
    if not "\u4e00" <= character <= "\u9fff":
        return character
    sound = lazy_pinyin(character, style=Style.NORMAL)[0]
    for longer, shorter in _INITIALS:
        if sound.startswith(longer):
            sound = shorter + sound[len(longer) :]
            break
    for longer, shorter in _FINALS:
        if sound.endswith(longer):
            return sound[: -len(longer)] + shorter
    return sound


def syllables(text: str) -> list[str]:
    """Return the merged syllables of a plain text, spaces dropped."""
    return [syllable(character) for character in text if character != " "]


def sounds(text: str) -> list[str]:
    """Return the n-grams of two and three syllables: one syllable alone says too little."""
    heard = syllables(text)
    return ["·".join(heard[at : at + size]) for size in (2, 3) for at in range(len(heard) - size + 1)]
