"""Measures the shipped pipeline by cross-validation, with Rasa's own components: run it with Rasa's Python.

    .venv-rasa/bin/python -m tests.nlu.crossed var/evaluation

writes nlu.json (per intent, plain and strict; entities; an unlike domain) and confusion.png there, unless nothing
that goes in has changed. `strict` leaves out of training every sentence that shares half of its character pairs with a
scored sentence of the same intent. The knowledge base's questions are trained on, as in the product, and never scored.
"""

import hashlib
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "var" / "generated" / "policy_question.yml"
OTHER_DOMAIN = ROOT / "tests" / "nlu" / "other_domain.yml"
ENTITIES = ROOT / "tests" / "nlu" / "entities_test.yml"
FOLDS, SEED, ALIKE = 5, 7, 0.5
_ANNOTATION = re.compile(r"\[([^\]]*)\]\(([a-z_]+)\)")
Sentence = tuple[str, str]


def inputs() -> list[Path]:
    """Return every file the figures depend on."""
    data = sorted((ROOT / "nlu_data").rglob("*.yml"))
    return [Path(__file__), ROOT / "config.yml", *data, GENERATED, OTHER_DOMAIN, ENTITIES]


def digest() -> str:
    """Return the hash of all inputs: the figures are made again when it changes."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in inputs())).hexdigest()[:16]


def sentences(paths: Sequence[Path]) -> list[Sentence]:
    """Return (intent, sentence without marks) of NLU files."""
    found = []
    for path in paths:
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            if "intent" in block:
                lines = (line[2:] for line in block["examples"].splitlines() if line.startswith("- "))
                found += [(block["intent"], _ANNOTATION.sub(r"\1", line)) for line in lines]
    return found


def folds(rows: Sequence[Sentence], count: int = FOLDS) -> Iterator[tuple[list[int], list[int]]]:
    """Yield (training, scored) places, each intent spread evenly."""
    chosen, homes = random.Random(SEED), [0] * len(rows)
    by_intent: dict[str, list[int]] = defaultdict(list)
    for place, (intent, _) in enumerate(rows):
        by_intent[intent].append(place)
    for places in by_intent.values():
        chosen.shuffle(places)
        for turn, place in enumerate(places):
            homes[place] = turn % count
    for fold in range(count):
        yield [p for p in range(len(rows)) if homes[p] != fold], [p for p in range(len(rows)) if homes[p] == fold]


def unlike(training: Sequence[Sentence], scored: Sequence[Sentence]) -> list[Sentence]:
    """Return the training sentences that share less than half of their pairs with every scored one of their intent."""
    pairs: dict[str, list[frozenset[str]]] = defaultdict(list)
    for intent, text in scored:
        pairs[intent].append(_pairs(text))
    return [
        (intent, text)
        for intent, text in training
        if not any(_share(_pairs(text), other) >= ALIKE for other in pairs[intent])
    ]


def _pairs(text: str) -> frozenset[str]:
    plain = re.sub(r"\W", "", text)
    return frozenset(plain[at : at + 2] for at in range(max(1, len(plain) - 1)))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


class Pipeline:
    """The components of a config, made and trained without Rasa's graph around them."""

    def __init__(self, steps: Sequence[dict[str, Any]], extra: Sequence[Path] = ()) -> None:
        self._steps, self._extra, self._made = steps, extra, []

    def train(self, rows: Sequence[Sentence]) -> None:
        """Train every step in order on sentences (with the regexes of the lookups, where the config uses them)."""
        import tempfile

        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.recipes.default_recipe import DefaultV1Recipe
        from rasa.engine.storage.local_model_storage import LocalModelStorage
        from rasa.engine.storage.resource import Resource
        from rasa.shared.importers.rasa import RasaFileImporter  # noqa: F401 - registers the readers
        from rasa.shared.nlu.training_data.loading import load_data
        from rasa.shared.nlu.training_data.message import Message
        from rasa.shared.nlu.training_data.training_data import TrainingData

        data = TrainingData([Message.build(text=text, intent=intent) for intent, text in rows])
        for path in self._extra:
            data = data.merge(load_data(str(path)))
        storage = LocalModelStorage(Path(tempfile.mkdtemp()))
        context = ExecutionContext(GraphSchema({}))
        self._made = []
        for number, step in enumerate(self._steps):
            registered = DefaultV1Recipe._from_registry(step["name"]).clazz
            config = {**registered.get_default_config(), **{key: step[key] for key in step if key != "name"}}
            made = registered.create(config, storage, Resource(f"step-{number}"), context)
            if hasattr(made, "train"):
                made.train(data)
            if hasattr(made, "process_training_data"):
                data = made.process_training_data(data)
            self._made.append(made)

    def predict(self, texts: Sequence[str]) -> list[Any]:
        """Return the read messages."""
        from rasa.shared.nlu.training_data.message import Message

        messages = [Message.build(text=text) for text in texts]
        for made in self._made:
            if hasattr(made, "process"):
                messages = made.process(messages)
        return messages

    def intents(self, texts: Sequence[str]) -> list[str]:
        """Return the intent of each text."""
        return [message.get("intent")["name"] for message in self.predict(texts)]


