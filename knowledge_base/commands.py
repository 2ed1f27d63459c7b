"""The curator's verbs at the command line, each a few lines over the parts that do the work."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot.errors import InputRefused, KnowledgeUnavailable
from bot.knowledge import Decision, Query
from bot.progress import going_on
from knowledge_base.asking import answer_line, explain
from knowledge_base.building import HOME_TRAINED, Builder
from knowledge_base.curation import add_curation
from knowledge_base.editing import add_editing, desk_of
from knowledge_base.edition import Edition, load_edition
from knowledge_base.evaluating import below_floors, evaluate, shown
from knowledge_base.shelf import Shelf
from knowledge_base.turning_back import Places, Verb, add_turning_back, run


def main(arguments: Sequence[str], places: Places | None = None) -> int:
    """Run one verb; what is wrong is told on stderr and ends with 1."""
    return run(_parser(places or Places()).parse_args(arguments))


def _parser(places: Places) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge_base", description="Curate what 家家 knows.")
    parser.add_argument("--home", type=Path, default=places.home, help="folder of the built versions")
    parser.add_argument("--sources", type=Path, default=places.sources, help="folder of the curated files")
    told = f"a sentence-transformers name or path; {HOME_TRAINED!r}: trained here; default: what knowledge.encoder says"
    parser.add_argument("--encoder", default=places.encoder or HOME_TRAINED, help=told)
    verbs = parser.add_subparsers(required=True, metavar="verb")
    build = _verb(verbs, "build", _build, "build a version from the files if anything changed, and make it current")
    build.add_argument("--force", action="store_true", help="learn and build even if nothing changed")
    ask = _verb(verbs, "ask", _ask, "ask a question; scores and reasons per stage")
    ask.add_argument("question", nargs="?", default="")
    ask.add_argument("--jsonl", action="store_true", help="one question per line on stdin, one JSON line out")
    ask.add_argument("--on", type=date.fromisoformat, default=None, help="the day asked about")
    ask.add_argument("--entry", default="", help="what was answered before (follow-up)")
    add_turning_back(verbs.add_parser)
    answered = _verb(
        verbs, "answered", _answered, "what was answered on a day: the version current then, with that day's numbers"
    )
    answered.add_argument("question")
    answered.add_argument("--on", type=date.fromisoformat, required=True)
    evaluate = _verb(verbs, "evaluate", _evaluate, "the table of figures, from the real trained model")
    evaluate.add_argument(
        "--labelled", type=Path, default=None, help="label, ids, question: measured only, never learned"
    )
    evaluate.add_argument(
        "--json", type=Path, default=Path("var/evaluation.json"), help="where the figures are written"
    )
    add_editing(verbs.add_parser)
    add_curation(verbs.add_parser)
    return parser


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, verb: Verb, told: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=told, description=told)
    parser.set_defaults(verb=verb)
    return parser


def _now() -> datetime:
    return datetime.now(UTC)


def _build(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    shelf = Shelf(options.home)
    current = shelf.current()
    waiting = desk_of(options).waiting(shelf.content(current).entries) if current else ()
    if waiting:
        raise InputRefused(f"changed here and not reviewed by a second person: {', '.join(waiting)}; see `review`")
    with going_on(lambda: "learning and building"):
        manifest = Builder(options.sources, shelf, _now, options.encoder).build(force=options.force)
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
    return load_edition(shelf, Builder(options.sources, shelf, _now, options.encoder).build().version)


def _ask(options: argparse.Namespace) -> int:
    if not options.jsonl and not options.question.strip():
        raise InputRefused('ask what? Name a question: ask "租房一年最多提多少", or --jsonl for lines on stdin')
    if options.jsonl and sys.stdin is None:
        raise InputRefused("--jsonl reads stdin, and it is closed")
    edition = _edition(options)
    today = options.on or _now().astimezone().date()
    if options.jsonl:
        for line in sys.stdin.buffer:
            if line.strip():
                print(json.dumps(answer_line(edition, line, today), ensure_ascii=False), flush=True)
        return 0
    explain(edition, Query(text=options.question, on=today, entry=options.entry))
    return 0


def _answered(options: argparse.Namespace) -> int:
    shelf = Shelf(options.home)
    version = shelf.on(options.on)
    if not version:
        raise InputRefused(f"no version was served on {options.on}")
    finding = load_edition(shelf, version).search(Query(text=options.question, on=options.on, limit=1))
    print(f"{options.on}  version {version}  {finding.decision.value}")
    if options.on > _now().astimezone().date():
        print("that day is still to come: this is what is current now, with that day's numbers")
    for hit in finding.hits if finding.decision is not Decision.DECLINE else ():
        print(f"{hit.entry.id}  {hit.score:.2f}\n{hit.entry.screen}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    """Print the table and write it; the labelled file is only measured with."""
    edition, today = _edition(options), _now().astimezone().date()
    with going_on(lambda: "asking"):
        rows = evaluate(edition, options.sources, options.labelled, today).rows
    print(shown(rows))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(
        json.dumps({"version": edition.version, **rows}, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    broken = below_floors(rows, options.sources / "evaluation" / "floors.json")
    for line in broken:
        print(f"below the floor: {line}", file=sys.stderr)
    return 1 if broken else 0
