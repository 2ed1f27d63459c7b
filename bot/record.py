"""Writes turns down and tells the others: the transcript, the log's one line per turn, the bus."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.errors import StoreUnavailable
from bot.log import RECORD_DELAYED, RECORD_LOST, logger
from bot.messages import Turn
from bot.ports import Bus
from bot.store import Promise, SqlStore

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # seconds between attempts while the store is away


def topic(conversation: str) -> str:
    """Return the bus topic on which the conversation's new sequence numbers are told."""
    return f"conversation.{conversation}"


def tell(event: str, turn: Turn) -> None:
    """Write the turn's one log line: how it went and how long each stage took, nothing that was said."""
    logger().info(
        event,
        channel=turn.channel.value,
        conversation=turn.conversation,
        message_id=turn.message_id,
        seq=turn.seq,
        outcome=turn.outcome.value,
        error=turn.error,
        knowledge=turn.evidence.knowledge_version,
        seconds={stage.name: stage.seconds for stage in turn.stages},
    )


class Background:
    """Work that outlives the message that caused it; `close` waits for it."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class Recorder:
    """Records each turn once; when the store is away, the citizen is answered now and the record follows."""

    def __init__(self, *, store: SqlStore, bus: Bus, owner: str, background: Background) -> None:
        self._store = store
        self._bus = bus
        self._owner = owner
        self._background = background
        self._waiting: dict[tuple[str, str], Turn] = {}

    def waiting(self, conversation: str, message_id: str) -> Turn | None:
        """Return an answered turn whose record is still on its way."""
        return self._waiting.get((conversation, message_id))

    async def record(self, turn: Turn, promised: Promise | None = None) -> Turn:
        """Return the turn as recorded: with its number, or another process's when that one was first."""
        try:
            return await self._store.record(turn, self._owner, promised)
        except StoreUnavailable as error:
            logger().warning(RECORD_DELAYED, conversation=turn.conversation, error=error.code, cause=str(error))
            self._waiting[turn.conversation, turn.message_id] = turn
            self._background.start(self._record_later(turn))
            return turn

    async def publish(self, turn: Turn) -> None:
        await self._bus.publish(topic(turn.conversation), str(turn.seq))

    async def _record_later(self, turn: Turn) -> None:
        for pause in PAUSES:
            await asyncio.sleep(pause)
            try:
                written = await self._store.record(turn, self._owner)
            except StoreUnavailable:
                continue
            await self.publish(written)
            break
        else:
            logger().error(RECORD_LOST, conversation=turn.conversation, message_id=turn.message_id)
        del self._waiting[turn.conversation, turn.message_id]
