"""Questions whose right answers are written beside them: what is measured with, never learned from."""

from dataclasses import dataclass
from pathlib import Path

BLIND = {
    "blind": "questions.tsv",
    "blind, second": "questions2.tsv",
    "blind, strangers": "strangers.tsv",
    "blind, asks": "asks.tsv",
    "blind, townsfolk": "townsfolk.tsv",
    "broad": "broad.tsv",
}
FOREIGN = {"foreign, blind": "foreign.tsv", "foreign, townsfolk": "townsfolk_foreign.tsv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One labelled question: any of the ids (entries or catalogue rows) is right.

    `kin` are entries the right one leads on to, or that lead to it: they serve, as scores promise, but are not right.
    """

    text: str
    right: frozenset[str]
    label: str = "ANSWER"
    kin: frozenset[str] = frozenset()


def labelled_questions(path: Path) -> list[Question]:
    """Read a labelled table: label, comma-separated ids, question."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:] if line.strip()]
    return [Question(text=row[2], right=frozenset(row[1].split(",")), label=row[0]) for row in rows if len(row) >= 3]
