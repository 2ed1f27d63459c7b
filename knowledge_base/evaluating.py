"""Makes the figures that `evaluate` prints, writes and holds to its floors: finding, declining, noise, calibration."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from knowledge_base.edition import Edition
from knowledge_base.exam import Exam, table
from knowledge_base.examining import (
    Judged,
    ask_all,
    declined,
    figures,
    probe_questions,
    with_noise,
)
from knowledge_base.labelled import BLIND, FOREIGN, Question, labelled_questions
from knowledge_base.signals import cut

Rows = dict[str, dict[str, float]]
KEEPING = 0.05
"""Foreign questions are also counted at the limit that loses this share of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Rows of figures, and the judged questions the pictures are drawn from."""

    rows: Rows
    judged: dict[str, list[Judged]]


def evaluate(edition: Edition, sources: Path, labelled: Path | None, on: date) -> Evaluation:
    """Ask everything that is measured with: probes, blind and foreign questions, and a labelled file if given."""
    exam, blind = Exam.load(sources), sources / "evaluation" / "blind"
    sets = {"probes": probe_questions(exam, edition)}
    for name, file in BLIND.items():
        if (blind / file).exists():
            sets[name] = labelled_questions(blind / file)
    if labelled is not None:
        sets["labelled"] = labelled_questions(labelled)
    rows: Rows = {}
    judged = {name: ask_all(edition, questions, on) for name, questions in sets.items()}
    for name, questions in sets.items():
        rows[name] = figures(judged[name])
        if "top1" not in rows[name]:
            continue  # broad questions only: no single entry is right
        rows[f"{name}, BM25 alone"] = lexical_figures(edition, questions)
        rows[f"{name}, 20% mistyped"] = with_noise(edition, questions, on, rows[name]["top1"])
    foreign = {"foreign": exam.measured}
    foreign |= {name: tuple(row[1] for row in table(blind / file)) for name, file in FOREIGN.items()}
    for name, strange in foreign.items():
        if strange:
            rows[name] = foreign_figures(edition, strange, sets, on)
    return Evaluation(rows={**rows, "learning": edition.metrics}, judged=judged)


def lexical_figures(edition: Edition, questions: Sequence[Question]) -> dict[str, float]:
    """Return what BM25 over characters alone finds of the same questions in the same index."""
    plain = [question for question in questions if question.label == "ANSWER"]
    ranked = [_by_bm25(edition, question.text) for question in plain]
    found = [[bool(q.right & names) for names in best] for q, best in zip(plain, ranked, strict=True)]
    return {"top1": _mean([hits[0] for hits in found]), "top3": _mean([any(hits) for hits in found])}


def _by_bm25(edition: Edition, text: str) -> list[set[str]]:
    seeker = edition.finder.seeker
    index, view = seeker.index, seeker.index.views["chars"]
    scores = view.scores(view.weigh(cut(seeker.reading, text)["chars"]))
    order = np.argsort(-scores, kind="stable")[:100]
    places = dict.fromkeys((np.searchsorted(index.starts, order, side="right") - 1).tolist())
    names = [seeker.asked[place].id for place in places]
    served = [edition.entries[name] for name in names if name in edition.entries][:3]
    return [{entry.id, *entry.catalogue} for entry in served]


def foreign_figures(
    edition: Edition, foreign: Sequence[str], ours: dict[str, list[Question]], on: date
) -> dict[str, float]:
    """Return how many are declined at the limit in use, and at the limits that keep 95 % of each set of ours."""
    found = {"questions": float(len(foreign)), "declined": declined(edition, foreign, on)}
    strange = np.asarray([edition.finder.find(text).ours for text in foreign])
    for name, questions in ours.items():
        mine = np.asarray([edition.finder.find(question.text).ours for question in questions])
        found[f"declined_keeping_95_of_{name}"] = float((strange < np.quantile(mine, KEEPING)).mean())
    return {name: round(value, 4) for name, value in found.items()}


def below_floors(rows: Rows, path: Path) -> list[str]:
    """Return what is worse than the committed floors; a floor under a name ending in _error, _ms, _cost is a ceiling.

    A floor of a row that was not measured is broken too, unless the row needs a file that is not committed.
    """
    if not path.exists():
        return []
    floors: Rows = json.loads(path.read_text(encoding="utf-8"))
    broken = []
    for row, limits in floors.items():
        if row not in rows and row.startswith("labelled"):
            continue
        for name, limit in limits.items():
            value = rows.get(row, {}).get(name)
            if value is None:
                broken.append(f"{row}: {name} was not measured")
            elif value > limit if name.endswith(("_error", "_ms", "_cost")) else value < limit:
                broken.append(f"{row}: {name} is {value:.3f}, the floor {limit:.3f}")
    return broken


def shown(rows: Rows) -> str:
    """Return the rows as text for people."""
    return "\n".join(
        f"{name:<24} " + "  ".join(f"{key} {value:.3f}".rstrip("0").rstrip(".") for key, value in found.items())
        for name, found in rows.items()
    )


def _mean(values: Sequence[bool]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0
