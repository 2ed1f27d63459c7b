"""Looks content over before it is published: what a curator would want to know that no loader can refuse."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.entries import Content, Entry, State
from knowledge_base.rendering import renderer_of
from knowledge_base.tracing import untraced
from knowledge_base.wording import Reading

SOON = timedelta(days=30)
FEWEST, LONGEST_SPOKEN = 8, 120
ROW = re.compile(r"T\d{3}").fullmatch
CONFUSED_FROM = 2
"""One question of twenty that another entry answers is chance; two of the same pair are worth a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing worth a look; `grave` ones stop a publish."""

    kind: str
    entry: str
    what: str
    grave: bool = False

    def __str__(self) -> str:
        return f"{'!' if self.grave else ' '} {self.kind:<12} {self.entry:<40} {self.what}"


def check(content: Content, reading: Reading, today: date) -> tuple[Remark, ...]:
    """Return every remark on the published entries, grave ones first."""
    published = [entry for entry in content.entries if entry.state is State.PUBLISHED]
    facts = {fact.id: fact for fact in content.facts}
    remarks = [*_duplicates(published, reading), *_served(content, published, today), *_left_behind(content)]
    for entry in published:
        remarks += _dates(entry, today)
        remarks += (_grave("untraced", entry, figure) for figure in untraced(entry, facts))
        remarks += (_grave("no-row", entry, f"{row!r} is no row like T001") for row in entry.catalogue if not ROW(row))
        if len(set(entry.similar)) < FEWEST:
            remarks.append(_grave("few-similar", entry, f"{len(set(entry.similar))} similar questions, needs {FEWEST}"))
    return tuple(sorted(remarks, key=lambda remark: (not remark.grave, remark.kind, remark.entry)))


def confusions(rankings: Mapping[str, tuple[str, str]], kin: Callable[[str, str], bool]) -> tuple[Remark, ...]:
    """Return one remark for each pair of entries where the second answers questions (keys) of the first, most first.

    A pair that is `kin`, one leading on to the other, serves the citizen either way and is passed over.
    """
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for question, (own, found) in rankings.items():
        if own != found and not kin(own, found):
            pairs[own, found].append(question)
    ordered = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(
        Remark(kind="answered-by", entry=own, what=f"{len(asked)} by {found}: {'、'.join(asked[:3])}")
        for (own, found), asked in ordered
        if len(asked) >= CONFUSED_FROM
    )


def _duplicates(published: list[Entry], reading: Reading) -> Iterator[Remark]:
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in published:
        for question in entry.questions():
            owners[reading.strict(question)].setdefault(entry.id, question)
    for who in owners.values():
        if len(who) > 1:
            first, *others = who
            yield Remark(
                kind="duplicate", entry=first, what=f"{who[first]!r} also stands under {', '.join(others)}", grave=True
            )


def _left_behind(content: Content) -> Iterator[Remark]:
    """What entries no longer served leave open: questions of the catalogue, and entries that lead to them."""
    published = [entry for entry in content.entries if entry.state is State.PUBLISHED]
    covered = {row for entry in published for row in entry.catalogue}
    for gone in (entry for entry in content.entries if entry.state is not State.PUBLISHED):
        rows = [row for row in gone.catalogue if row not in covered]
        if rows:
            yield Remark(kind="uncovered", entry=gone.id, what=f"no other entry answers {', '.join(rows)}")
        leading = [entry.id for entry in published if gone.id in (*entry.follow_ups, *entry.related)]
        leading += [one.id for one in content.crossroads if gone.id in one.offers]
        if leading:
            yield Remark(kind="led-to", entry=gone.id, what=f"is {gone.state}, and {', '.join(leading)} lead to it")


def _served(content: Content, published: list[Entry], today: date) -> Iterator[Remark]:
    renderer = renderer_of(content)
    for entry in published:
        served = renderer.serve(entry, today)
        if served is None:
            yield Remark(
                kind="not-served", entry=entry.id, what="is not valid today, or a parameter of it has no value"
            )
        elif len(served.spoken) > LONGEST_SPOKEN:
            yield _grave("long-spoken", entry, f"{len(served.spoken)} characters aloud")
        elif entry.served_on(today + SOON) and renderer.serve(entry, today + SOON) is None:
            yield Remark(kind="expiring", entry=entry.id, what=f"a parameter of it has no value on {today + SOON}")
        if entry.confidence != "U" and entry.topic != "smalltalk" and not renderer.sources(entry):
            yield _grave("no-source", entry, "none of its facts names a source")


def _dates(entry: Entry, today: date) -> Iterator[Remark]:
    for name, day in (("valid_until", entry.valid_until), ("review_due", entry.review_due)):
        if day is not None and day <= today + SOON:
            yield Remark(kind="expiring" if name == "valid_until" else "review", entry=entry.id, what=f"{name} {day}")


def _grave(kind: str, entry: Entry, what: str) -> Remark:
    return Remark(kind=kind, entry=entry.id, what=what, grave=True)
