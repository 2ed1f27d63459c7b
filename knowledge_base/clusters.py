"""Groups unanswered questions that mean the same, so that a curator sees ten gaps and not three hundred lines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.finder import Finder

CLOSE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Questions of one meaning, the most typical first, and the entries nearest to them."""

    questions: tuple[str, ...]
    suggestions: tuple[tuple[str, float], ...]


def cluster(finder: Finder, questions: Sequence[str]) -> tuple[Cluster, ...]:
    """Return clusters, largest first. Each question joins the first centre it is close to."""
    distinct = list(dict.fromkeys(questions))
    if not distinct:
        return ()
    vectors = finder.seeker.encoder.encode(distinct)
    vectors = vectors.reshape(len(distinct), -1)
    groups: list[list[int]] = []
    centres: list[np.ndarray] = []
    for place, vector in enumerate(vectors):
        nearest = max(range(len(groups)), key=lambda at: float(centres[at] @ vector), default=-1)
        if nearest >= 0 and float(centres[nearest] @ vector) >= CLOSE:
            groups[nearest].append(place)
            middle = vectors[groups[nearest]].mean(axis=0)
            centres[nearest] = middle / (np.linalg.norm(middle) or 1.0)
        else:
            groups.append([place])
            centres.append(vector)
    found = []
    for group, centre in zip(groups, centres, strict=True):
        order = sorted(group, key=lambda place: -float(vectors[place] @ centre))
        best = finder.find(distinct[order[0]])
        suggestions = tuple(zip(best.entries[:3], (round(score, 3) for score in best.scores[:3]), strict=True))
        found.append(Cluster(questions=tuple(distinct[place] for place in order), suggestions=suggestions))
    return tuple(sorted(found, key=lambda one: -len(one.questions)))
