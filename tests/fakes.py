"""Working stand-ins for every port: append, never rewrite."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.errors import DialogueUnavailable, GatewayUnavailable, JiajiaError, KnowledgeUnavailable
from bot.knowledge import Decision, Finding, Hit, Query, Served
from bot.line import Abilities, Answered, Asked, CallBack, Rated, Text
from bot.messages import ChannelName, Identity, Message, Reply, Response, Source, Turn, Voice


class FakeClock:
    """Time that stands until a test moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        self.moment = start or datetime(2026, 11, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class ScriptedDialogue:
    """Answers what the script says: a Response, a text, an error to raise, or a function of the message.

    Every message it was asked is in `asked`; `pause` makes it slow.
    """

    def __init__(
        self,
        script: dict[str, Response | str | Exception] | Callable[[Message], Response] | None = None,
        *,
        pause: float = 0.0,
    ) -> None:
        self.script = script if script is not None else {}
        self.pause = pause
        self.asked: list[Message] = []
        self.conversations: list[str] = []

    async def respond(self, conversation: str, message: Message) -> Response:
        self.asked.append(message)
        self.conversations.append(conversation)
        if self.pause:
            await asyncio.sleep(self.pause)
        if callable(self.script):
            return self.script(message)
        said = self.script.get(message.payload or message.text, f"听到了:{message.text or message.payload}")
        if isinstance(said, Exception):
            raise said
        return Response(replies=(Reply(text=said),)) if isinstance(said, str) else said


class DeadDialogue:
    """Rasa as it is when it is not there."""

    def __init__(self) -> None:
        self.asked: list[Message] = []

    async def respond(self, conversation: str, message: Message) -> Response:
        self.asked.append(message)
        raise DialogueUnavailable("down")


def served(entry_id: str = "withdrawal-rent-limit", **changes: object) -> Served:
    """Build an entry as retrieval serves it."""
    fields: dict[str, object] = {
        "id": entry_id,
        "topic": entry_id.split("-")[0],
        "title": "租房一年最多能提多少?",
        "screen": "商品房租房提取,每户每年最多 16800 元。",
        "spoken": "租房提取每户每年最多一万六千八百元。",
        "sources": (Source(title="西宁住房公积金管理中心公告", date="2025-01-07", confidence="V1"),),
    }
    return Served(**(fields | changes))  # type: ignore[arg-type]


class FixedRetriever:
    """Finds what it was given: by the exact text, else `otherwise`, else it declines."""

    def __init__(
        self,
        findings: dict[str, Finding] | None = None,
        *,
        entries: tuple[Served, ...] = (),
        otherwise: Finding | None = None,
        down: bool = False,
    ) -> None:
        self.findings = findings or {}
        self.entries = {entry.id: entry for entry in entries}
        self.otherwise = otherwise or Finding(decision=Decision.DECLINE, hits=(), version="v-test")
        self.down = down
        self.queries: list[Query] = []

    async def search(self, query: Query) -> Finding:
        if self.down:
            raise KnowledgeUnavailable
        self.queries.append(query)
        return self.findings.get(query.text, self.otherwise)

    async def entry(self, entry_id: str, on: date) -> Served | None:
        if self.down:
            raise KnowledgeUnavailable
        return self.entries.get(entry_id)


def found(*entries: Served, decision: Decision = Decision.ANSWER, score: float = 0.9) -> Finding:
    """Build a finding with these entries as hits."""
    return Finding(decision=decision, hits=tuple(Hit(entry=entry, score=score) for entry in entries), version="v-test")


class RecordingOutbox:
    """Keeps what was delivered; `works=False` is a channel that could not; `error` one that broke."""

    def __init__(self, *, works: bool = True, error: JiajiaError | None = None) -> None:
        self.works = works
        self.error = error
        self.delivered: list[tuple[str, ChannelName, str, tuple[Reply, ...]]] = []

    async def deliver(self, conversation: str, channel: ChannelName, sender: str, replies: tuple[Reply, ...]) -> bool:
        if self.error is not None:
            raise self.error
        self.delivered.append((conversation, channel, sender, replies))
        return self.works


class RecordingDesk:
    """A desk whose person holds the conversations in `taken`."""

    def __init__(self, taken: set[str] | None = None) -> None:
        self.taken = taken or set()
        self.received: list[tuple[str, Message]] = []
        self.requested: list[tuple[str, Reply]] = []

    async def holds(self, conversation: str) -> bool:
        return conversation in self.taken

    async def receive(self, conversation: str, message: Message) -> None:
        self.received.append((conversation, message))

    async def request(self, conversation: str, reply: Reply) -> None:
        self.requested.append((conversation, reply))


class FixedIdentities:
    """Says who everybody has proved to be."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def identity(self, conversation: str) -> Identity:
        return self._identity

    async def proving(self, conversation: str, *, begun: bool) -> None:
        self._identity = replace(self._identity, proving=begun)

    async def proved(self, conversation: str, subject: str, assurance: int, *, bound: timedelta) -> None:
        self._identity = Identity(subject=subject, assurance=assurance)

    async def forget(self, conversation: str) -> None:
        self._identity = Identity()


class ScriptedAnswering:
    """A conversation boundary for channel tests: answers from a ScriptedDialogue, remembers its turns in a list."""

    def __init__(self, dialogue: ScriptedDialogue | None = None) -> None:
        self.dialogue = dialogue or ScriptedDialogue()
        self.turns: list[Turn] = []

    def conversation(self, channel: ChannelName, sender: str) -> str:
        return f"{channel.value}-{sender}"

    async def handle(self, message: Message) -> Turn:
        conversation = self.conversation(message.channel, message.sender)
        for turn in self.turns:
            if (turn.conversation, turn.message_id) == (conversation, message.id):
                return turn
        response = await self.dialogue.respond(conversation, message)
        turn = Turn(
            conversation=conversation,
            channel=message.channel,
            message_id=message.id,
            text=message.text,
            replies=response.replies,
            outcome=response.outcome,
            evidence=response.evidence,
            seq=len(self.turns) + 1,
        )
        self.turns.append(turn)
        return turn

    async def since(self, conversation: str, seq: int) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if turn.conversation == conversation and turn.seq > seq)


class ScriptedGateway:
    """What the telephone's process asks, answered by a ScriptedAnswering; what was sent, rated and noted is kept."""

    def __init__(
        self,
        answering: ScriptedAnswering,
        *,
        assurance: int = 0,
        abilities: Abilities | None = None,
        down: bool = False,
    ) -> None:
        self.answering = answering
        self.assurance = assurance
        self.able = abilities or Abilities(texts=True, call_backs=True)
        self.down = down
        self.works = True
        self.rated: list[Rated] = []
        self.texts: list[Text] = []
        self.wishes: list[CallBack] = []

    async def abilities(self) -> Abilities:
        self._check()
        return self.able

    async def ask(self, asked: Asked) -> Answered:
        self._check()
        message = Message(
            channel=ChannelName.PHONE,
            sender=asked.call,
            id=asked.id,
            text=asked.text,
            payload=asked.payload,
            attachments=(Voice(heard=asked.heard),) if asked.heard else (),
        )
        return Answered(turn=await self.answering.handle(message), assurance=self.assurance)

    async def rate(self, rated: Rated) -> None:
        self._check()
        self.rated.append(rated)

    async def text(self, text: Text) -> bool:
        self._check()
        self.texts.append(text)
        return self.works

    async def call_back(self, wish: CallBack) -> bool:
        self._check()
        self.wishes.append(wish)
        return self.works

    def _check(self) -> None:
        if self.down:
            raise GatewayUnavailable("scripted")
