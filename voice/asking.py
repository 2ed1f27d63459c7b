"""Asks the gateway in a caller's name, and remembers what the agent will need."""

import asyncio

from bot.line import Abilities, Answered, Asked, CallBack, Rated, Text
from bot.messages import Outcome, Reply, Turn
from voice import prompts
from voice.office import Office
from voice.talk import Talk

PRIVATE_LEVEL = 2  # own data is spoken only after a fresh proof
LAST_TURNS = 3


class Asking:
    """One call's side of the gateway."""

    def __init__(self, call: str, caller: str, office: Office, talk: Talk) -> None:
        self._call = call
        self._caller = caller
        self._office = office
        self._talk = talk
        self._count = 0
        self._assurance = 0
        self.abilities = Abilities()
        self.turns: list[Turn] = []

    async def begin(self) -> None:
        """Learn what the gateway can do; raises GatewayUnavailable, so that no caller is greeted in vain."""
        self.abilities = await self._office.gateway.abilities()

    async def ask(self, text: str, *, guesses: tuple[str, ...] = (), payload: str = "") -> Turn:
        """Get a turn; a caller who waits is told so. Raises CallerLeft, GatewayUnavailable."""
        self._count += 1
        asked = Asked(
            call=self._call,
            id=f"{self._call}-{self._count}",
            caller=self._caller,
            text=text,
            payload=payload,
            heard=guesses,
        )
        answering = asyncio.create_task(self._office.gateway.ask(asked))
        try:
            answered = await self._answered(answering)
        finally:
            answering.cancel()
        self._assurance = answered.assurance
        self.turns.append(answered.turn)
        return answered.turn

    async def _answered(self, answering: "asyncio.Task[Answered]") -> Answered:
        for words in (prompts.LOOKING, prompts.STILL_LOOKING, prompts.STILL_LOOKING):
            done, _ = await asyncio.wait({answering}, timeout=self._office.patience.looking)
            if done:
                break
            await self._talk.say(words)
        return await self._talk.while_there(answering)

    def speakable(self, reply: Reply) -> str:
        """Return what may be said aloud of a reply: own data only to who has proved to be its owner."""
        if reply.private and self._assurance < PRIVATE_LEVEL:
            return prompts.PROVE_FIRST
        return self._office.forms.reply(reply)

    async def rate(self, score: int) -> None:
        """Give the last recorded turn one to five stars."""
        seq = next((turn.seq for turn in reversed(self.turns) if turn.seq), 0)
        if seq:
            await self._office.gateway.rate(Rated(call=self._call, seq=seq, score=score))

    async def text(self, phone: str, text: str) -> bool:
        return await self._office.gateway.text(Text(call=self._call, phone=phone, text=text))

    async def call_back(self, phone: str, summary: str) -> bool:
        return await self._office.gateway.call_back(CallBack(call=self._call, phone=phone, summary=summary))

    def summary(self, reason: str) -> str:
        """Return the paragraph for the agent: the heart's own if it has one, else what was asked last (masked)."""
        for turn in reversed(self.turns[-1:]):
            for reply in turn.replies:
                if reply.handoff is not None and reply.handoff.summary:
                    return reply.handoff.summary
        asked = ";".join(f"问:{turn.text or '(按键)'}({turn.outcome.value})" for turn in self.turns[-LAST_TURNS:])
        return f"来电转人工,原因:{reason}。{asked or '还没有提问。'}"

    def misunderstood(self) -> bool:
        """Whether the last turn could not help."""
        return bool(self.turns) and self.turns[-1].outcome in (Outcome.DECLINED, Outcome.FAILED)
