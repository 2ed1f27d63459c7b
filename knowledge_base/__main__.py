"""`python -m knowledge_base`: what a curator does at the command line, where the settings of the service say."""

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from bot.errors import Misconfigured
from bot.settings import load
from knowledge_base.turning_back import Places, add_turning_back, run


def main(arguments: Sequence[str]) -> int:
    """Run one verb of the command line."""
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")  # jieba imports it, and says so to whoever asks
    try:
        asked = load().knowledge
    except Misconfigured as error:
        print(error, file=sys.stderr)
        return 1
    places = Places(home=asked.versions, sources=asked.directory, encoder=asked.encoder)
    done = quickly(arguments, places)
    if done is None:
        from knowledge_base import commands  # brings the models' libraries, which the others do not wait for

        done = commands.main(arguments, places)
    return done


def quickly(arguments: Sequence[str], places: Places) -> int | None:
    """Run a verb that needs no model and return its exit code; None when the arguments name another."""
    from knowledge_base.editing import add_editing  # brings jieba, which warns unless told not to

    parser = argparse.ArgumentParser(prog="python -m knowledge_base", exit_on_error=False)
    parser.add_argument("--home", type=Path, default=places.home)
    parser.add_argument("--sources", type=Path, default=places.sources)
    parser.add_argument("--encoder")
    verbs = parser.add_subparsers(required=True)
    add_turning_back(verbs.add_parser)
    add_editing(verbs.add_parser)
    if not set(verbs.choices) & set(arguments):
        return None
    try:
        options = parser.parse_args(arguments)
    except argparse.ArgumentError:
        return None
    return run(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
