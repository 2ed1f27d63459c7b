"""Exchanges entries with spreadsheets: one row per entry, one column per field, nothing lost either way."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import IllegalCharacterError, InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from knowledge_base.entries import Entry
from knowledge_base.plain import day, from_plain, to_plain
from knowledge_base.problems import ContentRefused, Problem

LISTS = ("catalogue", "similar", "not_questions", "aliases", "follow_ups", "related", "slots", "facts")
DAYS = ("valid_from", "valid_until", "review_due")
COLUMNS = (
    *(
        "topic",
        "subtopic",
        "id",
        "title",
        "catalogue",
        "similar",
        "not_questions",
        "aliases",
        "screen",
        "spoken",
        "robot",
    ),
    *("card", "follow_ups", "related", "slots", "facts", "confidence", "as_of", *DAYS, "owner", "state"),
)
SINGLE = ("id", "title", "confidence", "as_of", "owner", "state")
LONGEST_CELL = 32_000
TITLE = "entries"
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_BROKEN = (  # what openpyxl lets through of a file cut off, changed in a byte, or written by another program
    *(OSError, EOFError, BadZipFile, zlib.error, NotImplementedError, InvalidFileException, ParseError),
    *(KeyError, ValueError, IndexError, TypeError, AttributeError),
)


def write_sheet(entries: Sequence[Entry], path: Path) -> None:
    """Write entries to an xlsx file; raises ContentRefused for text a sheet cannot hold."""
    book = Workbook()
    sheet = book.active if book.active is not None else book.create_sheet()
    sheet.title = TITLE
    sheet.append(COLUMNS)
    problems: list[Problem] = []
    for number, entry in enumerate(entries, 2):
        for column, text in enumerate(to_cells(entry), 1):
            try:
                cell = sheet.cell(number, column)
                cell.value, cell.data_type = _ESCAPE.sub("_x005F_", text), "s"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            except IllegalCharacterError:
                problems.append(_problem(path, number, entry.id, f"{COLUMNS[column - 1]} has a control character"))
            if len(text) > LONGEST_CELL:
                problems.append(_problem(path, number, entry.id, f"{COLUMNS[column - 1]} is too long for a cell"))
    if problems:
        raise ContentRefused(tuple(problems))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "E2"
    book.save(path)


def read_sheet(path: Path, known: Sequence[Entry] = ()) -> dict[int, Entry]:
    """Read entries from an xlsx file, by row number; raises ContentRefused naming every bad row and column.

    A column the sheet does not have leaves that field of a `known` entry as it is; an empty cell clears it.
    """
    rows = _rows(path)
    head = [str(name or "").strip() for name in next(rows, ())]
    while head and not head[-1]:
        head.pop()
    _refuse_head(head, path)
    base = {entry.id: dict(zip(COLUMNS, to_cells(entry), strict=True)) for entry in known}
    entries: dict[int, Entry] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, 2):
        cells = {name: _cell(value) for name, value in zip(head, row, strict=False)}
        if not any(map(_cell, row)):
            continue
        beyond = [f"{value!r} stands beyond the last column" for value in row[len(head) :] if _cell(value)]
        lost = [f"{name}: {trouble}" for name, value in zip(head, row, strict=False) if (trouble := _unusable(value))]
        problems += (_problem(path, number, cells.get("id", ""), what) for what in (*lost, *beyond))
        try:
            entries[number] = from_cells({**base.get(cells.get("id", ""), {}), **cells}, f"{path.name} row {number}")
        except ContentRefused as refused:
            problems += refused.problems
    if problems:
        raise ContentRefused(tuple(problems))
    return entries


def _rows(path: Path) -> Iterator[tuple[object, ...]]:
    """Return the rows of our sheet; a formula whose result the file does not hold stays visible as its text."""
    try:
        values, written = (_ours(load_workbook(path, data_only=told)) for told in (True, False))
    except _BROKEN as error:
        raise ContentRefused((Problem(place=path.name, row="", what=f"is not an xlsx file: {error}"),)) from error
    merged = [str(cells) for cells in written.merged_cells.ranges]
    if merged:
        what = f"cells are merged, so it cannot be told whose they are: {', '.join(merged)}"
        raise ContentRefused((Problem(place=path.name, row="", what=what),))
    pairs = zip(values.iter_rows(), written.iter_rows(), strict=True)
    return (tuple(_value(shown, formula) for shown, formula in zip(*pair, strict=True)) for pair in pairs)


def _ours(book: Workbook) -> Worksheet:
    """Return the sheet named as in an export, or the first."""
    return next((sheet for sheet in book.worksheets if sheet.title == TITLE), book.worksheets[0])


def _value(shown: Cell | MergedCell, written: Cell | MergedCell) -> object:
    if written.data_type == "f" and shown.value is None:
        return _Formula(str(written.value))
    return _Broken(str(shown.value)) if shown.data_type == "e" else shown.value


class _Formula(str):
    """A formula that was saved without its result."""


class _Broken(str):
    """What a spreadsheet shows instead of a result: #REF!, #NAME?"""


