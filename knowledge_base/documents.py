"""Recognises a document by its number, however it is written: 建金〔2018〕45号, 建金[2018]45号, 国务院令第844号."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from knowledge_base.entries import Content, State

_YEARED = re.compile(r"([\u4e00-\u9fff]{1,4})\s*[〔\[(【]?\s*((?:19|20)\d{2})\s*[〕\])】年]?\s*第?\s*(\d{1,4})\s*号")
_DECREE = re.compile(r"令\s*[(〔]?第?\s*(\d{2,4})\s*号")
ALONE = 6
"""With at most this many characters beside the number, the document itself is what is asked about."""


def numbers(text: str) -> list[str]:
    """Return the document numbers of a text in one form each."""
    plain = unicodedata.normalize("NFKC", text)
    yeared = [f"{issuer[-2:]}{year}-{number}" for issuer, year, number in _YEARED.findall(plain)]
    return yeared + [f"令-{number}" for number in _DECREE.findall(plain)]


def without_numbers(text: str) -> str:
    """Return a text with its document numbers out."""
    return _DECREE.sub("", _YEARED.sub("", unicodedata.normalize("NFKC", text)))


def cited(content: Content) -> dict[str, tuple[str, ...]]:
    """Return for every document number the published entries resting on it, those asked by that number first."""
    facts = {fact.id: fact for fact in content.facts}
    found: dict[str, dict[str, bool]] = {}
    for entry in content.entries:
        if entry.state is not State.PUBLISHED:
            continue
        asked = set(_all(entry.questions()))
        resting = set(_all(facts[name].source.doc_no for name in entry.facts if name in facts))
        for number in asked | resting:
            found.setdefault(number, {})[entry.id] = number in asked
    return {number: tuple(sorted(ids, key=lambda name: not ids[name])) for number, ids in found.items()}


def asked_about(text: str, documents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the entries resting on the documents a question names, () where it names none of ours."""
    return tuple(dict.fromkeys(name for number in numbers(text) for name in documents.get(number, ())))


def _all(texts: Iterable[str]) -> list[str]:
    return [number for text in texts for number in numbers(text)]
