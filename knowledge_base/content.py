"""Loads the curated content and holds it to its rules: either all of it is right, or every fault is told."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

from bot.messages import TOPICS, Card, Source
from bot.messages import Row as CardRow
from knowledge_base.entries import CONFIDENCES, Content, Crossroads, Entry, Fact, Parameter, Period, State, Wording
from knowledge_base.fields import Row, read_rows
from knowledge_base.problems import ContentRefused, Problem
from knowledge_base.rendering import REFERENCE

SAY = ("state", "dated", "never")
CARD_KINDS = ("facts", "table", "link", "document", "chart")
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Note = Callable[[Problem], None]


def load_content(folder: Path) -> Content:
    """Load `facts.yml`, `parameters.yml` and `faq/**` of the folder; raises ContentRefused with every problem."""
    content, problems = read_content(folder)
    if problems:
        raise ContentRefused(problems)
    return content


def read_content(folder: Path) -> tuple[Content, tuple[Problem, ...]]:
    """Return what could be read and every problem found."""
    problems: list[Problem] = []
    note = problems.append
    facts = [_fact(row) for row in read_rows(folder / "facts.yml", "facts.yml", note)]
    parameters = [_parameter(row) for row in read_rows(folder / "parameters.yml", "parameters.yml", note)]
    entries: list[Entry] = []
    places: dict[str, str] = {}
    for path in sorted((folder / "faq").glob("**/*.yml")):
        shown = path.relative_to(folder).as_posix()
        for row in read_rows(path, shown, note):
            entry = read_entry(row, topic=path.relative_to(folder / "faq").parts[0], subtopic=path.stem)
            entries.append(entry)
            places[entry.id] = row.place
    content = Content(
        entries=tuple(entries),
        facts=tuple(facts),
        parameters=tuple(parameters),
        crossroads=tuple(_crossroads(row) for row in _optional(folder / "crossroads.yml", note)),
    )
    problems += check_references(content, lambda entry: places[entry])
    return content, tuple(problems)


def read_entry(row: Row, *, topic: str, subtopic: str) -> Entry:
    """Read one entry; what is wrong with it goes to the row's note."""
    if topic not in TOPICS:
        row.wrong(f"topic is {topic!r}, must be one of {', '.join(TOPICS)}")
    answer = row.row("answer", required=True)
    card = row.row("card")
    entry = Entry(
        id=row.text("id", required=True),
        topic=topic,
        subtopic=subtopic,
        title=row.text("title", required=True),
        answer=_wording(answer) if answer else Wording(screen="", spoken=""),
        catalogue=row.texts("catalogue"),
        similar=row.texts("similar"),
        not_questions=row.texts("not_questions"),
        aliases=row.texts("aliases"),
        card=_card(card) if card else None,
        follow_ups=row.texts("follow_ups"),
        related=row.texts("related"),
        slots=row.texts("slots"),
        facts=row.texts("facts"),
        confidence=row.one_of("confidence", CONFIDENCES),
        as_of=row.month("as_of"),
        valid_from=row.day("valid_from"),
        valid_until=row.day("valid_until"),
        review_due=row.day("review_due"),
        owner=row.text("owner"),
        state=State(row.one_of("state", tuple(State), State.PUBLISHED.value)),
    )
    row.close()
    if subtopic and not KEBAB.fullmatch(subtopic):  # it names a file: ../../x would leave the folder
        row.wrong(f"subtopic {subtopic!r} must be kebab-case")
    if not KEBAB.fullmatch(entry.id) or not entry.id.startswith(f"{topic}-"):
        row.wrong(f"id {entry.id!r} must be kebab-case and start with {topic}-")
    if entry.confidence == "V2" and not entry.as_of:
        row.wrong("as_of is missing: a V2 answer says as of when")
    if entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
        row.wrong("valid_until is before valid_from")
    return entry


def _wording(row: Row) -> Wording:
    wording = Wording(
        screen=row.text("screen", required=True), spoken=row.text("spoken", required=True), robot=row.text("robot")
    )
    row.close()
    return wording


def _card(row: Row) -> Card:
    rows = tuple(_card_row(line) for line in row.rows("rows"))
    card = Card(
        title=row.text("title", required=True),
        rows=rows,
        link=row.text("link"),
        kind=row.one_of("kind", CARD_KINDS, "facts"),
    )
    row.close()
    return card


