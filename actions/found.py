"""What a question was found to mean, and what was talked about before it."""

from dataclasses import dataclass

from actions.places import Place
from bot.knowledge import Decision, Finding, Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found. `question` is what was `asked`, whole, for the next to lean on; `opening` is said first.

    `sentence` is the part of the answer just given that holds what was asked: it is said in place of the whole.
    """

    question: str
    finding: Finding
    asked: str = ""
    opening: str = ""
    sentence: str = ""
    place: Place | None = None

    @property
    def entry(self) -> Served | None:
        """Return the entry that answers, if one does."""
        return self.finding.hits[0].entry if self.finding.decision is Decision.ANSWER else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What was talked about before: the last question, whole, and the entry that answered it."""

    question: str = ""
    entry: str = ""
    topic: str = ""
