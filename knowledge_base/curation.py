"""The verbs that change knowledge: add, edit, retire, exchange, check, review, publish, and what stays unanswered."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import yaml

from bot.errors import InputRefused
from knowledge_base.building import Builder
from knowledge_base.checking import check, confusions
from knowledge_base.clusters import cluster
from knowledge_base.content import load_content
from knowledge_base.desk import Desk, Difference, PublishRefused, signer
from knowledge_base.edition import Edition, load_edition
from knowledge_base.entries import Entry
from knowledge_base.exam import Exam
from knowledge_base.examining import regressions
from knowledge_base.lists import read_list, write_list
from knowledge_base.plain import from_plain, to_plain
from knowledge_base.sheets import read_sheet, write_sheet
from knowledge_base.shelf import Shelf
from knowledge_base.store import Unanswered, unanswered
from knowledge_base.wording import read_like

AddParser = Callable[..., argparse.ArgumentParser]


def add_curation(add: AddParser) -> None:
    """Add the curator's verbs to the command line."""

    def verb(
        name: str, does: Callable[[argparse.Namespace], int], told: str, *, signed: bool = False
    ) -> argparse.ArgumentParser:
        parser = add(name, help=told, description=told)
        parser.set_defaults(verb=does)
        if signed:
            parser.add_argument("--by", required=True, help="your name, for the record")
        return parser

    verb("check", _check, "duplicates, entries answering each other's questions, missing sources, what expires soon")
    for name, told in (
        ("import", "read entries from .xlsx or .yml"),
        ("add", "add entries from a .yml file (topic and subtopic as keys)"),
    ):
        parser = verb(name, _import, told, signed=True)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
    export = verb("export", _export, "write all entries to .xlsx or .yml")
    export.add_argument("file", type=Path)
    edit = verb("edit", _edit, "change fields of an entry: title=… similar+=… answer.spoken=…", signed=True)
    edit.add_argument("entry")
    edit.add_argument("change", nargs="+", help="field=value replaces, field+=value and field-=value change a list")
    edit.add_argument("--dry-run", action="store_true")
    for name, does, told in (
        ("retire", _retire, "stop serving an entry"),
        ("review", _review, "agree to an entry as it stands"),
    ):
        verb(name, does, told, signed=True).add_argument("entry")
    verb("publish", _publish, "check, build, examine, and make current what a second person has reviewed", signed=True)
    gaps = verb("unanswered", _unanswered, "declined questions, grouped, with the nearest entries")
    gaps.add_argument("file", type=Path, nargs="?", help="one question a line; - for stdin")
    gaps.add_argument("--database", default="", help="the turns' database, e.g. sqlite:///var/jiajia.db")


def _now() -> datetime:
    return datetime.now(UTC)


def _desk(options: argparse.Namespace) -> Desk:
    return Desk(options.sources, options.home, _now)


def _check(options: argparse.Namespace) -> int:
    content = load_content(options.sources)
    remarks = list(check(content, read_like(options.sources), _now().date()))
    shelf = Shelf(options.home)
    if shelf.current():
        edition = load_edition(shelf, shelf.current())
        remarks += confusions(_rankings(edition, content.entries), partial(_kin, edition))
    for remark in remarks:
        print(remark)
    print(f"{len(remarks)} remark(s), {sum(remark.grave for remark in remarks)} grave")
    return 1 if any(remark.grave for remark in remarks) else 0


def _rankings(edition: Edition, entries: Sequence[Entry]) -> dict[str, tuple[str, str]]:
    """Ask every similar question with its last character off, so that the exact match does not hide a confusion."""
    known = {asked.id for asked in edition.finder.seeker.asked}
    questions = [(entry.id, text) for entry in entries if entry.id in known for text in entry.similar if len(text) > 4]
    return {text: (own, edition.finder.find(text[:-1]).entries[0]) for own, text in questions}


def _kin(edition: Edition, one: str, other: str) -> bool:
    links = {asked.id: asked.related for asked in edition.finder.seeker.asked}
    return other in links[one] or one in links[other]


