"""Tells from the first look-up alone when no other reading of a turn would change what is said.

A turn that may lean on the one before is looked up in six ways, but every second one stands by itself. `sifting.json`
holds boosted trees that were shown, by `python -m tests.followups --learn`, which turns the choice among all readings
answers as the words alone do; the turns of those who measure (the unread half, the benchmark) are not among them.
"""

from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import chain

from actions.aspects import Aspects
from actions.leaning import Tree, chance
from actions.readings import ALONE, Turn, figures_of
from bot.knowledge import Decision, Finding
from bot.wire import decode

ENOUGH = 0.9
"""From here on the words alone are taken: 98 of 100 such turns get what all readings would have said."""
_DECISIONS = (Decision.DECLINE, Decision.CLARIFY, Decision.ANSWER)
_HITS = 3


def signs(now: Turn, alone: Finding, aspects: Aspects, offered: Sequence[str]) -> tuple[float, ...]:
    """Return what the words alone say: how sure they are, and the figures of their entry and of the one told before."""
    scores = [hit.score for hit in alone.hits[:_HITS]]
    near = now.before.entry
    first = alone.hits[0].entry if alone.hits else near
    figures = (figures_of(now, entry, {ALONE: alone}, aspects, offered) for entry in (first, near))
    decided = float(_DECISIONS.index(alone.decision))
    return (decided, *scores, *[0.0] * (_HITS - len(scores)), *chain.from_iterable(figures))


class Sift:
    """Decides whether the first look-up is enough."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self._trees = tuple(trees)

    def enough(self, figures: tuple[float, ...]) -> bool:
        """Say so of the `signs` of a turn; without a tree nothing ever is."""
        return bool(self._trees) and chance(self._trees, figures) >= ENOUGH


def read_sift() -> Sift:
    """Return the sift as it was learned."""
    return Sift(decode(files("actions").joinpath("sifting.json").read_bytes(), tuple[Tree, ...]))
