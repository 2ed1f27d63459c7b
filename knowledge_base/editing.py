"""The verbs that change and exchange the curated files; no model is loaded, so that a mistake is told at once."""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from bot.clock import utc_now
from bot.errors import InputRefused
from knowledge_base.checking import Remark, check
from knowledge_base.content import load_content
from knowledge_base.desk import Desk, Difference
from knowledge_base.entries import Entry
from knowledge_base.lists import read_list, write_list
from knowledge_base.plain import from_plain, to_plain
from knowledge_base.problems import ContentRefused
from knowledge_base.sheets import read_sheet, write_sheet
from knowledge_base.turning_back import AddParser, add_verb
from knowledge_base.wording import read_like

DATES = ("valid_from", "valid_until", "review_due")
SHEETS, LISTS = (".xlsx",), (".yml", ".yaml")


def add_editing(add: AddParser) -> None:
    """Add these verbs to a command line."""
    for name, told in (
        ("import", "read entries from .xlsx or .yml"),
        ("add", "add entries from a .yml file (topic and subtopic as keys)"),
    ):
        parser = add_verb(add, name, _import, told, signed=True)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
    export = add_verb(add, "export", _export, "write all entries to .xlsx or .yml")
    export.add_argument("file", type=Path)
    edit = add_verb(add, "edit", _edit, "change fields of an entry: title=… similar+=… answer.spoken=…", signed=True)
    edit.add_argument("entry")
    edit.add_argument("change", nargs="+", help="field=value replaces, field+=value and field-=value change a list")
    edit.add_argument("--dry-run", action="store_true")
    add_verb(add, "retire", _retire, "stop serving an entry", signed=True).add_argument("entry")
    add_verb(add, "review", _review, "agree to an entry as it stands", signed=True).add_argument("entry")


def desk_of(options: argparse.Namespace) -> Desk:
    """Return the desk of the files and versions that a command line names."""
    return Desk(options.sources, options.home, utc_now)


def _is_sheet(path: Path) -> bool:
    """Tell a sheet from a list by its name; raises InputRefused for neither."""
    kind = path.suffix.lower()
    if kind not in (*SHEETS, *LISTS):
        raise InputRefused(f"{path.name} is neither .xlsx nor .yml: save it as one of them")
    return kind in SHEETS


def _import(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise InputRefused(f"there is no file {options.file}")
    sheet, desk = _is_sheet(options.file), desk_of(options)
    with desk.alone():
        known = desk.content().entries
        rows = read_sheet(options.file, known) if sheet else read_list(options.file)
        entries = tuple(rows.values())
        _say_what_stays(known, entries)
        try:
            return _put(options, entries)
        except ContentRefused as refused:
            raise _of_the_file(refused, rows, options.file) from refused


def _of_the_file(refused: ContentRefused, rows: Mapping[int, Entry], file: Path) -> ContentRefused:
    """Tell what came with a file by its name and row: the curator has not seen where it was to stand."""
    came: dict[str, list[str]] = {}
    for number, entry in rows.items():
        came.setdefault(entry.id, []).append(str(number))
    places = {name: f"{file.name} row {' and '.join(numbers)}" for name, numbers in came.items()}
    return ContentRefused(tuple(replace(one, place=places.get(one.row, one.place)) for one in refused.problems))


def _say_what_stays(known: Sequence[Entry], entries: Sequence[Entry]) -> None:
    """A file holding most of the entries was exported here: rows missing from it may be meant to go, and do not."""
    left = len({entry.id for entry in known} - {entry.id for entry in entries})
    if 0 < left < len(entries):
        stays = "entry is not in the file and stays as it is" if left == 1 else "entries are not in the file and stay"
        print(f"{left} {stays}: `retire` takes one away")


def _put(options: argparse.Namespace, entries: Sequence[Entry]) -> int:
    """Make the change, or make it to a copy that is thrown away; called while nobody else changes the files."""
    if not options.dry_run:
        return _told(options.sources, lambda: desk_of(options).put(entries, options.by))
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copytree(options.sources, Path(scratch) / "sources", ignore=shutil.ignore_patterns("*.py*"))
        return _told(copy, lambda: Desk(copy, Path(scratch) / "versions", utc_now).put(entries, options.by))


def _told(sources: Path, change: Callable[[], Sequence[Difference]]) -> int:
    """Make a change; show what differs and what `check` remarks on now that it did not before."""
    before = _remarks(sources)
    found = change()
    print("\n".join(map(str, found)) or "nothing changes")
    for remark in _remarks(sources):
        if remark not in before:
            print(remark)
    print(f"{len({one.entry for one in found})} entries, {len(found)} fields")
    return 0


def _remarks(sources: Path) -> tuple[Remark, ...]:
    return check(load_content(sources), read_like(sources), utc_now().astimezone().date())


def _export(options: argparse.Namespace) -> int:
    sheet, entries = _is_sheet(options.file), load_content(options.sources).entries
    try:
        (write_sheet if sheet else write_list)(entries, options.file)
    except OSError as error:
        raise InputRefused(f"{options.file} cannot be written: {error.strerror}") from error
    print(f"{len(entries)} entries → {options.file}")
    return 0


def _edit(options: argparse.Namespace) -> int:
    desk = desk_of(options)
    with desk.alone():
        entry = desk.entry(options.entry)
        values = to_plain(entry)
        for change in options.change:
            _change(values, change)
        edited = from_plain(values, place="edit", topic=entry.topic, subtopic=entry.subtopic)
        if edited.id != entry.id:
            raise InputRefused("an id does not change: add a new entry and retire the old one")
        return _put(options, [edited])


def _change(values: dict[str, object], change: str) -> None:
    """Apply one `field=value`, `field+=value` or `field-=value`; values are read as YAML where they look like it."""
    path, sign, text = change.partition("=")
    if not sign:
        raise InputRefused(f"{change!r} is not field=value")
    kind, name = (path[-1], path[:-1]) if path[-1:] in "+-" and path else ("", path)
    holder: dict[str, object] = values
    *outer, last = name.split(".")
    for step in outer:
        inner = holder.setdefault(step, {})
        if not isinstance(inner, dict):
            raise InputRefused(f"{step} has no fields")
        holder = inner
    if kind:
        listed = holder.get(last, [])
        items = list(listed) if isinstance(listed, list) else []
        if kind == "-" and text not in items:
            raise InputRefused(f"{name} has no {text!r} to take away")
        holder[last] = [*items, text] if kind == "+" else [item for item in items if item != text]
    else:
        holder[last] = _read(text) if last in DATES or text[:1] in "[{" else text


def _read(text: str) -> object:
    """Read a value as YAML; what is none stays text, and the field says what is wrong with it."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return text


def _retire(options: argparse.Namespace) -> int:
    desk = desk_of(options)
    with desk.alone():
        return _told(options.sources, lambda: desk.retire(options.entry, options.by))


def _review(options: argparse.Namespace) -> int:
    desk = desk_of(options)
    with desk.alone():
        desk.approve(options.entry, options.by)
    print(f"{options.entry}: agreed to by {options.by}")
    return 0
