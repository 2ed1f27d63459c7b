"""Puts a recogniser's guesses in order: how well they sound, how likely they are asked, and what they may have been."""

from voice.phrasing import Phrasing
from voice.vocabulary import Vocabulary

ASKED_WEIGHT = 0.2
PER_CHARACTER = 3.0  # what a character more is worth, so that the shorter guess does not always win
MISHEARD = 4.0  # what a difference in sound costs, in the recogniser's own units
FRONT = 4
MOST = 5


class Ranking:
    """Orders alternatives of one segment, each with the recogniser's own score (a logarithm, higher is better)."""

    def __init__(self, phrasing: Phrasing, vocabulary: Vocabulary) -> None:
        self.phrasing = phrasing
        self._vocabulary = vocabulary

    def ranked(self, alternatives: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
        """Return at most five texts, best first; words of ours that sound alike take part beside what was heard."""
        heard: dict[str, float] = {}
        for text, score in alternatives:
            if text and score > heard.get(text, -float("inf")):
                heard[text] = score
        if self.phrasing.empty:
            return tuple(heard)[:MOST]
        valued = {text: self._value(text, score) for text, score in heard.items()}
        for text in sorted(valued, key=valued.__getitem__, reverse=True)[:FRONT]:
            for meant, distance in self._vocabulary.alike(text):
                value = self._value(meant, heard[text] - MISHEARD * distance)
                valued[meant] = max(value, valued.get(meant, value))
        return tuple(sorted(valued, key=valued.__getitem__, reverse=True)[:MOST])

    def _value(self, text: str, score: float) -> float:
        return score + ASKED_WEIGHT * (self.phrasing.likelihood(text) + PER_CHARACTER * len(text))
