"""Entries as plain values and as YAML text: the form in which files hold them and people exchange them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import yaml
from yaml.representer import BaseRepresenter

from bot.messages import Card
from knowledge_base.content import read_entry
from knowledge_base.entries import Entry
from knowledge_base.fields import Row
from knowledge_base.problems import ContentRefused, Problem

ORDER = (
    *("id", "title", "catalogue", "similar", "not_questions", "aliases", "answer", "card", "follow_ups", "related"),
    *("slots", "facts", "confidence", "as_of", "valid_from", "valid_until", "review_due", "owner", "state"),
)


def _text(dumper: BaseRepresenter, value: Any) -> yaml.Node:
    clean = "\n" in value and value == value.strip() and all(line == line.rstrip() for line in value.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if clean else None)


class _Dumper(yaml.SafeDumper):
    """Writes long Chinese text as blocks and never folds a line."""

    yaml_representers = {**yaml.SafeDumper.yaml_representers, str: _text}  # noqa: RUF012 - PyYAML's own class attribute

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, False)


def to_plain(entry: Entry) -> dict[str, object]:
    """Return the entry as the mapping a file holds; what is empty is left out."""
    answer = {"screen": entry.answer.screen, "spoken": entry.answer.spoken, "robot": entry.answer.robot}
    values: dict[str, object] = {
        name: getattr(entry, name) for name in ORDER if name not in ("answer", "card", "state")
    }
    values |= {"answer": {name: text for name, text in answer.items() if text or name != "robot"}}
    values |= {"card": _card(entry.card) if entry.card else None, "state": entry.state.value}
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return {name: listed[name] for name in ORDER if listed[name] not in (None, "", [])}


def from_plain(values: object, *, place: str, topic: str, subtopic: str) -> Entry:
    """Read an entry from plain values; raises ContentRefused with everything that is wrong with the row."""
    problems: list[Problem] = []
    entry = read_entry(Row(values, place, "row", problems.append), topic=topic, subtopic=subtopic)
    if problems:
        raise ContentRefused(tuple(problems))
    return entry


def to_yaml(rows: Sequence[dict[str, object]]) -> str:
    """Return rows as the text of a file."""
    return yaml.dump(list(rows), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000) if rows else ""


def _card(card: Card) -> dict[str, object]:
    values: dict[str, object] = {"title": card.title}
    if card.rows:
        values["rows"] = [{"label": row.label, "value": row.value} for row in card.rows]
    if card.link:
        values["link"] = card.link
    if card.kind != "facts":
        values["kind"] = card.kind
    return values


def day(value: date | None) -> str:
    """Return a day as ISO text, "" for none."""
    return value.isoformat() if value else ""
