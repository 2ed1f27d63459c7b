"""Learns `actions/telling.json`, and measures the way it is learned by cross-validation."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from actions.questions import asks
from actions.situation import read_situations
from actions.telling import LEAST, TELLS, Weights, grams, tells
from bot.assembly.environments import ROOT
from knowledge_base.content import load_content
from tests.nlu.reading import DATA, blocks
from tests.nlu.scoring import Sentence, folds, sentences

WEIGHTS = ROOT / "actions" / "telling.json"
QUESTIONS, LIGHT = "question", 0.3
"""The knowledge base's questions count less: knowledge is asked first, and knows them."""
PLACES = [DATA / "lookups" / f"{kind}.yml" for kind in ("city", "district")]
"""兰州 alone says where, nothing of a life."""
_SMALL = 0.02  # a weight that changes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """By cross-validation: situations found, and how many of the others were taken for one."""

    found: float
    wrong: float
    questions: float


def spoken() -> list[Sentence]:
    """Return everything as (kind, sentence): what tells, what Rasa learns from, bare places, what knowledge answers."""
    told = [(TELLS, text) for one in read_situations().known for text in one.told]
    said = sentences(sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")))
    named = [(name, word) for path in PLACES for name, words in blocks(path, "lookup") for word in words]
    entries = load_content(ROOT / "knowledge_base").entries
    return [*told, *said, *named, *((QUESTIONS, text) for one in entries for text in (one.title, *one.similar))]


def learned(rows: Sequence[Sentence]) -> Weights:
    """Learn from what does not ask; what tells weighs as much as everything else together."""
    rows = [row for row in rows if not asks(row[1])]
    features = CountVectorizer(analyzer=lambda text: sorted(grams(text)), binary=True, min_df=2)
    seen = features.fit_transform(text for _, text in rows)
    true = np.array([kind == TELLS for kind, _ in rows])
    weight = np.array([LIGHT if kind == QUESTIONS else 1.0 for kind, _ in rows])
    weight[true] = weight[~true].sum() / true.sum()
    model = LogisticRegression(max_iter=500).fit(seen, true, sample_weight=weight)
    weighed = zip(features.get_feature_names_out(), model.coef_[0], strict=True)
    kept = {str(gram): round(float(weight), 3) for gram, weight in sorted(weighed) if abs(weight) >= _SMALL}
    return Weights(start=round(float(model.intercept_[0]), 3), grams=kept)


def crossed() -> Shares:
    """Return what is found and what is mistaken of sentences that were not learned from, Rasa being unsure of all."""
    rows = spoken()
    taken: dict[str, list[bool]] = {}
    for training, scored in folds(rows):
        weights = learned([rows[place] for place in training])
        for kind, text in (rows[place] for place in scored):
            kind = kind if kind in (TELLS, QUESTIONS) else ""
            taken.setdefault(kind, []).append(tells(text, "", 0.0, weights))
    share = {kind: sum(hits) / len(hits) for kind, hits in taken.items()}
    return Shares(found=share[TELLS], wrong=share[""], questions=share[QUESTIONS])


def learn() -> str:
    """Write the weights; return what was learned, in a line."""
    weights = learned(spoken())
    text = json.dumps({"start": weights.start, "grams": weights.grams}, ensure_ascii=False, indent=0)
    WEIGHTS.write_text(text + "\n", encoding="utf-8")
    return f"{len(weights.grams)} grams, said from {LEAST} on"
