"""Traces every figure an answer states back to the facts it cites or to a dated parameter."""

import re
import unicodedata
from collections.abc import Mapping

from knowledge_base.entries import Entry, Fact
from knowledge_base.rendering import REFERENCE

_FIGURE = re.compile(r"\d+(?:\.\d+)?")
EVERYWHERE = frozenset({"12329", "12333", "12345", "12366", "110"})
"""Telephone numbers of public services need no fact."""


def untraced(entry: Entry, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Return the figures of the entry's wording that no cited fact states; what must not be said states nothing."""
    cited = [facts[name] for name in entry.facts if name in facts and facts[name].say != "never"]
    stated = {figure for fact in cited for figure in _figures(_evidence(fact))}
    texts = [entry.answer.screen, entry.answer.spoken, entry.answer.robot]
    if entry.card:
        texts += [entry.card.title, *(part for row in entry.card.rows for part in (row.label, row.value))]
    said = (figure for text in texts for figure in _figures(REFERENCE.sub("", text)))
    return tuple(dict.fromkeys(figure for figure in said if figure not in stated | EVERYWHERE))


def _evidence(fact: Fact) -> str:
    return " ".join((fact.statement, fact.source.title, fact.source.doc_no, fact.source.date))


def _figures(text: str) -> list[str]:
    """Return the figures of a text: thousands separators out, 05 and 5 the same."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFKC", text))
    return [_plain(figure) for figure in _FIGURE.findall(plain)]


def _plain(figure: str) -> str:
    whole, dot, part = figure.partition(".")
    whole = whole.lstrip("0") or "0"
    part = part.rstrip("0")
    return f"{whole}{dot}{part}" if part else whole
