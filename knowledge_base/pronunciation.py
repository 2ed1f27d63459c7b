"""Hears text instead of reading it: syllables without tone and with the mergers people and recognisers make."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
_FINALS = (("iang", "ian"), ("uang", "uan"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


def is_chinese(character: str) -> bool:
    """Tell whether a character is a Chinese one."""
    return "\u4e00" <= character <= "\u9fff"


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """Return the merged syllable of one character: 十 and 四 sound alike; anything not Chinese stands for itself."""
    if not is_chinese(character):
        return character
    return _merged(lazy_pinyin(character, style=Style.NORMAL)[0])


def readings(character: str) -> tuple[str, ...]:
    """Return every merged syllable a Chinese character may be read as: 还 is hai and huan."""
    if not is_chinese(character):
        return ()
    (sounds,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(map(_merged, sounds)))


def _merged(sound: str) -> str:
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
