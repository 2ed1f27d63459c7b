"""`make evaluate`: how well the real trained models find, decline and understand, as one table, JSON and pictures."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.assembly.environments import ROOT
from bot.assembly.figures import shelf_of
from bot.assembly.programs import train, training_of
from bot.progress import going_on
from bot.settings import load
from knowledge_base.edition import load_edition
from knowledge_base.evaluating import Evaluation, Rows, below_floors, evaluate, shown
from knowledge_base.examining import Judged, risk_coverage
from tests.evaluation.nlu import understanding
from tests.evaluation.pictures import curves

FLOORS = ROOT / "knowledge_base" / "evaluation" / "floors.json"
NLU_FLOORS = ROOT / "tests" / "evaluation" / "floors.json"


def main() -> int:
    """Evaluate, print, write; end with 1 when a committed floor is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--labelled", type=Path, default=None, help="label, ids, question: measured only, never kept")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "evaluation", help="folder of figures and pictures")
    options = parser.parse_args()
    settings = load()
    train(settings, said=sys.stderr)
    shelf = shelf_of(settings)
    edition = load_edition(shelf, shelf.current())
    today = datetime.now(UTC).astimezone().date()
    options.out.mkdir(parents=True, exist_ok=True)
    with going_on(lambda: "还在问:找答案、拒答、校准"):
        found = evaluate(edition, settings.knowledge.directory, options.labelled, today)
    with going_on(lambda: "还在问:意图、实体"):
        understood = understanding(training_of(settings).python, ROOT, options.out)
    rows: Rows = {**found.rows, **understood}
    print(shown(rows))
    _write(options.out, {"version": edition.version, "at": datetime.now(UTC).isoformat(), **rows}, found)
    broken = [*below_floors(found.rows, FLOORS), *below_floors(understood, NLU_FLOORS)]
    for line in broken:
        print(f"below the floor: {line}", file=sys.stderr)
    return 1 if broken else 0


def _write(folder: Path, figures: dict[str, object], found: Evaluation) -> None:
    (folder / "evaluation.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
    risks = {name: risk_coverage(judged) for name, judged in found.judged.items()}
    highest = max(0.1, *(risk for line in risks.values() for _, risk in line[len(line) // 10 :]))
    pictures = {
        "risk-coverage": curves(
            "Risk of answering only the surest share of questions", "coverage", "risk", risks, highest=highest
        ),
        "reliability": curves(
            "Score and share that is right",
            "score",
            "right",
            {"perfect": [(0, 0), (1, 1)], **{name: reliability(judged) for name, judged in found.judged.items()}},
        ),
    }
    for name, picture in pictures.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    print(f"→ {folder}")


def reliability(judged: Sequence[Judged], bins: int = 10) -> list[tuple[float, float]]:
    """Return mean score and share right in bins equally filled."""
    asked = [one for one in judged if one.question.label == "ANSWER" and one.finding.hits]
    ordered = sorted(asked, key=lambda one: one.finding.hits[0].score)
    parts = [part for part in np.array_split(np.arange(len(ordered)), bins) if len(part)]
    return [
        (
            float(np.mean([ordered[place].finding.hits[0].score for place in part])),
            float(np.mean([ordered[place].serves for place in part])),
        )
        for part in parts
    ]


if __name__ == "__main__":
    sys.exit(main())
