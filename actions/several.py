"""Serves a message that asks something and wants something done: the answer first, then the thing itself."""

from collections.abc import Mapping
from dataclasses import replace

from actions.call import Call
from actions.parts import Parts, mixed, valued
from actions.policy import PolicyAnswers
from actions.routing import reads_value
from actions.wish import Next, Result, Wish


class Several:
    """帮我查余额,顺便问下租房能提多少。"""

    name = "several"

    def __init__(self, answers: PolicyAnswers) -> None:
        self._answers = answers

    async def fulfil(self, call: Call) -> Result:
        parts = _parts(call)
        if parts is None:
            return await self._answers.answer(call, call.text)
        answered = await self._answers.answer(call, "?".join(parts.questions))
        entities = tuple(entity for entity in call.entities if entity.value in parts.words)
        wish = replace(
            call,
            text=parts.words,
            intent=parts.wish,
            entities=entities,
            memory=answered.memory or call.memory,
        )
        return replace(answered, then=Next(wish=parts.wish, call=wish))


def several(call: Call, wishes: Mapping[str, Wish]) -> Wish | None:
    """Return this wish when a message holds a question and a thing to do, else None."""
    parts = _parts(call)
    return wishes.get(Several.name) if parts is not None and parts.wish in wishes else None


def told_wish(call: Call) -> str:
    """Return the name of the wish such a message tells, or an empty string."""
    parts = _parts(call)
    return parts.wish if parts else ""


def _parts(call: Call) -> Parts | None:
    waiting = call.memory.wish
    if waiting is not None and waiting.reminder:
        found = valued(call.text, lambda words: reads_value(waiting, words))
        if found is not None:
            return replace(found, wish=waiting.name)
    return mixed(call.text)
