"""Reads one YAML row into typed values, noting every wrong key, type and date instead of stopping at the first."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import yaml

from knowledge_base.problems import Problem

MONTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Row:
    """One mapping of a file. Asking for a field marks it known; `close` reports what nobody asked for."""

    def __init__(self, values: object, place: str, name: str, note: Callable[[Problem], None]) -> None:
        self.place, self.name, self._note = place, name, note
        self._values: dict[str, object] = {}
        self._known: set[str] = set()
        if isinstance(values, dict):
            self._values = {str(key): value for key, value in values.items()}
            self.name = str(self._values.get("id", name))
        else:
            self.wrong(f"must be a mapping, is {_kind(values)}")

    def wrong(self, what: str) -> None:
        self._note(Problem(place=self.place, row=self.name, what=what))

    def _take(self, key: str, required: bool) -> object:
        self._known.add(key)
        value = self._values.get(key)
        if value is None and required:
            self.wrong(f"{key} is missing")
        return value

    def text(self, key: str, *, required: bool = False) -> str:
        """Return a string; numbers are refused, for YAML would already have changed their form."""
        value = self._take(key, required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(f"{key} must be text (quote it), is {_kind(value)}")
            return str(value)
        if required and not value.strip():
            self.wrong(f"{key} is empty")
        return value.strip()

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        value = self._take(key, required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(f"{key} must be a list of texts")
            return ()
        return tuple(item.strip() for item in value)

    def day(self, key: str) -> date | None:
        value = self._take(key, False)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.wrong(f"{key} must be a date like 2026-09-20, is {value!r}")
        return None

    def month(self, key: str) -> str:
        """Return a year, month or day as ISO text."""
        value = self._take(key, False)
        if value is None or value == "":
            return ""
        text = value.isoformat() if isinstance(value, date) else str(value)
        if not MONTH.fullmatch(text):
            self.wrong(f"{key} must be a year, month or day like 2026-09, is {text!r}")
        return text

    def rows(self, key: str) -> tuple["Row", ...]:
        value = self._take(key, False)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(f"{key} must be a list")
            return ()
        return tuple(Row(item, self.place, f"{self.name}.{key}", self._note) for item in value)

    def row(self, key: str, *, required: bool = False) -> "Row | None":
        value = self._take(key, required)
        return None if value is None else Row(value, self.place, f"{self.name}.{key}", self._note)

    def one_of(self, key: str, allowed: Iterable[str], default: str = "") -> str:
        value = self.text(key) or default
        if value not in tuple(allowed):
            what = f"is {value!r}, must be" if value else "is missing: it must be"
            self.wrong(f"{key} {what} one of {', '.join(allowed)}")
            return default or next(iter(allowed))
        return value

    def close(self) -> None:
        for key in sorted(set(self._values) - self._known):
            self.wrong(f"unknown key {key!r}")


def read_rows(path: Path, shown: str, note: Callable[[Problem], None]) -> tuple[Row, ...]:
    """Return the rows of a YAML list; a broken file is one problem, its neighbours are still read."""
    try:
        loader = yaml.CSafeLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        return tuple(_rows(loader, node, shown, note)) if node is not None else ()
    except UnicodeDecodeError:
        note(Problem(place=shown, row="", what="is not UTF-8 text"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        note(Problem(place=shown + line, row="", what=f"is not YAML: {getattr(error, 'problem', None) or error}"))
    return ()


def _rows(loader: yaml.CSafeLoader, node: yaml.Node, shown: str, note: Callable[[Problem], None]) -> Iterable[Row]:
    if not isinstance(node, yaml.SequenceNode):
        note(Problem(place=shown, row="", what="must be a list of rows"))
        return
    for number, item in enumerate(node.value, 1):
        place = f"{shown}:{item.start_mark.line + 1}"
        for key in _twice(item):
            note(Problem(place=place, row=f"row {number}", what=f"key {key!r} stands twice"))
        try:
            values = loader.construct_object(item, deep=True)
        except ValueError as error:  # a date that no calendar has: PyYAML lets it pass as a date
            note(Problem(place=place, row=f"row {number}", what=f"is not YAML: {error}"))
            continue
        except RecursionError:
            note(Problem(place=place, row=f"row {number}", what="is nested too deeply"))
            continue
        yield Row(values, place, f"row {number}", note)


def _twice(node: yaml.Node) -> list[str]:
    keys = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    return sorted({key for key in keys if keys.count(key) > 1})


def _kind(value: object) -> str:
    return {
        dict: "a mapping",
        list: "a list",
        str: "text",
        int: "a number",
        float: "a number",
        type(None): "empty",
    }.get(type(value), type(value).__name__)
