"""Carries answers that missed their channel's deadline to the citizen, also after a crash in between."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import JiajiaError, StoreUnavailable
from bot.log import DELIVERY_FAILED, RECORD_DELAYED, logger
from bot.messages import ChannelName, IdCard, Identity, Location, Message, Turn, Voice
from bot.ports import Outbox
from bot.seal import Seal
from bot.store import Inherited, Owed, Promise, SqlStore
from bot.wire import decode, encode

LEASE = 9.0
"""Seconds a promise is held and held again while it is worked on: so long it waits for others when its owner dies.

Short is safe: whoever loses a promise while still alive finds its answer refused when it records it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A masked message as a promise holds it: what the dialogue needs to answer it once more."""

    channel: ChannelName
    sender: str
    id: str
    text: str
    payload: str
    identity: Identity
    received_at: datetime
    voices: tuple[Voice, ...]
    places: tuple[Location, ...]
    cards: tuple[IdCard, ...]


class LateAnswers:
    """Promises an answer that is still being made, records it, delivers it, and writes down whether it arrived."""

    def __init__(
        self,
        *,
        store: SqlStore,
        seal: Seal,
        outbox: Outbox | None,
        owner: str,
        lease: float,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._seal = seal
        self._outbox = outbox
        self._owner = owner
        self._lease = min(lease, LEASE)
        self._now = now

    def promise(self, message: Message) -> Promise:
        """Return what is written down together with "the answer follows"; another process can keep it."""
        return Promise(sealed=self._seal.close(_kept(message)), owner=self._owner, until=self._until())

    async def made(self, conversation: str, message_id: str, call: asyncio.Task[Any]) -> None:
        """Return once the call has ended; meanwhile the promise stays ours."""
        try:
            while not (await asyncio.wait({call}, timeout=self._lease / 3))[0]:
                await self._renew(conversation, message_id)
        except asyncio.CancelledError:
            call.cancel()
            raise

    async def inherited(self) -> tuple[tuple[Inherited, Message | None], ...]:
        """Take over what dead processes promised; None for a message that another secret sealed."""
        taken = await self._store.promises.inherit(self._owner, self._now(), self._until())
        return tuple((one, _message(self._seal.open(one.sealed))) for one in taken)

    async def record(self, turn: Turn, sender: str, *, promised: bool) -> Turn | None:
        """Append the turn; it is owed to `sender` when this installation can deliver unasked.

        None when it was promised and another process has taken the promise over: the answer is theirs to give.
        """
        recipient = self._seal.close(sender) if self._outbox and sender else None
        return await self._store.append(turn, recipient=recipient, keeps=self._owner if promised else "")

    async def deliver(self, turn: Turn, sender: str) -> None:
        """Hand the replies to the channel; readers of the transcript see them in any case."""
        if self._outbox is None or not sender:
            return
        try:
            delivered = await self._outbox.deliver(turn.conversation, turn.channel, sender, turn.replies)
        except JiajiaError as error:
            logger().warning(DELIVERY_FAILED, conversation=turn.conversation, error=error.code)
            delivered = False
        await self._store.settle(turn.seq, delivered=delivered)

    async def deliver_owed(self, before: datetime) -> int:
        """Deliver what a dead process recorded and never sent; return how many."""
        waiting = await self._store.owed(before)
        for debt in waiting:
            await self._again(debt)
        return len(waiting)

    async def _again(self, debt: Owed) -> None:
        sender = self._seal.open(debt.recipient)
        if sender is None:
            await self._store.settle(debt.turn.seq, delivered=False)
        else:
            await self.deliver(debt.turn, sender)

    async def _renew(self, conversation: str, message_id: str) -> None:
        try:
            await self._store.promises.renew(conversation, message_id, self._owner, self._until())
        except StoreUnavailable as error:
            logger().warning(RECORD_DELAYED, conversation=conversation, error=error.code, cause=str(error))

    def _until(self) -> datetime:
        return self._now() + timedelta(seconds=self._lease)


def _kept(message: Message) -> str:
    parts = message.attachments
    kept = _Kept(
        channel=message.channel,
        sender=message.sender,
        id=message.id,
        text=message.text,
        payload=message.payload,
        identity=message.identity,
        received_at=message.received_at,
        voices=tuple(part for part in parts if isinstance(part, Voice)),
        places=tuple(part for part in parts if isinstance(part, Location)),
        cards=tuple(part for part in parts if isinstance(part, IdCard)),
    )
    return encode(kept).decode()


def _message(opened: str | None) -> Message | None:
    if opened is None:
        return None
    kept = decode(opened, _Kept)
    return Message(
        channel=kept.channel,
        sender=kept.sender,
        id=kept.id,
        text=kept.text,
        payload=kept.payload,
        identity=kept.identity,
        received_at=kept.received_at,
        attachments=(*kept.voices, *kept.places, *kept.cards),
    )
