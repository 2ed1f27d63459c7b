"""How people ask: a small model of characters learnt from the knowledge base's own questions.

It tells which of a recogniser's guesses is the likelier question, and whether what was heard so far is a whole one.
"""

import math
from collections import Counter
from collections.abc import Iterable

ORDER = 3
TRUST = 4.0  # seen so often, a context weighs as much as everything shorter (Witten-Bell, in spirit)
CHARACTERS = 6_000
_BEGIN, _END = "^" * (ORDER - 1), "$"


class Phrasing:
    """Learnt in a fraction of a second; without questions it knows nothing and prefers nothing."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._seen: Counter[str] = Counter()
        self._contexts: Counter[str] = Counter()
        self._total = 0
        for question in questions:
            self._learn(f"{_BEGIN}{''.join(filter(str.isalnum, question))}{_END}")

    @property
    def empty(self) -> bool:
        return not self._total

    def likelihood(self, text: str) -> float:
        """Return the logarithm of how likely this is asked; a longer text is less likely than its beginning."""
        whole = f"{_BEGIN}{text}{_END}"
        return sum(math.log(self._chance(whole[:at], whole[at])) for at in range(ORDER - 1, len(whole)))

    def known(self, text: str) -> float:
        """Return how much of a text is made of pieces that are asked, 0..1; what is shorter than a piece is."""
        ends = range(ORDER, len(text) + 1)
        return sum(text[end - ORDER : end] in self._seen for end in ends) / len(ends) if ends else 1.0

    def whole(self, text: str) -> float:
        """Return how often a question that went so far was over, 0..1."""
        return self._chance(f"{_BEGIN}{text}", _END) if self._total and text else 0.0

    def _learn(self, whole: str) -> None:
        for at in range(ORDER - 1, len(whole)):
            self._total += 1
            for size in range(1, ORDER + 1):
                self._seen[whole[at - size + 1 : at + 1]] += 1
                self._contexts[whole[at - size + 1 : at]] += 1

    def _chance(self, before: str, character: str) -> float:
        chance = (self._seen[character] + 0.1) / (self._total + 0.1 * CHARACTERS)
        for size in range(1, ORDER):
            context = before[-size:]
            times = self._contexts[context]
            if times:
                known = times / (times + TRUST)
                chance = known * self._seen[context + character] / times + (1 - known) * chance
        return chance
