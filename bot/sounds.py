"""Hears a known word in characters that only sound like it: 发短心 is 发短信, 蜜码 is 密码."""

from collections.abc import Iterable
from functools import cache

from pypinyin import lazy_pinyin


def as_sounded(text: str, words: Iterable[str]) -> str:
    """Return `text` with every run that sounds like one of `words` written as that word."""
    sounds = [_of_character(character) for character in text]
    for word in words:
        size, wanted = len(word), _of_word(word)
        for start in range(len(text) - size, -1, -1):
            if sounds[start : start + size] == wanted:
                text = text[:start] + word + text[start + size :]
    return text


def _of_character(character: str) -> str:
    return "".join(lazy_pinyin(character))


@cache
def _of_word(word: str) -> list[str]:
    return [_of_character(character) for character in word]
