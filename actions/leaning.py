"""Chooses which entry a turn that leans on the one before means: learned from what people ask next.

`leaning.json` holds boosted trees over the figures of `readings.candidates`, learned by `python -m tests.followups
--learn` from the read half of `knowledge_base/evaluation/followups`. The figures are calibrated chances, so the trees
outlast a version of the knowledge that is built anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from math import exp

from actions.readings import Candidate
from bot.knowledge import Hit
from bot.wire import decode

SURE = 0.45
"""From here on an entry is said; chosen by cross-validation over businesses: docs/retrieval-experiments.md."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree as arrays: at node n, figure `at[n]` up to `limit[n]` goes `left[n]`, else `right[n]`; -1 is a leaf."""

    at: tuple[int, ...]
    limit: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def weigh(self, figures: tuple[float, ...]) -> float:
        """Return what this tree adds for a candidate's figures."""
        node = 0
        while self.left[node] >= 0:
            node = self.left[node] if figures[self.at[node]] <= self.limit[node] else self.right[node]
        return self.value[node]


def chance(trees: Iterable[Tree], figures: tuple[float, ...]) -> float:
    """Return what boosted trees say together of some figures."""
    return 1 / (1 + exp(-sum(tree.weigh(figures) for tree in trees)))


class Choice:
    """Ranks the entries a turn may mean."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self._trees = tuple(trees)

    def rank(self, candidates: Iterable[Candidate]) -> tuple[Hit, ...]:
        """Return the candidates, likeliest first, each with the chance that it is meant."""
        hits = (Hit(entry=one.entry, score=round(chance(self._trees, one.figures), 4)) for one in candidates)
        return tuple(sorted(hits, key=lambda hit: -hit.score))


def read_choice() -> Choice:
    """Return the choice as it was learned."""
    return Choice(decode(files("actions").joinpath("leaning.json").read_bytes(), tuple[Tree, ...]))
