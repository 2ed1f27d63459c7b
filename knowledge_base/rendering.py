"""Turns an entry into what may be shown on a day: parameters filled in, provenance said, sources named."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from bot.knowledge import UNCONFIRMED, Dated, Served
from bot.messages import Card, Row, Source
from knowledge_base.entries import Content, Entry, Fact, Parameter

DAYS_ENTRIES = 2_000
"""So many entries, each as it stands on one day, are kept ready."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
REFERENCE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class ParameterNotValid(LookupError):
    """No value of the named parameter is known for the day asked about."""


def provenance(confidence: str, as_of: str) -> str:
    """Return the sentence that tells a citizen how far to trust the answer; empty where it may be stated."""
    if confidence == "V2":
        return f"(据公开资料,截至 {as_of};请以西宁住房公积金管理中心最新公布为准。)"
    return UNCONFIRMED if confidence == "U" else ""


class Renderer:
    """Renders entries against one version's facts and parameters."""

    def __init__(self, entries: Mapping[str, Entry], facts: Mapping[str, Fact], parameters: Mapping[str, Parameter]):
        self._entries, self._facts, self._parameters = entries, facts, parameters
        self._of_day = lru_cache(DAYS_ENTRIES)(self._own)

    def fill(self, text: str, on: date) -> str:
        """Replace `{parameter}` by its value on the day; raises ParameterNotValid."""

        def value(match: re.Match[str]) -> str:
            parameter = self._parameters.get(match[1])
            found = parameter.on(on) if parameter else None
            if found is None:
                raise ParameterNotValid(match[1])
            return found

        return REFERENCE.sub(value, text)

    def serve(self, entry: Entry, on: date) -> Served | None:
        """Return the entry as it stands on the day, or None when it may not be served then."""
        return self._of_day(entry.id, on) if self._entries.get(entry.id) is entry else self._rendered(entry, on)

    def _own(self, entry_id: str, on: date) -> Served | None:
        return self._rendered(self._entries[entry_id], on)

    def _rendered(self, entry: Entry, on: date) -> Served | None:
        if not entry.served_on(on):
            return None
        try:
            screen, spoken, robot = (
                self.fill(text, on) for text in (entry.answer.screen, entry.answer.spoken, entry.answer.robot)
            )
            card = self._card(entry.card, on) if entry.card else None
        except ParameterNotValid:
            return None
        note = provenance(entry.confidence, entry.as_of)
        return Served(
            id=entry.id,
            topic=entry.topic,
            title=entry.title,
            screen=screen if note in screen else f"{screen}\n{note}",
            spoken=_aloud(spoken, entry),
            robot=robot,
            card=card,
            follow_ups=self._follow_ups(entry, on),
            sources=self.sources(entry),
            catalogue=entry.catalogue,
            confidence=entry.confidence,
            numbers=self._numbers(entry),
        )

    def _numbers(self, entry: Entry) -> tuple[Dated, ...]:
        quoted = (self._parameters[name] for name in dict.fromkeys(REFERENCE.findall(entry.answer.screen)))
        return tuple(
            Dated(label=one.label, value=_measured(period.value, one.unit), since=period.start, until=period.end)
            for one in quoted
            for period in one.values
            if NUMBER.fullmatch(period.value)
        )

    def sources(self, entry: Entry) -> tuple[Source, ...]:
        """Return the sources of the entry's facts, each once, in the order cited."""
        cited = (self._facts[fact].source for fact in entry.facts if fact in self._facts)
        return tuple({(source.title, source.doc_no, source.url): source for source in cited if source.title}.values())

    def _card(self, card: Card, on: date) -> Card:
        rows = tuple(Row(label=self.fill(row.label, on), value=self.fill(row.value, on)) for row in card.rows)
        return Card(title=self.fill(card.title, on), rows=rows, link=card.link, kind=card.kind)

    def _follow_ups(self, entry: Entry, on: date) -> tuple[tuple[str, str], ...]:
        known = (self._entries[name] for name in entry.follow_ups if name in self._entries)
        return tuple((other.id, other.title) for other in known if other.served_on(on))


def renderer_of(content: Content) -> Renderer:
    """Return a renderer over a content's own entries, facts and parameters."""
    return Renderer(
        {entry.id: entry for entry in content.entries},
        {fact.id: fact for fact in content.facts},
        {parameter.id: parameter for parameter in content.parameters},
    )


def _aloud(spoken: str, entry: Entry) -> str:
    """Say the provenance in a breath; the long sentence is for reading."""
    if entry.confidence == "V2":
        return f"{spoken.rstrip('。')}。以上截至{_month(entry.as_of)},以中心公布为准。"
    if entry.confidence == "U" and "12329" not in spoken:
        return f"{spoken.rstrip('。')}。请拨打12329确认。"
    return spoken


def _measured(value: str, unit: str) -> str:
    return f"{value}{unit}" if unit == "%" else f"{value} {unit}".strip()


def _month(as_of: str) -> str:
    year, _, month = as_of.partition("-")
    return f"{year}年{int(month[:2])}月" if month else f"{year}年"