def scores(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return macro-F1, accuracy and each intent's figures of (true, predicted) pairs."""
    true, guessed = Counter(t for t, _ in pairs), Counter(g for _, g in pairs)
    right = Counter(t for t, g in pairs if t == g)
    each = {
        intent: {
            "f1": round(2 * right[intent] / (true[intent] + guessed[intent]), 3),
            "precision": round(right[intent] / max(1, guessed[intent]), 3),
            "recall": round(right[intent] / true[intent], 3),
            "sentences": true[intent],
        }
        for intent in sorted(true)
    }
    macro = sum(one["f1"] for one in each.values()) / len(each)
    return {"macro_f1": round(macro, 4), "accuracy": round(sum(right.values()) / len(pairs), 4), "intents": each}


def confused(pairs: Sequence[tuple[str, str]], most: int = 25) -> list[dict[str, Any]]:
    """Return which intents are taken for which, most often first."""
    counts = Counter((t, g) for t, g in pairs if t != g)
    return [{"true": t, "taken_for": g, "times": n} for (t, g), n in counts.most_common(most)]


def crossed(steps: Sequence[dict[str, Any]], *, strict: bool) -> list[tuple[str, str, str]]:
    """Return (sentence, true, predicted) of our own sentences by cross-validation."""
    own, extra = sentences(sorted((ROOT / "nlu_data" / "nlu").glob("*.yml"))), sentences([GENERATED])
    found = []
    for training, scored in folds(own):
        test = [own[place] for place in scored]
        rows = [*(own[place] for place in training), *extra]
        rows = unlike(rows, test) if strict else rows
        pipeline = Pipeline(steps, _lookups())
        pipeline.train(rows)
        guesses = pipeline.intents([text for _, text in test])
        found += [(text, intent, guess) for (intent, text), guess in zip(test, guesses, strict=True)]
    return found


def elsewhere(steps: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the same pipeline's scores on another trade's sentences, for which no word group was written."""
    rows = sentences([OTHER_DOMAIN])
    pairs = []
    for training, scored in folds(rows):
        pipeline = Pipeline(steps)
        pipeline.train([rows[place] for place in training])
        pairs += list(zip([rows[p][0] for p in scored], pipeline.intents([rows[p][1] for p in scored]), strict=True))
    return scores(pairs)


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
    for name in ("plain", "strict"):
        rows = crossed(steps, strict=name == "strict")
        pairs = [(true, guess) for _, true, guess in rows]
        wrong = [{"text": text, "true": true, "taken_for": guess} for text, true, guess in rows if true != guess]
        figures[name] = {**scores(pairs), "confused": confused(pairs), "wrong": wrong}
    figures["other_domain"] = elsewhere([step for step in steps if "Regex" not in step["name"]])
    return figures


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
        f"{figures['other_domain']['macro_f1']}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
