"""The boundary every message crosses: answered once, in order, masked, within a deadline, and recorded."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from bot import choices
from bot.clock import Stopwatch, china_today
from bot.errors import DeadlineMissed, DialogueUnavailable, JiajiaError, TooManyMessages
from bot.fallback import PolicyAlone
from bot.inbox import Inbox, process_name
from bot.intake import accepted, identified
from bot.late import LateAnswers
from bot.log import TURN_FAILED, TURN_FOLLOWED, TURN_TAKEN, logger
from bot.messages import Button, ChannelName, Identity, Message, Outcome, Response, Turn
from bot.ports import Bus, Desk, Dialogue, Erasing, Identities, Locks, Outbox, Retriever, Vault
from bot.privacy import Privacy, names_somebody, recorded
from bot.record import Background, Recorder, tell
from bot.seal import Seal
from bot.store import Inherited, SqlStore
from bot.words import failed

T = TypeVar("T")
MOST_TRIES = 2  # processes that may die over one promised answer before it is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one message may cost; a channel with its own deadline (WeChat: 5 s) names it in `channel_deadlines`."""

    deadline: float = 8.0
    channel_deadlines: Mapping[ChannelName, float] = field(default_factory=dict)
    longest_text: int = 2_000
    waiting: int = 20
    lease: float = 30.0

    def deadline_of(self, channel: ChannelName) -> float:
        return self.channel_deadlines.get(channel, self.deadline)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one message got: `late` is the dialogue's call about `asked` when it goes on after the deadline."""

    text: str = ""
    response: Response
    error: str = ""
    asked: Message | None = None
    late: "asyncio.Task[_Answer] | None" = None


def conversation_id(channel: ChannelName, sender: str, seal: Seal) -> str:
    """Return the id under which everything about this sender is kept; it cannot be turned back into the sender."""
    return f"{channel.value}-{seal.digest('conversation', channel.value, sender)}"


