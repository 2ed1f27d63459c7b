"""A wish answered by telling where and how it is done today, with buttons to the policy answers that belong to it."""

from dataclasses import dataclass

from actions.call import Call
from actions.wish import Result, say
from bot.errors import KnowledgeUnavailable
from bot.knowledge import Query
from bot.messages import Button, Outcome
from bot.policy_reply import entry_button
from bot.ports import Retriever

_BUTTONS = 3
_NEAR = 0.08  # a calibrated score; below it an entry has nothing to do with the wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """What to say for one wish; `question` finds the policy answers offered below it."""

    name: str
    text: str
    spoken: str
    question: str
    buttons: tuple[Button, ...] = ()


class Guide:
    """Says one Guidance."""

    def __init__(self, guidance: Guidance, retriever: Retriever) -> None:
        self._guidance = guidance
        self._retriever = retriever

    @property
    def name(self) -> str:
        """Return the wish's name."""
        return self._guidance.name

    async def fulfil(self, call: Call) -> Result:
        """Say where it is done, and offer what people ask next."""
        guidance = self._guidance
        buttons = (*guidance.buttons, *await related(self._retriever, call, guidance.question))
        return say(
            guidance.text,
            spoken=guidance.spoken,
            outcome=Outcome.ANSWERED,
            buttons=buttons[: max(_BUTTONS, len(guidance.buttons))],
        )


async def related(retriever: Retriever, call: Call, question: str) -> tuple[Button, ...]:
    """Return buttons to the policy answers nearest to `question`; none while knowledge is down."""
    try:
        finding = await retriever.search(Query(text=question, channel=call.channel, on=call.today, limit=_BUTTONS))
    except KnowledgeUnavailable:
        return ()
    return tuple(entry_button(hit.entry.id, hit.entry.title) for hit in finding.hits if hit.score >= _NEAR)
