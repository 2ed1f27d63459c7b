"""Judges from the words alone whether a question is the fund's business at all."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from knowledge_base.lexical import Floats
from knowledge_base.wording import Reading, grams

SEEN = 2
STRENGTH = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeper:
    """A linear judge over words and character n-grams."""

    weights: dict[str, float]
    bias: float

    def judge(self, terms: Sequence[str]) -> float:
        """Return the log-odds that the question is ours."""
        known = [self.weights[term] for term in set(terms) if term in self.weights]
        return self.bias + sum(known) / float(np.sqrt(max(1, len(set(terms)))))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> "Gatekeeper":
        return Gatekeeper(**json.loads(path.read_text(encoding="utf-8")))


def gate_terms(reading: Reading, text: str) -> list[str]:
    """Cut a question for the judge: words as written and as canonical, and short n-grams."""
    plain, canonical = reading.plain(text), reading.canonical(text)
    words = [word for word in reading.everyday_words(plain) if word.strip()]
    pairs = [f"{first}+{second}" for first, second in pairwise(words)]
    return [*(f"w:{word}" for word in words), *(f"b:{pair}" for pair in pairs), *grams(canonical, (1, 2, 3))]


def train_gatekeeper(ours: Sequence[Sequence[str]], foreign: Sequence[Sequence[str]]) -> Gatekeeper:
    """Learn from cut questions of both kinds, each kind weighing the same."""
    counts = Counter(term for bag in (*ours, *foreign) for term in set(bag))
    vocabulary = {term: place for place, term in enumerate(term for term, count in counts.items() if count >= SEEN)}
    matrix = _matrix((*ours, *foreign), vocabulary)
    labels = np.r_[np.ones(len(ours)), np.zeros(len(foreign))]
    model = LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced").fit(matrix, labels)
    weights = {term: float(model.coef_[0][place]) for term, place in vocabulary.items()}
    return Gatekeeper(weights=weights, bias=float(model.intercept_[0]))


def crossed_judgements(
    bags: Sequence[Sequence[str]], ours: Sequence[bool], folds: Sequence[int], extra: Sequence[Sequence[str]]
) -> Floats:
    """Return for every question the judgement of a gatekeeper that learned from the other folds and from `extra`."""
    judged = np.zeros(len(bags), dtype=np.float32)
    for fold in sorted(set(folds)):
        kept = [place for place in range(len(bags)) if folds[place] != fold]
        mine = [bags[place] for place in kept if ours[place]]
        foreign = [bags[place] for place in kept if not ours[place]]
        judge = train_gatekeeper(mine, [*foreign, *extra])
        for place in (place for place in range(len(bags)) if folds[place] == fold):
            judged[place] = judge.judge(bags[place])
    return judged


def foreign_questions(path: Path, limit: int = 3000, seed: int = 3) -> list[str]:
    """Make questions that are not ours out of `foreign.txt`: subjects asked about with the fund's own verbs."""
    parts = dict(line.split(": ", 1) for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    subjects, asking, chat = (parts[name].split() for name in ("subjects", "asking", "chat"))
    chosen = random.Random(seed)  # noqa: S311 - not for secrets
    made = {way.replace("X", subject) for subject in subjects for way in chosen.sample(asking, 16)}
    return sorted(chosen.sample(sorted(made), min(limit, len(made)))) + chat


def _matrix(bags: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> sparse.csr_matrix:
    rows = [sorted({vocabulary[term] for term in bag if term in vocabulary}) for bag in bags]
    sizes = [len(set(bag)) for bag in bags]
    data = np.concatenate([np.full(len(row), 1 / np.sqrt(max(1, size))) for row, size in zip(rows, sizes, strict=True)])
    columns = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])
    return sparse.csr_matrix((data, columns, np.cumsum([0, *map(len, rows)])), shape=(len(bags), len(vocabulary)))
