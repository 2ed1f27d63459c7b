"""Asks the heart in a caller's name, and remembers what the agent will need."""

import asyncio

from bot.messages import ChannelName, Message, Outcome, Reply, Turn, Voice
from voice import prompts
from voice.office import Office
from voice.talk import Talk

PRIVATE_LEVEL = 2  # own data is spoken only after a fresh proof
LAST_TURNS = 3


class Asking:
    """One call's side of the heart: the call's UUID is the sender."""

    def __init__(self, call: str, office: Office, talk: Talk) -> None:
        self._call = call
        self._office = office
        self._talk = talk
        self._count = 0
        self.turns: list[Turn] = []

    @property
    def conversation(self) -> str:
        return self._office.answering.conversation(ChannelName.PHONE, self._call)

    async def ask(self, text: str, *, guesses: tuple[str, ...] = (), payload: str = "") -> Turn:
        """Get a turn; a caller who waits is told so. Raises CallerLeft."""
        self._count += 1
        message = Message(
            channel=ChannelName.PHONE,
            sender=self._call,
            id=f"{self._call}-{self._count}",
            text=text,
            payload=payload,
            attachments=(Voice(heard=guesses),) if guesses else (),
        )
        asked = asyncio.create_task(self._office.answering.handle(message))
        for words in (prompts.LOOKING, prompts.STILL_LOOKING, prompts.STILL_LOOKING):
            done, _ = await asyncio.wait({asked}, timeout=self._office.patience.looking)
            if done:
                break
            await self._talk.say(words)
        turn = await asked
        self.turns.append(turn)
        return turn

    async def speakable(self, reply: Reply) -> str:
        """Return what may be said aloud of a reply: own data only to who has proved to be its owner."""
        if reply.private and self._office.identities is not None:
            known = await self._office.identities.identity(self.conversation)
            if known.assurance < PRIVATE_LEVEL:
                return prompts.PROVE_FIRST
        return self._office.forms.reply(reply)

    async def summary(self, reason: str) -> str:
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
