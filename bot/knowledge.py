"""What the heart knows of knowledge: a Query goes to the Retriever, a Finding comes back."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.messages import Card, ChannelName, Source

UNCONFIRMED = "这一点目前没有查到已公布的规定,请拨打 12329 或到中心官网确认。"
"""Stands under every answer that rests on what nobody has confirmed."""


class Decision(StrEnum):
    """What a calibrated score allows: say it, offer choices, or admit not knowing."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question. `entry` is the entry of the last turn, for follow-ups; `heard` further recogniser candidates."""

    text: str
    channel: ChannelName = ChannelName.WEB
    on: date
    entry: str = ""
    heard: tuple[str, ...] = ()
    limit: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What a number was from one day to another, both counted; an open side is None."""

    label: str
    value: str
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An entry as it may be shown on the query's date: parameters filled in, provenance sentence included."""

    id: str
    topic: str
    title: str
    screen: str
    spoken: str
    robot: str = ""
    card: Card | None = None
    follow_ups: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    catalogue: tuple[str, ...] = ()
    confidence: str = ""
    numbers: tuple[Dated, ...] = ()
    """The numbers it quotes, as they were and are: what is known of a day of which the wording is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A served entry with its calibrated probability of being the right one, 0..1."""

    entry: Served
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The retriever's decision; `hits` best first, at most the query's limit."""

    decision: Decision
    hits: tuple[Hit, ...]
    version: str
