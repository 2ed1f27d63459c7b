"""What every citizen's wish is made of: a name, one way to fulfil it, and the Result it hands back."""

from dataclasses import dataclass, replace
from typing import Protocol

from actions.call import Call, Memory
from bot.messages import Button, Card, Handoff, Outcome, Reply, Response
from bot.policy_reply import NONE_OF_THESE

PERSON = Button(label="转人工", payload="/request_human")
NOTHING_ASKED = "您想问什么?直接说就行,比如“租房一年最多能提多少”。"
EXAMPLES = (
    Button(label="租房一年最多能提多少?", payload="租房一年最多能提多少?"),
    Button(label="算一算贷款月供", payload="/calculate_loan"),
    Button(label="算提前还款划不划算", payload="/calculate_prepayment"),
    PERSON,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """A wish that goes on in the same turn, and what it is asked."""

    wish: str
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What to say, what to remember from now on (None: everything stays as it was), and what goes on at once."""

    response: Response
    memory: Memory | None = None
    then: Next | None = None


class Wish(Protocol):
    """One thing a citizen can ask for; Rasa knows it as `action_<name>`."""

    @property
    def name(self) -> str: ...

    async def fulfil(self, call: Call) -> Result: ...


def say(
    text: str,
    *,
    outcome: Outcome = Outcome.ANSWERED,
    spoken: str = "",
    buttons: tuple[Button, ...] = (),
    cards: tuple[Card, ...] = (),
    handoff: Handoff | None = None,
    memory: Memory | None = None,
    private: bool = False,
) -> Result:
    """Return the Result of saying one thing."""
    reply = Reply(text=text, spoken=spoken, cards=cards, buttons=buttons, handoff=handoff, private=private)
    return Result(response=Response(replies=(reply,), outcome=outcome), memory=memory)


def preceded(reply: Reply, words: str) -> Reply:
    """Return `reply` with a sentence before it, on screen, spoken and in the hall."""
    return replace(
        reply,
        text=f"{words}\n{reply.text}",
        spoken=f"{words}{reply.spoken}" if reply.spoken else "",
        robot=f"{words}{reply.robot}" if reply.robot else "",
    )


def with_buttons(reply: Reply, *buttons: Button) -> Reply:
    """Return `reply` with more buttons at the end, none twice; 都不是 stays behind every choice there is."""
    known = {button.payload for button in reply.buttons}
    more = tuple(button for button in buttons if button.payload not in known)
    if more == (PERSON,) or NONE_OF_THESE not in reply.buttons:
        return replace(reply, buttons=reply.buttons + more)
    at = reply.buttons.index(NONE_OF_THESE)
    return replace(reply, buttons=(*reply.buttons[:at], *more, *reply.buttons[at:]))


def opened(result: Result, words: str) -> Result:
    """Return `result` with a sentence before everything it says."""
    first, *others = result.response.replies
    return replace(result, response=replace(result.response, replies=(preceded(first, words), *others)))


def with_person(result: Result) -> Result:
    """Return `result` with the way to a person at its end."""
    *others, final = result.response.replies
    replies = (*others, with_buttons(final, PERSON))
    return replace(result, response=replace(result.response, replies=replies))
