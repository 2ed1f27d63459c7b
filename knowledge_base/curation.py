"""The verbs that look knowledge over and publish it: check, publish, and what stays unanswered."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from functools import partial

from bot.clock import utc_now
from bot.errors import InputRefused
from bot.progress import going_on
from knowledge_base.building import Builder
from knowledge_base.checking import check, confusions
from knowledge_base.clusters import cluster
from knowledge_base.content import load_content
from knowledge_base.desk import PublishRefused, signer
from knowledge_base.editing import desk_of
from knowledge_base.edition import Edition, load_edition
from knowledge_base.entries import Entry
from knowledge_base.exam import Exam
from knowledge_base.examining import TOLD, regressions
from knowledge_base.shelf import Shelf
from knowledge_base.store import Unanswered, unanswered
from knowledge_base.wording import read_like


def check_all(options: argparse.Namespace) -> int:
    """Print every remark on the files, and which entries answer questions of another."""
    content = load_content(options.sources)
    remarks = list(check(content, read_like(options.sources), utc_now().date()))
    shelf = Shelf(options.home)
    if shelf.current():
        edition = load_edition(shelf, shelf.current())
        with going_on(lambda: "asking every question once"):
            rankings = _rankings(edition, content.entries)
        remarks += confusions(rankings, partial(_kin, edition))
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


def publish(options: argparse.Namespace) -> int:
    """Publish in one go or not at all: the pointer moves last."""
    shelf, desk, today = Shelf(options.home), desk_of(options), utc_now().astimezone().date()
    signer(options.by)
    current = shelf.current()
    with desk.alone():
        content = desk.content()
        waiting = desk.unreviewed(_published(shelf)) if current else ()
    if waiting:
        more = f" and {len(waiting) - TOLD} more" if len(waiting) > TOLD else ""
        raise PublishRefused("not reviewed by a second person: " + ", ".join(waiting[:TOLD]) + more)
    grave = [str(remark) for remark in check(content, read_like(options.sources), today) if remark.grave]
    if grave:
        raise PublishRefused("the check found:\n" + "\n".join(grave))
    builder = Builder(options.sources, shelf, utc_now, options.encoder)
    with going_on(lambda: "learning and building"):
        manifest = builder.build_from(content, publish=False)
    before = load_edition(shelf, current) if current else None
    complaints = regressions(before, load_edition(shelf, manifest.version), Exam.load(options.sources), today)
    if complaints:
        raise PublishRefused("the examination failed, the old version stays:\n" + "\n".join(complaints))
    if shelf.current() != current:
        raise PublishRefused("somebody else published meanwhile: look at `versions` and publish again")
    shelf.point(manifest.version, utc_now(), options.by)
    print(f"current: {manifest.version}")
    return 0


def _published(shelf: Shelf) -> tuple[Entry, ...]:
    """Return the entries whose wording needs no review: what is current, and after going back, what was before."""
    history = shelf.history()
    back = bool(history) and history[-1].back
    standing = {manifest.version for manifest in shelf.versions()}
    names = {change.version for change in history if change.version in standing} if back else set()
    return tuple(entry for name in sorted({*names, shelf.current()}) for entry in shelf.content(name).entries)


def group_unanswered(options: argparse.Namespace) -> int:
    """Print the declined questions in groups."""
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
    written = sys.stdin.buffer.read() if str(options.file) == "-" else options.file.read_bytes()
    try:
        lines = written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputRefused(f"{options.file} is not UTF-8 text: save it as UTF-8") from error
    return tuple(Unanswered(text=line.strip(), outcome="") for line in lines.splitlines() if line.strip())
