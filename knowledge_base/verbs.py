"""The verbs of the command line that ask, build and measure: they bring the models' libraries."""

import argparse
import json
import sys
import time

from bot.clock import utc_now
from bot.errors import InputRefused, KnowledgeUnavailable
from bot.knowledge import Decision, Query
from bot.progress import going_on
from knowledge_base.asking import answer_line, explain
from knowledge_base.building import Builder
from knowledge_base.editing import desk_of
from knowledge_base.edition import Edition, load_edition
from knowledge_base.evaluating import below_floors, shown
from knowledge_base.evaluating import evaluate as figures
from knowledge_base.shelf import Shelf


def build(options: argparse.Namespace) -> int:
    """Build a version if anything changed; what waits for a second person is refused."""
    started = time.perf_counter()
    shelf = Shelf(options.home)
    current = shelf.current()
    waiting = desk_of(options).waiting(shelf.content(current).entries) if current else ()
    if waiting:
        raise InputRefused(f"changed here and not reviewed by a second person: {', '.join(waiting)}; see `review`")
    with going_on(lambda: "learning and building"):
        manifest = Builder(options.sources, shelf, utc_now, options.encoder).build(force=options.force)
    seconds = time.perf_counter() - started
    print(f"{manifest.version}: {manifest.entries} entries, {manifest.questions} questions, {seconds:.1f} s")
    print(json.dumps(manifest.metrics, ensure_ascii=False))
    return 0


def _edition(options: argparse.Namespace) -> Edition:
    """Load the current version; the first question on a new machine, or after newer code, builds one."""
    shelf = Shelf(options.home)
    try:
        return load_edition(shelf, shelf.current())
    except KnowledgeUnavailable as error:
        print(f"building first: {error}", file=sys.stderr)
    return load_edition(shelf, Builder(options.sources, shelf, utc_now, options.encoder).build().version)


def ask(options: argparse.Namespace) -> int:
    """Answer one question with its reasons, or every line of stdin with a line."""
    if not options.jsonl and not options.question.strip():
        raise InputRefused('ask what? Name a question: ask "租房一年最多提多少", or --jsonl for lines on stdin')
    if options.jsonl and sys.stdin is None:
        raise InputRefused("--jsonl reads stdin, and it is closed")
    edition = _edition(options)
    today = options.on or utc_now().astimezone().date()
    if options.jsonl:
        for line in sys.stdin.buffer:
            print(json.dumps(answer_line(edition, line, today), ensure_ascii=False), flush=True)
        return 0
    explain(edition, Query(text=options.question, on=today, entry=options.entry))
    return 0


def answered(options: argparse.Namespace) -> int:
    """Print what was answered on a day."""
    shelf = Shelf(options.home)
    version = shelf.on(options.on)
    if not version:
        raise InputRefused(f"no version was served on {options.on}")
    finding = load_edition(shelf, version).search(Query(text=options.question, on=options.on, limit=1))
    print(f"{options.on}  version {version}  {finding.decision.value}")
    if options.on > utc_now().astimezone().date():
        print("that day is still to come: this is what is current now, with that day's numbers")
    for hit in finding.hits if finding.decision is not Decision.DECLINE else ():
        print(f"{hit.entry.id}  {hit.score:.2f}\n{hit.entry.screen}")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Print the table and write it; the labelled file is only measured with."""
    edition, today = _edition(options), utc_now().astimezone().date()
    with going_on(lambda: "asking"):
        rows = figures(edition, options.sources, options.labelled, today).rows
    print(shown(rows))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(
        json.dumps({"version": edition.version, **rows}, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    broken = below_floors(rows, options.sources / "evaluation" / "floors.json")
    for line in broken:
        print(f"below the floor: {line}", file=sys.stderr)
    return 1 if broken else 0
