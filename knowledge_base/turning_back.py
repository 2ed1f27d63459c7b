"""The verbs of the shelf, `versions` and `rollback`, and what every verb of the command line shares."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import InputRefused, JiajiaError
from knowledge_base.shelf import Shelf

Verb = Callable[[argparse.Namespace], int]
AddParser = Callable[..., argparse.ArgumentParser]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the command line works unless it is told otherwise."""

    home: Path = Path("var/knowledge")
    sources: Path = Path(__file__).parent
    encoder: str = ""
    """Empty: the encoder trained here."""


def add_verb(add: AddParser, name: str, does: Verb, told: str, *, signed: bool = False) -> argparse.ArgumentParser:
    """Add a verb to a command line; a signed one asks who does it."""
    parser = add(name, help=told, description=told)
    parser.set_defaults(verb=does)
    if signed:
        parser.add_argument("--by", required=True, help="your name, for the record")
    return parser


def add_turning_back(add: AddParser) -> None:
    """Add `versions` and `rollback` to a command line."""
    add_verb(add, "versions", _versions, "list the built versions; * is current")
    rollback = add_verb(add, "rollback", _rollback, "make an earlier version current again")
    rollback.add_argument("version", nargs="?", default="", help="default: the version before the current one")
    rollback.add_argument("--by", default="")


def run(options: argparse.Namespace) -> int:
    """Run the chosen verb; what is wrong is told on stderr and ends with 1."""
    try:
        done = int(options.verb(options))
        sys.stdout.flush()
        return done
    except JiajiaError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads has seen enough (| head); Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a full disk, a folder that may not be written: what is not whole is never made current
        where = f" ({error.filename})" if error.filename else ""
        print(f"the disk refused: {error.strerror or error}{where}; the version served before stays", file=sys.stderr)
        return 1


def _versions(options: argparse.Namespace) -> int:
    shelf = Shelf(options.home)
    for manifest in shelf.versions():
        mark = "*" if manifest.version == shelf.current() else " "
        print(
            f"{mark} {manifest.version}  {manifest.entries} entries  {manifest.questions} questions  {manifest.encoder}"
        )
    return 0


def _rollback(options: argparse.Namespace) -> int:
    shelf = Shelf(options.home)
    wanted = options.version or shelf.before()
    if not wanted:
        raise InputRefused("there is no earlier version to go back to")
    shelf.point(wanted, datetime.now(UTC), options.by, back=True)
    print(f"current: {wanted}")
    return 0