class Conversation:
    """Implements `Answering`. Start-up builds one per process; `close()` lets running turns finish."""

    def __init__(
        self,
        *,
        dialogue: Dialogue,
        retriever: Retriever,
        store: SqlStore,
        vault: Vault,
        seal: Seal,
        locks: Locks,
        bus: Bus,
        now: Callable[[], datetime],
        limits: Limits = Limits(),
        outbox: Outbox | None = None,
        desk: Desk | None = None,
        identities: Identities | None = None,
        erasing: Erasing | None = None,
        owner: str = "",
    ) -> None:
        self._dialogue = dialogue
        self._alone = PolicyAlone(retriever=retriever, today=china_today(now))
        owner = owner or process_name()
        self._background = Background()
        self._recorder = Recorder(store=store, bus=bus, owner=owner, background=self._background)
        self._store = store
        self._privacy = Privacy(vault)
        self._seal = seal
        self._locks = locks
        self._now = now
        self._limits = limits
        self._late = LateAnswers(store=store, seal=seal, outbox=outbox, owner=owner, lease=limits.lease, now=now)
        self._desk = desk
        self._identities = identities
        self._erasing = erasing
        self._inbox = Inbox(store=store, owner=owner, lease=limits.lease, now=now)
        self._working: dict[tuple[str, str], asyncio.Task[Turn]] = {}
        self._queued: Counter[str] = Counter()

    def conversation(self, channel: ChannelName, sender: str) -> str:
        """Return the conversation's id for a sender, as every Turn carries it."""
        return conversation_id(channel, sender, self._seal)

    async def handle(self, message: Message) -> Turn:
        """Answer a message; a redelivery, whenever and wherever it comes, gets the same Turn. Never raises ours."""
        conversation = self.conversation(message.channel, message.sender)
        key = (conversation, message.id)
        working = self._working.get(key)
        if working is None:
            if self._queued[conversation] >= self._limits.waiting:
                return self._refused(conversation, message, TooManyMessages())
            working = asyncio.create_task(self._take(conversation, message))
            self._working[key] = working
            self._queued[conversation] += 1
            working.add_done_callback(lambda _: self._finished(key))
        return await asyncio.shield(working)

    async def since(self, conversation: str, seq: int) -> tuple[Turn, ...]:
        """Return the recorded turns after `seq`, oldest first; raises StoreUnavailable."""
        return await self._store.since(conversation, seq)

    async def deliver_owed(self) -> int:
        """Deliver the late answers that a stopped process left behind; start-up calls it once."""
        return await self._late.deliver_owed(self._now())

    async def keep_promises(self) -> int:
        """Go on with the late answers that a dead process was making; return how many. Called now and again."""
        taken = await self._late.inherited()
        for inherited, message in taken:
            self._background.start(self._safely(self._inherit(inherited, message)))
        return len(taken)

    async def close(self, *, grace: float = 10.0) -> None:
        """Wait for running turns and late answers, at most `grace` seconds, then give them up."""
        running = {*self._working.values(), *self._background.tasks}
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _finished(self, key: tuple[str, str]) -> None:
        del self._working[key]
        self._queued[key[0]] -= 1
        if not self._queued[key[0]]:
            del self._queued[key[0]]

    async def _take(self, conversation: str, message: Message) -> Turn:
        turn = await self._safely(self._in_order(conversation, message))
        return self._refused(conversation, message, turn) if isinstance(turn, JiajiaError) else turn

    async def _in_order(self, conversation: str, message: Message) -> Turn:
        watch = Stopwatch()
        identified(message)
        async with self._locks.hold(conversation):
            watch.lap("wait")
            kept = self._recorder.waiting(conversation, message.id)
            if kept is not None:
                return kept
            claimed = await self._inbox.take(conversation, message.id)
            watch.lap("claim")
            if claimed.turn is not None:
                return claimed.turn
            return await self._first_time(conversation, message, claimed.buttons, watch)

    async def _first_time(
        self, conversation: str, message: Message, offered: tuple[Button, ...], watch: Stopwatch
    ) -> Turn:
        result = await self._safely(self._masked(conversation, message))
        watch.lap("mask")
        if isinstance(result, JiajiaError):
            answer = _Answer(response=failed(result), error=result.code)
        else:
            answer = await self._answer(conversation, result, offered)
        watch.lap("answer")
        turn = replace(self._turn(conversation, message, answer), stages=watch.stages)
        shown = await self._privacy.shown(conversation, turn.replies)
        masked = replace(turn, replies=recorded(shown))
        written = await self._recorder.record(masked, self._late.promise(answer.asked) if answer.asked else None)
        watch.lap("record")
        tell(TURN_TAKEN, replace(written, stages=watch.stages))
        await self._announce(written, answer.response)
        if answer.response.outcome is Outcome.ERASED and self._erasing is not None:
            subject = "" if isinstance(result, JiajiaError) else result.identity.subject
            await self._erasing.erase(conversation, before=written.seq, subject=subject)  # Rasa has written by now
        if answer.late is not None and answer.asked is not None:
            follow = self._follow(conversation, answer.asked, answer.late, promised=bool(written.seq))
            self._background.start(self._safely(follow))
        return replace(written, replies=shown) if written.replies == masked.replies else written

    async def _masked(self, conversation: str, message: Message) -> Message:
        message = accepted(message, longest_text=self._limits.longest_text)
        known = await self._identities.identity(conversation) if self._identities else Identity()
        message = await self._privacy.masked(conversation, message, proving=known.proving)
        if self._identities and not known.proving and names_somebody(message.text):
            await self._identities.proving(conversation, begun=True)  # also when nobody is there to ask for a password
        return replace(message, identity=known) if known.assurance > message.identity.assurance else message

    async def _answer(self, conversation: str, message: Message, offered: tuple[Button, ...]) -> _Answer:
        """Let the desk, or the dialogue within the channel's deadline, answer a masked message."""
        chosen = None if message.payload else choices.resolve(message.text, offered)
        if chosen is not None:
            message = replace(message, payload=chosen.payload)
        call = asyncio.create_task(self._decide(conversation, message))
        try:
            done, _ = await asyncio.wait({call}, timeout=self._limits.deadline_of(message.channel))
        except asyncio.CancelledError:
            call.cancel()
            raise
        if done:
            return call.result()
        missed = DeadlineMissed()
        return _Answer(text=message.text, response=failed(missed), error=missed.code, asked=message, late=call)

    async def _decide(self, conversation: str, message: Message) -> _Answer:
        decided = await self._safely(self._decided(conversation, message))
        if isinstance(decided, JiajiaError):
            return _Answer(text=message.text, response=failed(decided), error=decided.code)
        return decided

    async def _decided(self, conversation: str, message: Message) -> _Answer:
        if self._desk is not None and await self._desk.holds(conversation):
            await self._desk.receive(conversation, message)
            return _Answer(text=message.text, response=Response(replies=(), outcome=Outcome.HELD))
        try:
            return _Answer(text=message.text, response=await self._dialogue.respond(conversation, message))
        except DialogueUnavailable as error:
            return _Answer(text=message.text, response=await self._alone.respond(message), error=error.code)

    async def _inherit(self, inherited: Inherited, message: Message | None) -> None:
        """Make a promised answer once more; what has failed often, or cannot be read, is told honestly and once."""
        conversation = inherited.conversation
        gone = Message(channel=ChannelName(conversation.partition("-")[0]), sender="", id=inherited.message_id)
        hopeless = message is None or inherited.tries > MOST_TRIES
        work = self._given_up() if hopeless else self._decide(conversation, message or gone)
        await self._follow(conversation, message or gone, asyncio.create_task(work), promised=True)

    async def _given_up(self) -> _Answer:
        error = JiajiaError()
        return _Answer(response=failed(error), error=error.code)

    async def _follow(
        self, conversation: str, message: Message, call: "asyncio.Task[_Answer]", *, promised: bool
    ) -> None:
        """Record and deliver an answer that came after its deadline, as a further Turn of the same message."""
        await self._late.made(conversation, message.id, call)
        answer = await call
        shown = await self._privacy.shown(conversation, answer.response.replies)
        turn = replace(self._turn(conversation, message, replace(answer, text="")), replies=recorded(shown))
        async with self._locks.hold(conversation):
            written = await self._late.record(turn, message.sender, promised=promised)
        if written is None:
            return
        tell(TURN_FOLLOWED, written)
        await self._announce(written, answer.response)
        await self._late.deliver(replace(written, replies=shown), message.sender)

    async def _announce(self, turn: Turn, response: Response) -> None:
        await self._recorder.publish(turn)
        for reply in response.replies:
            if reply.handoff is not None and self._desk is not None:
                await self._safely(self._desk.request(turn.conversation, reply))

    async def _safely(self, work: Awaitable[T]) -> T | JiajiaError:
        """Return what `work` returns, or what went wrong as an error of ours. One of the two places that catch all."""
        try:
            return await work
        except JiajiaError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the boundary: a citizen is answered whatever breaks
            logger().error(TURN_FAILED, kind=type(error).__name__, at=_place(error))
            return JiajiaError()

    def _refused(self, conversation: str, message: Message, error: JiajiaError) -> Turn:
        """Answer without a record: there was no id, no room, or no store to record in."""
        turn = self._turn(conversation, message, _Answer(response=failed(error), error=error.code))
        tell(TURN_TAKEN, turn)
        return turn

    def _turn(self, conversation: str, message: Message, answer: _Answer) -> Turn:
        return Turn(
            conversation=conversation,
            channel=message.channel,
            message_id=message.id,
            text=answer.text,
            replies=answer.response.replies,
            outcome=answer.response.outcome,
            error=answer.error,
            evidence=answer.response.evidence,
            taken_at=self._now(),
        )


def _place(error: BaseException) -> str:
    """Name where it broke, never what was in the variables or the message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
