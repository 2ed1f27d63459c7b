"""Reads a citizen's words the way the index does: noise off, places and years neutral, synonyms as one word."""

import logging
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import jieba
import yaml

LEXICON_FILES = ("places.txt", "synonyms.yml")
HOME = frozenset({"西宁", "城东区", "城中区", "城西区", "城北区", "湟中区", "湟中", "湟源县", "湟源", "大通县", "大通"})
"""Xining, its districts and its counties (policy_facts C): one fund, one rule."""
ELSEWHERE = "外地"
EVERYDAY = 10
"""A dictionary word met so often counts as everyday language."""
RECENT = 2048
"""Every signal reads the same question: what was read last is kept at hand."""
KEPT_NUMBERS = ("12329", "12345")
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d{2}(?:\s*[-/年]\s*\d{1,2}(?:\s*[-/月]\s*\d{1,2}\s*日?|\s*月)?)?\s*年?度?(?:最新版?)?|今年|去年|明年"
)
_NOISE = re.compile(
    r"请问一下|请问|您好|你好|麻烦问一下|麻烦|我想问一下|我想问问|想问一下|想问问|想问|咨询一下|咨询|谢谢|家家|在吗|帮我看看|"
    r"我想知道|想知道|跪求|急急急|在线等|亲|有没有人知道|求助|打听一下|问一下|问下|〔[^〕]*〕"
    r"|着?[哩咧唦嘞](?=\W|$)|(?<!\w)(?:俺们?|额(?=[不想要们]))"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_AMOUNT = re.compile(
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十][一二三四五六七八九十百千零]*)(?:[多来几]?\s*[万千百][一二三四五六七八九几多]?(?:块钱|块|元)?|多?(?=个月|岁))"
)
"""A sum of money, a number of months or an age: whose it is says nothing about what is asked."""
_OTHER = re.compile(r"[^0-9a-z\u4e00-\u9fff%#]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """What the reading rests on: place names, word → first word of its group, words left alone."""

    places: tuple[str, ...]
    synonyms: Mapping[str, str]
    protected: tuple[str, ...]

    @staticmethod
    def parse(places_text: str, synonyms_text: str) -> "Lexicon":
        """Read the text of `places.txt` and of `synonyms.yml`."""
        lines = places_text.splitlines()
        places = [word for line in lines if not line.startswith("#") for word in line.split()]
        rows = yaml.safe_load(synonyms_text)
        synonyms = {str(word): str(group[0]) for group in reversed(rows["groups"]) for word in group}
        return Lexicon(places=tuple(places), synonyms=synonyms, protected=tuple(map(str, rows["protected"])))


class Reading:
    """Normalises, neutralises and canonicalises text; deterministic and cheap (tens of microseconds)."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        names = _any_of(lexicon.places)
        self._place = re.compile(
            rf"(在|到|去|从|回|转|往|来)?({names})(?:自治区|特别行政区|省|市|地区|自治州|州|盟)?(?:户口|户籍)?"
        )
        mapping = {**lexicon.synonyms, **{word: word for word in lexicon.protected}}
        self._mapping = mapping
        self._words = re.compile(_any_of(mapping))
        self.plain = lru_cache(RECENT)(self._plain)
        self.canonical = lru_cache(RECENT)(self._canonical)
        self.everyday_words = lru_cache(RECENT)(self._everyday_words)

    def _plain(self, text: str) -> str:
        """Return the text without politeness, years, places and punctuation: what the voice signal reads."""
        text = unicodedata.normalize("NFKC", text).lower()
        text = _YEAR.sub(" ", _NOISE.sub(" ", text))
        text = self._place.sub(self._neutral, text)
        return _OTHER.sub(" ", _NUMBER.sub(_figure, _AMOUNT.sub("#", text))).strip()

    def _canonical(self, text: str) -> str:
        """Return the plain text with every synonym replaced by the first word of its group, spaces out."""
        plain = self.plain(text)
        return self._words.sub(lambda match: self._mapping[match[0]], plain).replace(" ", "")

    def strict(self, text: str) -> str:
        """Return the key under which two wordings count as the same question."""
        text = unicodedata.normalize("NFKC", text).lower()
        return _OTHER.sub("", text)

    def words(self, canonical: str) -> list[str]:
        """Cut canonical text into words, one-character particles dropped."""
        return [word for word in self.everyday_words(canonical) if len(word) > 1 or word in "%#"]

    @cached_property
    def _cutter(self) -> jieba.Tokenizer:
        jieba.setLogLevel(logging.WARNING)
        cutter = jieba.Tokenizer()
        cutter.initialize()
        for word in sorted({*self.lexicon.synonyms.values(), *self.lexicon.protected}):
            cutter.add_word(word)
        return cutter

    def _everyday_words(self, text: str) -> tuple[str, ...]:
        """Cut any text into words, all of it."""
        return tuple(self._cutter.lcut(text, HMM=False))

    @cached_property
    def neighbours(self) -> Mapping[str, Counter[str]]:
        """Return how often a character follows another inside everyday words; under "" how often it stands at all."""
        rows: dict[str, Counter[str]] = defaultdict(Counter)
        for word, count in self._cutter.FREQ.items():
            if count >= EVERYDAY:
                for before, after in zip(("", *word), word, strict=False):
                    rows[""][after] += count
                    rows[before][after] += count if before else 0
        return dict(rows)

    def frequencies(self) -> dict[str, int]:
        """Return the cutter's dictionary: word → count in everyday text."""
        return dict(self._cutter.FREQ)

    def _neutral(self, match: re.Match[str]) -> str:
        preposition, place = match[1], match[2]
        if place in HOME:
            return " "
        return f"{preposition}{ELSEWHERE}" if preposition else " "


def read_like(folder: Path) -> Reading:
    """Return the reading for a folder's lexicon files; equal files share one (its dictionary is big)."""
    return _reading(*((folder / name).read_text(encoding="utf-8") for name in LEXICON_FILES))


@lru_cache(maxsize=4)
def _reading(places: str, synonyms: str) -> Reading:
    return Reading(Lexicon.parse(places, synonyms))


def grams(text: str, sizes: Sequence[int]) -> list[str]:
    """Return the character n-grams of the given sizes."""
    return [text[start : start + size] for size in sizes for start in range(len(text) - size + 1)]


def _figure(match: re.Match[str]) -> str:
    figure = match[0]
    return figure if figure in KEPT_NUMBERS or len(figure) <= 2 else "#"


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for the longest of the words, as a tree: hundreds of branches would be tried one by one."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branch(tree)


def _branch(node: dict[str, Any]) -> str:
    parts = [re.escape(character) + _branch(below) for character, below in sorted(node.items()) if character]
    if not parts:
        return ""
    return f"(?:{'|'.join(parts)}){'?' if '' in node else ''}"
