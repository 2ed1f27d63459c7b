"""Makes more training questions out of curated ones: the ways people bend a question without changing its meaning."""

import random
from collections.abc import Mapping, Sequence
from functools import cached_property

from knowledge_base.pronunciation import syllable
from knowledge_base.wording import Reading

_BEFORE = (
    "请问",
    "我想问下",
    "那个",
    "你好,",
    "急,",
    "咨询一下",
    "我",
    "我们",
    "我家",
    "本人",
    "请教",
    "关于",
    "住房公积金",
    "公积金",
)
_AFTER = (
    "吗",
    "呢",
    "啊",
    "呀",
    "怎么办",
    "最新规定",
    "最新政策",
    "是怎样的",
    "有什么规定",
    "?谢谢",
    "流程",
    "的规定",
    "2025",
    "怎么弄",
)
_SUBJECTS = ("公积金", "住房公积金", "住房", "西宁", "请问", "我的", "我", "单位", "职工")


class Augmenter:
    """Bends questions at random, repeatably for a given seed."""

    def __init__(self, reading: Reading, seed: int = 7) -> None:
        self._reading, self._lexicon = reading, reading.lexicon
        self._random = random.Random(seed)  # noqa: S311 - not for secrets

    def bend(self, question: str) -> str:
        """Return a wording a little away from the question; sometimes the question itself."""
        text = question.rstrip("?？。")
        for chance, change in ((0.35, self._swap), (0.3, self._drop), (0.25, self._frame), (0.55, self._mistype)):
            if self._random.random() < chance:
                text = change(text)
        if self._random.random() < 0.15:
            text = self._cut(text)
        return text if len(text) >= 2 else question

    def mistype(self, text: str, share: float) -> str:
        """Replace the given share of characters by a homophone (mostly), a neighbour swap or nothing."""
        out, places = list(text), max(1, round(share * len(text)))
        for at in self._random.sample(range(len(text)), min(places, len(text))):
            roll = self._random.random()
            if roll < 0.75:
                out[at] = self._homophone(text[at])
            elif roll < 0.88 and at + 1 < len(out):
                out[at], out[at + 1] = out[at + 1], out[at]
            else:
                out[at] = ""
        return "".join(out)

    def _mistype(self, text: str) -> str:
        return self.mistype(text, self._random.choice((0.08, 0.15, 0.25)))

    def _swap(self, text: str) -> str:
        groups = [(word, group) for word, group in self._groups.items() if word in text]
        if not groups:
            return text
        word, group = self._random.choice(groups)
        return text.replace(word, self._random.choice(group), 1)

    def _drop(self, text: str) -> str:
        present = [subject for subject in _SUBJECTS if subject in text and len(text) - len(subject) >= 3]
        return text.replace(self._random.choice(present), "", 1) if present else text

    def _frame(self, text: str) -> str:
        roll = self._random.random()
        if roll < 0.35:
            return self._random.choice(_BEFORE) + text
        if roll < 0.6:
            return text + self._random.choice(_AFTER)
        if roll < 0.85:
            return self._random.choice(self._lexicon.places) + text
        return f"{self._random.choice((2020, 2023, 2024, 2025, 2026))}年{text}"

    def _cut(self, text: str) -> str:
        """Turn the sentence into a keyword list: content words, in another order now and then."""
        words = self._reading.words(text)
        if len(words) < 3:
            return text
        if self._random.random() < 0.4:
            self._random.shuffle(words)
        return self._random.choice(("", " ")).join(words)

    def _homophone(self, character: str) -> str:
        near = self._by_sound.get(syllable(character), ())
        return self._random.choice(near) if near else character

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[str]]:
        groups: dict[str, list[str]] = {}
        for word, first in self._lexicon.synonyms.items():
            groups.setdefault(first, []).append(word)
        return {word: groups[first] for word, first in self._lexicon.synonyms.items() if len(word) > 1}

    @cached_property
    def _by_sound(self) -> Mapping[str, Sequence[str]]:
        everyday = self._reading.frequencies()
        frequencies = {
            word: count for word, count in everyday.items() if len(word) == 1 and "\u4e00" <= word <= "\u9fff"
        }
        sounds: dict[str, list[str]] = {}
        for character in sorted(frequencies, key=lambda word: -frequencies[word])[:3500]:
            sounds.setdefault(syllable(character), []).append(character)
        return {sound: tuple(characters[:12]) for sound, characters in sounds.items()}
