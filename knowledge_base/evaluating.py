"""Makes the table of figures that `evaluate` prints, writes and holds to its floors."""

import json
from datetime import date
from pathlib import Path

from knowledge_base.building import Exam
from knowledge_base.edition import Edition
from knowledge_base.examining import ask_all, declined, figures, labelled_questions, probe_questions, with_noise


def evaluate(edition: Edition, sources: Path, labelled: Path | None, on: date) -> dict[str, dict[str, float]]:
    """Return rows of figures: probes, noise, foreign questions kept for measuring, and a labelled file if given."""
    exam = Exam.load(sources / "evaluation")
    probes = probe_questions(exam)
    rows = {
        "probes": figures(ask_all(edition, probes, on)),
        "probes, 20% mistyped": with_noise(edition, probes, on),
        "foreign": {"questions": len(exam.measured), "declined": declined(edition, exam.measured, on)},
        "learning": edition.metrics,
    }
    if labelled is not None:
        questions = labelled_questions(labelled)
        rows |= {
            "labelled": figures(ask_all(edition, questions, on)),
            "labelled, mistyped": with_noise(edition, questions, on),
        }
    return rows


def below_floors(rows: dict[str, dict[str, float]], path: Path) -> list[str]:
    """Return what is worse than the committed floors; a floor under a name ending in _error or _ms is a ceiling."""
    if not path.exists():
        return []
    floors: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    broken = []
    for row, limits in floors.items():
        for name, limit in limits.items():
            value = rows.get(row, {}).get(name)
            if value is None:
                continue
            worse = value > limit if name.endswith(("_error", "_ms")) else value < limit
            if worse:
                broken.append(f"{row}: {name} is {value:.3f}, the floor {limit:.3f}")
    return broken
