"""Hears a known word in characters that only sound like it: 发短心 is 发短信, 蜜码 is 密码."""

from collections.abc import Iterable

from pypinyin import lazy_pinyin


def as_sounded(text: str, words: Iterable[str]) -> str:
    """Return `text` with every run that sounds like one of `words` written as that word."""
    for word in words:
        sound, size = lazy_pinyin(word), len(word)
        for start in range(len(text) - size, -1, -1):
            run = text[start : start + size]
            if run != word and lazy_pinyin(run) == sound:
                text = text[:start] + word + text[start + size :]
    return text
