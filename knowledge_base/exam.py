"""Questions outside the entries: what finding learns from besides them, and what is only ever measured with."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge_base.gatekeeper import foreign_questions, own_questions, written_questions

MADE = 8
"""Every MADE-th question made from templates becomes a lesson."""


@dataclass(frozen=True, kw_only=True)
class Exam:
    """Probes teach and gate, foreign questions teach where our business ends."""

    probes: tuple[tuple[str, str], ...] = ()
    foreign: tuple[str, ...] = ()
    """Foreign questions somebody wrote."""
    made: tuple[str, ...] = ()
    """Foreign questions made from templates."""
    own: tuple[str, ...] = ()
    """Questions of ours made from the same templates; only the gatekeeper learns from them, as they have no entry."""
    measured: tuple[str, ...] = ()
    """Foreign questions that are only measured with."""

    @cached_property
    def written(self) -> frozenset[str]:
        return frozenset(self.foreign)

    @property
    def lessons(self) -> tuple[str, ...]:
        """Return the foreign questions that are asked like questions of ours while learning."""
        return (*self.foreign, *self.made[::MADE])

    @staticmethod
    def load(sources: Path) -> "Exam":
        """Read `evaluation/probes/*.tsv` (entry, question), `out_of_scope.tsv` (kind, question), and what is learned.

        The odd rows of `out_of_scope.tsv` are measured with and never learned from. A row of kind `use` asks for a
        use of the fund that an entry answers with no: it is not foreign enough to learn from.
        """
        folder = sources / "evaluation"
        probes = [row for path in sorted((folder / "probes").glob("*.tsv")) for row in table(path)]
        rows = table(folder / "out_of_scope.tsv")
        learned = [row[1] for row in rows[1::2] if row[0] != "use"]
        measured = [row[1] for row in rows[::2]]
        blind = (row[1] for path in sorted((folder / "blind").glob("*foreign.tsv")) for row in table(path))
        apart = {*measured, *blind}  # a template may happen on one of them
        return Exam(
            probes=tuple((row[0], row[1]) for row in probes),
            foreign=(*learned, *written_questions(sources / "foreign_questions.txt")),
            made=tuple(text for text in foreign_questions(sources / "foreign.txt") if text not in apart),
            own=tuple(own_questions(sources / "foreign.txt")),
            measured=tuple(measured),
        )


def table(path: Path) -> list[list[str]]:
    """Return the rows of a tab-separated file without its head; a missing file has none."""
    if not path.exists():
        return []
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [[cell.strip() for cell in row] for row in rows if len(row) >= 2 and row[0] not in ("entry", "kind")]
