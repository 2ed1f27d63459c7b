"""Exchanges entries with one YAML file that names topic and subtopic in each row."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from knowledge_base.entries import Entry
from knowledge_base.fields import read_rows
from knowledge_base.plain import from_plain, to_plain, to_yaml
from knowledge_base.problems import ContentRefused, Problem


def read_list(path: Path) -> dict[int, Entry]:
    """Read entries, by row number, from a YAML file naming topic and subtopic in each row; raises ContentRefused."""
    problems: list[Problem] = []
    read_rows(path, path.name, problems.append)
    if problems:
        raise ContentRefused(tuple(problems))
    entries: dict[int, Entry] = {}
    for number, values in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")) or [], 1):
        row = dict(values) if isinstance(values, dict) else {}
        homes = {name: str(row.pop(name, "")) for name in ("topic", "subtopic")}
        try:
            entries[number] = from_plain(row, place=f"{path.name} row {number}", **homes)
        except ContentRefused as refused:
            problems += refused.problems
    if problems:
        raise ContentRefused(tuple(problems))
    return entries


def write_list(entries: Sequence[Entry], path: Path) -> None:
    """Write entries to one YAML file, each with its topic and subtopic."""
    rows = [{"topic": entry.topic, "subtopic": entry.subtopic, **to_plain(entry)} for entry in entries]
    path.write_text(to_yaml(rows), encoding="utf-8")
