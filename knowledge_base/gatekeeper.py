"""Judges from the words alone whether a question is the fund's business at all."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import log, sqrt
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from knowledge_base.lexical import Floats
from knowledge_base.wording import Reading, grams

SEEN, FOLDS = 2, 3
STRENGTH = 6.0
REAL = 5.0
"""A foreign question somebody wrote weighs as much as this many made from templates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeper:
    """A linear judge over TF-IDF of words and character n-grams; `weights` holds each term's rarity and leaning."""

    weights: dict[str, tuple[float, float]]
    bias: float

    def judge(self, terms: Sequence[str]) -> float:
        """Return the log-odds that the question is ours."""
        length = total = 0.0
        counts = Counter(terms)
        for term, known in zip(counts, map(self.weights.get, counts), strict=True):
            if known is not None:
                rarity, leaning = known
                weight = (1 + log(counts[term])) * rarity
                length += weight * weight
                total += weight * leaning
        return self.bias + (total / sqrt(length) if length else 0.0)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> "Gatekeeper":
        values = json.loads(path.read_text(encoding="utf-8"))
        weights = {term: (float(pair[0]), float(pair[1])) for term, pair in values["weights"].items()}
        return Gatekeeper(weights=weights, bias=float(values["bias"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgeable:
    """One question cut for the judge, and how much it weighs beside the others of its kind."""

    text: str
    terms: tuple[str, ...]
    ours: bool
    weight: float = 1.0

    @property
    def fold(self) -> int:
        return crc32(self.text.encode()) % FOLDS


def gate_terms(reading: Reading, text: str) -> tuple[str, ...]:
    """Cut a question for the judge: words, pairs of words, and short n-grams as written and as canonical."""
    plain, canonical = reading.plain(text), reading.canonical(text)
    words = [word for word in reading.everyday_words(plain) if word.strip()]
    pairs = [f"b:{first}+{second}" for first, second in pairwise(words)]
    canonical_grams = (f"c:{gram}" for gram in grams(canonical, (2, 3)))
    return (*(f"w:{word}" for word in words), *pairs, *canonical_grams, *grams(f"^{plain}$", (1, 2, 3)))


def train_gatekeeper(questions: Sequence[Judgeable]) -> Gatekeeper:
    """Learn from cut questions of both kinds; the two kinds together weigh the same."""
    spread = Counter(term for one in questions for term in set(one.terms))
    vocabulary = {term: place for place, term in enumerate(term for term, count in spread.items() if count >= SEEN)}
    rarity = np.asarray([log((1 + len(questions)) / (1 + spread[term])) + 1 for term in vocabulary])
    matrix = _matrix([one.terms for one in questions], vocabulary, rarity)
    labels = np.asarray([one.ours for one in questions])
    weights = np.asarray([one.weight for one in questions])
    weights[~labels] *= weights[labels].sum() / max(1e-6, float(weights[~labels].sum()))
    model = LogisticRegression(C=STRENGTH, max_iter=300).fit(matrix, labels, weights)
    learned = {term: (float(rarity[place]), float(model.coef_[0][place])) for term, place in vocabulary.items()}
    return Gatekeeper(weights=learned, bias=float(model.intercept_[0]))


def crossed_judgements(questions: Sequence[Judgeable]) -> Floats:
    """Return for every question the judgement of a gatekeeper that has not seen it."""
    judged = np.zeros(len(questions), dtype=np.float32)
    for fold in range(FOLDS):
        judge = train_gatekeeper([one for one in questions if one.fold != fold])
        for place, one in enumerate(questions):
            if one.fold == fold:
                judged[place] = judge.judge(one.terms)
    return judged


def foreign_questions(path: Path, limit: int = 3000, seed: int = 3) -> list[str]:
    """Make questions that are not ours out of `foreign.txt`: subjects asked about with the fund's own verbs."""
    parts = _parts(path)
    asking = parts["asking"] + parts["odd"]
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    made = {way.replace("X", subject) for subject in parts["subjects"] for way in chosen.sample(asking, 16)}
    return sorted(chosen.sample(sorted(made), min(limit, len(made)))) + parts["chat"]


def own_questions(path: Path) -> list[str]:
    """Make questions of ours out of the same file and in the same words, with the fund for their subject."""
    parts = _parts(path)
    return [way.replace("X", subject) for subject in parts["own"] for way in parts["asking"]]


def _parts(path: Path) -> dict[str, list[str]]:
    lines = (line.split(": ", 1) for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {name: words.split() for name, words in lines}


def written_questions(path: Path) -> list[str]:
    """Read whole questions that are not ours, one a line; a missing file has none."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _matrix(
    bags: Sequence[Sequence[str]], vocabulary: dict[str, int], rarity: NDArray[np.float64]
) -> sparse.csr_matrix:
    counts = [Counter(term for term in bag if term in vocabulary) for bag in bags]
    columns = np.asarray([vocabulary[term] for bag in counts for term in bag], dtype=np.int64)
    data = np.asarray([1 + log(count) for bag in counts for count in bag.values()]) * rarity[columns]
    starts = np.cumsum([0, *map(len, counts)])
    matrix = sparse.csr_matrix((data, columns, starts), shape=(len(bags), len(vocabulary)))
    return normalize(matrix)