def _import(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise InputRefused(f"there is no file {options.file}")
    desk = _desk(options)
    with desk.alone():
        if options.file.suffix == ".xlsx":
            return _put(options, read_sheet(options.file, desk.content().entries))
        return _put(options, read_list(options.file))


def _put(options: argparse.Namespace, entries: Sequence[Entry]) -> int:
    """Make the change, or make it to a copy that is thrown away; called while nobody else changes the files."""
    if not options.dry_run:
        return _show(_desk(options).put(entries, options.by))
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copytree(options.sources, Path(scratch) / "sources", ignore=shutil.ignore_patterns("*.py*"))
        return _show(Desk(copy, Path(scratch) / "versions", _now).put(entries, options.by))


def _show(found: Sequence[Difference]) -> int:
    print("\n".join(map(str, found)) or "nothing changes")
    print(f"{len({one.entry for one in found})} entries, {len(found)} fields")
    return 0


def _export(options: argparse.Namespace) -> int:
    entries = load_content(options.sources).entries
    (write_sheet if options.file.suffix == ".xlsx" else write_list)(entries, options.file)
    print(f"{len(entries)} entries → {options.file}")
    return 0


def _edit(options: argparse.Namespace) -> int:
    desk = _desk(options)
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
        holder[last] = [*items, text] if kind == "+" else [item for item in items if item != text]
    else:
        holder[last] = yaml.safe_load(text) if last in DATES or text[:1] in "[{" else text


DATES = ("valid_from", "valid_until", "review_due")


def _retire(options: argparse.Namespace) -> int:
    desk = _desk(options)
    with desk.alone():
        return _show(desk.retire(options.entry, options.by))


def _review(options: argparse.Namespace) -> int:
    desk = _desk(options)
    with desk.alone():
        desk.approve(options.entry, options.by)
    print(f"{options.entry}: agreed to by {options.by}")
    return 0


def _publish(options: argparse.Namespace) -> int:
    """Publish in one go or not at all: the pointer moves last."""
    shelf, desk, today = Shelf(options.home), _desk(options), _now().astimezone().date()
    signer(options.by)
    current = shelf.current()
    with desk.alone():
        content = desk.content()
        waiting = desk.unreviewed(shelf.content(current).entries) if current else ()
    if waiting:
        raise PublishRefused("not reviewed by a second person: " + ", ".join(waiting))
    grave = [str(remark) for remark in check(content, read_like(options.sources), today) if remark.grave]
    if grave:
        raise PublishRefused("the check found:\n" + "\n".join(grave))
    builder = Builder(options.sources, shelf, _now, options.encoder)
    manifest = builder.build_from(content, publish=False)
    before = load_edition(shelf, current) if current else None
    complaints = regressions(before, load_edition(shelf, manifest.version), Exam.load(options.sources), today)
    if complaints:
        raise PublishRefused("the examination failed, the old version stays:\n" + "\n".join(complaints))
    if shelf.current() != current:
        raise PublishRefused("somebody else published meanwhile: look at `versions` and publish again")
    shelf.point(manifest.version, _now(), options.by)
    print(f"current: {manifest.version}")
    return 0


def _unanswered(options: argparse.Namespace) -> int:
    shelf = Shelf(options.home)
    questions = _questions(options)
    recorded = {one.text: one for one in questions}
    for group in cluster(load_edition(shelf, shelf.current()).finder, [one.text for one in questions]):
        nearest = ", ".join(f"{entry} {score:.2f}" for entry, score in group.suggestions)
        print(f"{len(group.questions):>4}  {group.questions[0]}\n      nearest now: {nearest}")
        first = recorded[group.questions[0]]
        if first.candidates:
            print("      considered then: " + ", ".join(f"{one.entry} {one.score:.2f}" for one in first.candidates[:3]))
        for other in group.questions[1:4]:
            print(f"      {other}")
    print(f"{len(questions)} unanswered question(s)")
    return 0


def _questions(options: argparse.Namespace) -> tuple[Unanswered, ...]:
    if options.database:
        return asyncio.run(unanswered(options.database))
    if options.file is None:
        raise InputRefused("name a file of questions, - for stdin, or --database")
    lines = sys.stdin.read() if str(options.file) == "-" else options.file.read_text(encoding="utf-8")
    return tuple(Unanswered(text=line.strip(), outcome="") for line in lines.splitlines() if line.strip())
