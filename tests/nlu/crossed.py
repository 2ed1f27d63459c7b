"""Measures the shipped pipeline by cross-validation, with Rasa's own components: run it with Rasa's Python.

    .venv-rasa/bin/python -m tests.nlu.crossed var/evaluation

writes nlu.json (per intent, plain and strict; entities; wordings nobody trains on; other trades) and confusion.png
there, unless nothing that goes in has changed. `strict` leaves out of training each sentence that shares half of its
character pairs with a scored sentence of its intent. The knowledge base's questions are trained on, as in the product,
and never scored.
"""

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.nlu.elsewhere import SETS, elsewhere
from tests.nlu.pipeline import Featurized, Pipeline
from tests.nlu.scoring import FOLDS, Sentence, confused, folds, scores, sentences

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "var" / "generated" / "policy_question.yml"
NEVER_TRAINED_ON = {
    name: ROOT / "tests" / "nlu" / f"{name}_test.yml" for name in ("unlike", "unlike_again", "strangers")
}
"""Wordings as unlike all examples as they came, twice, and every fourth sentence of four writers who saw no model."""
ENTITIES = ROOT / "tests" / "nlu" / "entities_test.yml"
ALIKE = 0.5
Guess = tuple[str, str, str]
"""A sentence, its intent, and the intent it was taken for."""
_ANNOTATION = re.compile(r"\[([^\]]*)\]\(([a-z_]+)\)")


def inputs() -> list[Path]:
    """Return every file the figures depend on."""
    data = sorted((ROOT / "nlu_data").rglob("*.yml"))
    return [Path(__file__), ROOT / "config.yml", *data, GENERATED, *NEVER_TRAINED_ON.values(), *SETS, ENTITIES]


def digest() -> str:
    """Return the hash of all inputs: the figures are made again when it changes."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in inputs())).hexdigest()[:16]


def unlike(rows: Sequence[Sentence], training: Sequence[int], scored: Sequence[int]) -> list[int]:
    """Return the places in training that share less than half of their pairs with every scored row of their intent."""
    pairs: dict[str, list[frozenset[str]]] = defaultdict(list)
    for intent, text in (rows[place] for place in scored):
        pairs[intent].append(_pairs(text))
    read = [(place, rows[place][0], _pairs(rows[place][1])) for place in training]
    return [place for place, intent, mine in read if not any(_share(mine, other) >= ALIKE for other in pairs[intent])]


def _pairs(text: str) -> frozenset[str]:
    plain = re.sub(r"\W", "", text)
    return frozenset(plain[at : at + 2] for at in range(max(1, len(plain) - 1)))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def crossed(own: Sequence[Sentence], rows: Sequence[Sentence], made: Featurized, *, strict: bool) -> list[Guess]:
    """Return guesses of our own sentences by cross-validation; the rows after them are trained on in each fold."""
    found = []
    extra = range(len(own), len(rows))
    for training, scored in folds(own):
        taught = [*training, *extra]
        guesses = made.intents(unlike(rows, taught, scored) if strict else taught, scored)
        found += [(rows[place][1], rows[place][0], guess) for place, guess in zip(scored, guesses, strict=True)]
    return found


def afresh(steps: Sequence[dict[str, Any]], rows: Sequence[Sentence]) -> dict[str, dict[str, Any]]:
    """Return the whole model's scores on wordings nobody trains on, and how many went on to retrieval instead."""
    asked = {name: sentences([path]) for name, path in NEVER_TRAINED_ON.items()}
    pipeline = Pipeline(steps, _lookups())
    pipeline.train(rows)
    found = {}
    for name, lines in asked.items():
        guesses = pipeline.intents([text for _, text in lines])
        sent_on = sum(guess in ("policy_question", "out_of_scope") for guess in guesses)
        scored = scores([(i, g) for (i, _), g in zip(lines, guesses, strict=True)])
        found[name] = {**scored, "to_retrieval": sent_on}
    return found


