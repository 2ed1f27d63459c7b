"""The command line of the curators: every verb and its options; what a verb does is loaded when it is asked for.

PyTorch takes seconds to import: neither --help nor a misspelt verb waits for it, nor do the verbs over the files.
"""

import argparse
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

from knowledge_base.editing import add_editing
from knowledge_base.shelf import HOME_TRAINED
from knowledge_base.turning_back import Places, Verb, add_turning_back, add_verb, run


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
    add = verbs.add_parser
    told = "build a version from the files if anything changed, and make it current"
    build = add_verb(add, "build", _later("verbs.build"), told)
    build.add_argument("--force", action="store_true", help="learn and build even if nothing changed")
    ask = add_verb(add, "ask", _later("verbs.ask"), "ask a question; scores and reasons per stage")
    ask.add_argument("question", nargs="?", default="")
    ask.add_argument("--jsonl", action="store_true", help="one question per line on stdin, one JSON line out")
    ask.add_argument("--on", type=date.fromisoformat, default=None, help="the day asked about")
    ask.add_argument("--entry", default="", help="what was answered before (follow-up)")
    add_turning_back(add)
    told = "what was answered on a day: the version current then, with that day's numbers"
    answered = add_verb(add, "answered", _later("verbs.answered"), told)
    answered.add_argument("question")
    answered.add_argument("--on", type=date.fromisoformat, required=True)
    told = "the table of figures, from the real trained model"
    evaluate = add_verb(add, "evaluate", _later("verbs.evaluate"), told)
    told = "label, ids, question: measured only, never learned"
    evaluate.add_argument("--labelled", type=Path, default=None, help=told)
    told = "where the figures are written"
    evaluate.add_argument("--json", type=Path, default=Path("var/evaluation.json"), help=told)
    add_editing(add)
    told = "duplicates, entries answering each other's questions, missing sources, what expires soon"
    add_verb(add, "check", _later("curation.check_all"), told)
    told = "check, build, examine, and make current what a second person has reviewed"
    add_verb(add, "publish", _later("curation.publish"), told, signed=True)
    told = "declined questions, grouped, with the nearest entries"
    gaps = add_verb(add, "unanswered", _later("curation.group_unanswered"), told)
    gaps.add_argument("file", type=Path, nargs="?", help="one question a line; - for stdin")
    gaps.add_argument("--database", default="", help="the turns' database, e.g. sqlite:///var/jiajia.db")
    return parser


def _later(name: str) -> Verb:
    """Return the verb `module.function` of this package, imported when it runs."""
    module, function = name.split(".")
    return lambda options: int(getattr(import_module(f"knowledge_base.{module}"), function)(options))
