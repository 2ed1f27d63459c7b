"""Sentences with their intents, spread over folds, and what guesses about them score."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

FOLDS, SEED = 5, 7
_ANNOTATION = re.compile(r"\[([^\]]*)\]\(([a-z_]+)\)")
Sentence = tuple[str, str]


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