def entities(steps: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return precision, recall and F1 of money, periods and dates on the marked sentences, by exact borders."""
    lines = str(yaml.safe_load(ENTITIES.read_text("utf-8"))["sentences"]).splitlines()
    marking = [*_lookups(), *sorted((ROOT / "nlu_data" / "nlu").glob("*.yml"))]  # only marked kinds are looked for
    pipeline = Pipeline([s for s in steps if "Entity" in s["name"] or "Tokenizer" in s["name"]], marking)
    pipeline.train([])
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    marked = [_marked(line.removeprefix("- ")) for line in lines]
    for (_, spans), message in zip(marked, pipeline.predict([text for text, _ in marked]), strict=True):
        found = {(one["entity"], one["start"], one["end"]) for one in message.get("entities") or []}
        for kind in ("money", "period", "date"):
            mine, theirs = {s for s in spans if s[0] == kind}, {f for f in found if f[0] == kind}
            counts[kind].update(hits=len(mine & theirs), wrong=len(theirs - mine), missed=len(mine - theirs))
    return {kind: _f1(count) for kind, count in counts.items()}


def _lookups() -> list[Path]:
    return sorted((ROOT / "nlu_data" / "lookups").glob("*.yml"))


def _marked(line: str) -> tuple[str, set[tuple[str, int, int]]]:
    text, spans, at = "", set(), 0
    for match in _ANNOTATION.finditer(line):
        text += line[at : match.start()]
        spans.add((match[2], len(text), len(text) + len(match[1])))
        text, at = text + match[1], match.end()
    return text + line[at:], spans


def _f1(count: Counter[str]) -> dict[str, float]:
    hits, wrong, missed = count["hits"], count["wrong"], count["missed"]
    return {
        "f1": round(2 * hits / max(1, 2 * hits + wrong + missed), 3),
        "precision": round(hits / max(1, hits + wrong), 3),
        "recall": round(hits / max(1, hits + missed), 3),
    }


def measured() -> dict[str, Any]:
    """Return every figure of the shipped config."""
    steps = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    steps = [step for step in steps if step["name"] != "FallbackClassifier"]
    figures: dict[str, Any] = {"inputs": digest(), "folds": FOLDS, "entities": entities(steps)}
    own = sentences(sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")))
    rows = [*own, *sentences([GENERATED])]
    made = Featurized(steps, rows, _lookups())
    for name in ("plain", "strict"):
        guessed = crossed(own, rows, made, strict=name == "strict")
        pairs = [(true, guess) for _, true, guess in guessed]
        wrong = [{"text": text, "true": true, "taken_for": guess} for text, true, guess in guessed if true != guess]
        figures[name] = {**scores(pairs), "confused": confused(pairs), "wrong": wrong}
    figures["elsewhere"] = elsewhere([step for step in steps if "Regex" not in step["name"]])
    return {**figures, **afresh(steps, rows)}


def drawn(figures: dict[str, Any], path: Path) -> None:
    """Draw which intents are taken for which, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    wrong = figures["plain"]["wrong"]
    names = sorted(figures["plain"]["intents"])
    grid = [[sum(w["true"] == row and w["taken_for"] == column for w in wrong) for column in names] for row in names]
    figure, axes = pyplot.subplots(figsize=(14, 13))
    image = axes.imshow(grid, cmap="OrRd")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("taken for")
    axes.set_ylabel("true intent")
    axes.set_title(f"intents confused (5-fold; macro-F1 {figures['plain']['macro_f1']})")
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if cell:
                axes.text(column, row, str(cell), ha="center", va="center", fontsize=6)
    figure.colorbar(image, shrink=0.6)
    figure.tight_layout()
    figure.savefig(path, dpi=90)


def main(out: Path) -> None:
    """Write the figures and the picture unless they are there already."""
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "nlu.json"
    if kept.exists() and json.loads(kept.read_text("utf-8")).get("inputs") == digest():
        print(f"{kept} is up to date")
        return
    figures = measured()
    drawn(figures, out / "confusion.png")
    kept.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    print(
        f"macro-F1 {figures['plain']['macro_f1']}, strict {figures['strict']['macro_f1']}, elsewhere "
        f"{figures['elsewhere']['mean']['ours']}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
