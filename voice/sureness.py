"""Whether what was heard is likelier a question than a hum, a television or another language made into words.

A recogniser makes words of any sound. Four signs tell them from a question: its guesses agree with each other, people
ask like that, in pieces that people ask in, and in words rather than single syllables. The weights and the threshold
were fitted on ../shared/audio against sounds without meaning (docs/voice-experiments.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import exp

from voice.phrasing import Phrasing

AGREEING, KNOWN, ASKED, WORDY = 5.6, 1.8, 0.3, 2.2
ENOUGH = 7.2
UNKNOWN = "[unk]"
NEARLY = 1.0  # so little worse than something unknown, a grammar's guess may still be what was said
AROUND = 4  # words of the grammar for every stretch of something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One of a recogniser's guesses for a segment; `score` is a logarithm, higher is better."""

    words: tuple[str, ...]
    score: float

    @property
    def text(self) -> str:
        """Return it as Chinese is written; what a grammar did not cover is no word."""
        return "".join(word for word in self.words if not word.startswith("["))


Segment = Sequence[Alternative]


class Sureness:
    """Judges whole turns; without questions to compare with it is always sure."""

    def __init__(self, phrasing: Phrasing) -> None:
        self._phrasing = phrasing

    def sure(self, segments: Sequence[Segment], meant: str) -> bool:
        """Return whether a turn, heard in these segments and taken for `meant`, is to be answered."""
        return self._phrasing.empty or not meant or self.value(segments, meant) >= ENOUGH

    def value(self, segments: Sequence[Segment], meant: str) -> float:
        words = sum(len(segment[0].words) for segment in segments if segment)
        return (
            AGREEING * _agreement(segments)
            + KNOWN * self._phrasing.known(meant)
            + ASKED * self._phrasing.likelihood(meant) / (len(meant) + 1)
            + WORDY * len(meant) / max(1, words)
        )


def _agreement(segments: Sequence[Segment]) -> float:
    """Return how far the other guesses say the same as the best, each counted as likely as it is; 1 when all do."""
    agreed = long = 0.0
    for segment in segments:
        best = segment[0].text if segment else ""
        likely = [exp(one.score - segment[0].score) for one in segment]
        alike = sum(
            chance * SequenceMatcher(None, best, one.text, autojunk=False).ratio()
            for chance, one in zip(likely, segment, strict=True)
        )
        agreed += len(best) * alike / sum(likely) if best else 0.0
        long += len(best)
    return agreed / long if long else 1.0


def bound(segment: Segment) -> tuple[str, ...]:
    """Return what a grammar heard in a segment, best first: nothing when something else was likelier said.

    A stray word among sounds the grammar does not know is not what was asked for; a whole number among them is.
    """
    covered = [one for one in segment if _covered(one)]
    if not covered or max(one.score for one in segment) - max(one.score for one in covered) > NEARLY:
        return ()
    return tuple(dict.fromkeys(one.text for one in covered))


def _covered(guess: Alternative) -> bool:
    strange = sum(word == UNKNOWN for word in guess.words)
    return bool(guess.text) and len(guess.words) - strange >= AROUND * strange