def _unusable(value: object) -> str:
    if isinstance(value, _Formula):
        return f"the formula {value!r} was saved without its result: put the text itself there"
    return f"the cell shows {value}" if isinstance(value, _Broken) else ""


def _refuse_head(head: Sequence[str], path: Path) -> None:
    unknown = [name or "(no name)" for name in head if name not in COLUMNS]
    missing = [name for name in ("topic", "id") if name not in head]
    twice = sorted({name for name in head if head.count(name) > 1} - set(unknown))
    if unknown or missing:
        names = ", ".join((*unknown, *missing))
        what = f"unknown or missing columns: {names}; take the column out or name it as in an export"
    elif twice:
        what = f"columns that stand twice: {', '.join(twice)}"
    else:
        return
    raise ContentRefused((_problem(path, 1, "", what),))


def to_cells(entry: Entry) -> list[str]:
    """Return the row of an entry, in the order of COLUMNS."""
    card = to_plain(entry).get("card")
    single: dict[str, str] = {
        **{
            name: str(getattr(entry, name))
            for name in ("topic", "subtopic", "id", "title", "confidence", "as_of", "owner")
        },
        **{name: day(getattr(entry, name)) for name in DAYS},
        **{name: _joined(getattr(entry, name)) for name in LISTS},
        "screen": entry.answer.screen,
        "spoken": entry.answer.spoken,
        "robot": entry.answer.robot,
        "card": json.dumps(card, ensure_ascii=False) if card else "",
        "state": entry.state.value,
    }
    return [single[name] for name in COLUMNS]


def from_cells(cells: Mapping[str, str], place: str) -> Entry:
    """Read one row's texts by column; raises ContentRefused."""
    problems: list[Problem] = []
    values: dict[str, object] = {name: cells[name] for name in SINGLE if cells.get(name)}
    values["answer"] = {name: cells.get(name, "") for name in ("screen", "spoken", "robot") if cells.get(name)}
    for name in LISTS:
        if cells.get(name):
            values[name] = _split(cells[name])
    for name in DAYS:
        if cells.get(name):
            try:
                values[name] = date.fromisoformat(cells[name])
            except ValueError:
                problems.append(
                    Problem(
                        place=place, row=cells.get("id", ""), what=f"{name} is no date like 2026-09-20: {cells[name]!r}"
                    )
                )
    if cells.get("card"):
        try:
            values["card"] = json.loads(cells["card"])
        except (json.JSONDecodeError, RecursionError) as error:
            problems.append(Problem(place=place, row=cells.get("id", ""), what=f"card is no JSON: {error}"))
    try:
        entry = from_plain(values, place=place, topic=cells.get("topic", ""), subtopic=cells.get("subtopic", ""))
    except ContentRefused as refused:
        raise ContentRefused((*problems, *refused.problems)) from None
    if problems:
        raise ContentRefused(tuple(problems))
    return entry


def _joined(items: Sequence[str]) -> str:
    """One item a line; as JSON where an item would not survive that."""
    if any("\n" in item or item != item.strip() or not item for item in items) or (items and items[0].startswith("[")):
        return json.dumps(list(items), ensure_ascii=False)
    return "\n".join(items)


def _split(text: str) -> list[str]:
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            found = None
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return found
    return [line.strip() for line in text.split("\n") if line.strip()]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat()[:10] if isinstance(value, date) else str(value).replace("_x005F_", "_")


def _problem(path: Path, number: int, row: str, what: str) -> Problem:
    return Problem(place=f"{path.name} row {number}", row=row, what=what)
