"""Answers policy questions by retrieval alone while Rasa is down, late or silent; guesses no wish."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.errors import KnowledgeUnavailable
from bot.knowledge import Query
from bot.messages import Evidence, Message, Outcome, Reply, Response
from bot.plain import plain_chinese
from bot.policy_reply import entry_named, entry_response, policy_response
from bot.ports import Retriever
from bot.words import PAUSED, failed

_PAUSED = Reply(text=PAUSED, spoken=PAUSED)


class PolicyAlone:
    """What is left without the dialogue. Never raises: it is the last resort."""

    def __init__(self, *, retriever: Retriever, today: Callable[[], date]) -> None:
        self._retriever = retriever
        self._today = today

    async def respond(self, message: Message) -> Response:
        """Say plainly that business is paused, and the policy answer if there is one."""
        try:
            found = await self._found(message)
        except KnowledgeUnavailable as error:
            return failed(error)
        if found is None or found.outcome is Outcome.DECLINED:
            outcome = Outcome.FAILED if found is None else Outcome.DECLINED
            evidence = found.evidence if found else Evidence()
            return Response(replies=(_PAUSED,), outcome=outcome, evidence=evidence)
        return replace(found, replies=(*found.replies[:-1], _told(found.replies[-1])))

    async def _found(self, message: Message) -> Response | None:
        chosen = entry_named(message.payload)
        if chosen:
            entry = await self._retriever.entry(chosen, self._today())
            return entry_response(entry, "") if entry else None
        if message.payload:
            return None
        finding = await self._retriever.search(
            Query(text=plain_chinese(message.text), channel=message.channel, on=self._today())
        )
        return policy_response(finding)


def _told(reply: Reply) -> Reply:
    """Add to the last reply that business is paused; its buttons stay the ones to choose from."""
    spoken = f"{reply.spoken or reply.text}{PAUSED}"
    return replace(
        reply, text=f"{reply.text}\n\n{PAUSED}", spoken=spoken, robot=reply.robot and f"{reply.robot}{PAUSED}"
    )