def _card_row(row: Row) -> CardRow:
    line = CardRow(label=row.text("label", required=True), value=row.text("value", required=True))
    row.close()
    return line


def _fact(row: Row) -> Fact:
    confidence = row.one_of("confidence", CONFIDENCES)
    title, issuer = row.text("source_title"), row.text("source_org")
    source = Source(
        title=title or issuer,
        issuer=issuer,
        doc_no=row.text("doc_no"),
        url=row.text("source_url"),
        date=row.month("source_date"),
        confidence=confidence,
    )
    fact = Fact(
        id=row.text("id", required=True),
        topic=row.text("topic"),
        statement=row.text("statement", required=True),
        applies_to=row.text("applies_to"),
        confidence=confidence,
        say=row.one_of("say", SAY),
        source=source,
        valid_from=row.day("valid_from"),
        valid_until=row.day("valid_until"),
        review_due=row.day("review_due"),
    )
    row.close()
    return fact


def _parameter(row: Row) -> Parameter:
    periods = tuple(_period(line) for line in row.rows("values"))
    parameter = Parameter(
        id=row.text("id", required=True), label=row.text("label", required=True), unit=row.text("unit"), values=periods
    )
    row.close()
    if not periods:
        row.wrong("values is empty")
    dated = sorted(periods, key=lambda period: (period.start is not None, period.start))
    for earlier, later in pairwise(dated):
        if earlier.end is None or (later.start is not None and later.start <= earlier.end):
            row.wrong(f"the periods of {earlier.value} and {later.value} overlap")
    return parameter


def _period(row: Row) -> Period:
    period = Period(
        value=row.text("value", required=True), start=row.day("from"), end=row.day("until"), facts=row.texts("facts")
    )
    row.close()
    return period


def _optional(path: Path, note: Note) -> tuple[Row, ...]:
    return read_rows(path, path.name, note) if path.exists() else ()


def _crossroads(row: Row) -> Crossroads:
    crossroads = Crossroads(
        id=row.text("id", required=True),
        title=row.text("title", required=True),
        similar=row.texts("similar", required=True),
        offers=row.texts("offers", required=True),
    )
    row.close()
    if not crossroads.id.startswith("crossroads-"):
        row.wrong("id must start with crossroads-")
    if len(crossroads.offers) < 2:
        row.wrong("offers must name at least two entries")
    return crossroads


def check_references(content: Content, place: Callable[[str], str]) -> list[Problem]:
    """Return every id that stands twice or points nowhere."""
    problems: list[Problem] = []
    facts = {fact.id for fact in content.facts}
    parameters = {parameter.id for parameter in content.parameters}
    entries = {entry.id for entry in content.entries}
    rows = {
        "facts.yml": [fact.id for fact in content.facts],
        "parameters.yml": [parameter.id for parameter in content.parameters],
        "faq": [*(entry.id for entry in content.entries), *(one.id for one in content.crossroads)],
    }
    for file, ids in rows.items():
        problems += (Problem(place=file, row=twice, what="id stands twice") for twice in _twice(ids))
    for parameter in content.parameters:
        cited = (fact for period in parameter.values for fact in period.facts)
        problems += _unknown(cited, facts, "fact", "parameters.yml", parameter.id)
    for crossroads in content.crossroads:
        problems += _unknown(crossroads.offers, entries, "entry", "crossroads.yml", crossroads.id)
    for entry in content.entries:
        where = place(entry.id)
        problems += _unknown(entry.facts, facts, "fact", where, entry.id)
        problems += _unknown((*entry.follow_ups, *entry.related), entries, "entry", where, entry.id)
        problems += _unknown(references(entry), parameters, "parameter", where, entry.id)
    return problems


def references(entry: Entry) -> tuple[str, ...]:
    """Return the parameters an entry quotes, each once."""
    texts = [entry.answer.screen, entry.answer.spoken, entry.answer.robot]
    if entry.card:
        texts += [entry.card.title, *(part for row in entry.card.rows for part in (row.label, row.value))]
    return tuple(dict.fromkeys(name for text in texts for name in REFERENCE.findall(text)))


def _unknown(names: Iterable[str], known: set[str], kind: str, place: str, row: str) -> list[Problem]:
    return [Problem(place=place, row=row, what=f"unknown {kind} {name!r}") for name in names if name not in known]


def _twice(ids: list[str]) -> list[str]:
    return sorted(name for name, count in Counter(ids).items() if count > 1)
