"""The nouns of curated knowledge: entries, the facts they rest on, and the dated parameters they quote."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.messages import Card, Source

CONFIDENCES = ("U", "V2", "G", "V2+", "V1")
"""Weakest first: an answer is as good as its weakest fact."""


class State(StrEnum):
    """Where an entry stands on its way to the citizen; only published ones are served."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One statement of the project's register, with where it comes from and how far it may be trusted."""

    id: str
    statement: str
    confidence: str
    source: Source
    topic: str = ""
    applies_to: str = ""
    say: str = "never"
    """state: as a fact; dated: only with the date it was known; never: not as current policy."""
    valid_from: date | None = None
    valid_until: date | None = None
    review_due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A parameter's value from one day to another, both included; an open side is None."""

    value: str
    start: date | None = None
    end: date | None = None
    facts: tuple[str, ...] = ()

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that changes by decree: it stands here once and is quoted as `{id}`."""

    id: str
    label: str
    unit: str = ""
    values: tuple[Period, ...] = ()

    def on(self, day: date) -> str | None:
        """Return the value valid on `day`, or None when no period covers it."""
        return next((period.value for period in self.values if period.covers(day)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The approved answer, with `{parameter}` references; `robot` falls back to `spoken`."""

    screen: str
    spoken: str
    robot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing the centre answers: its questions, its approved wording and what that rests on."""

    id: str
    topic: str
    title: str
    answer: Wording
    catalogue: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    not_questions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    card: Card | None = None
    follow_ups: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Entries that speak for it on days it is not valid, the likeliest first."""
    slots: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    confidence: str = "U"
    as_of: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    review_due: date | None = None
    owner: str = ""
    state: State = State.PUBLISHED
    subtopic: str = ""

    def served_on(self, day: date) -> bool:
        """Tell whether a citizen may be given this entry for a question about `day`."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.state is State.PUBLISHED and begun and (self.valid_until is None or day <= self.valid_until)

    def questions(self) -> tuple[str, ...]:
        """Return every wording that means this entry, the standard one first."""
        return (self.title, *self.similar, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossroads:
    """A broad question that several entries answer: they are offered instead of guessing."""

    id: str
    title: str
    similar: tuple[str, ...]
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything the curators have approved, as it stands in the files."""

    entries: tuple[Entry, ...] = ()
    facts: tuple[Fact, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    crossroads: tuple[Crossroads, ...] = ()
