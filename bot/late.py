"""Carries answers that missed their channel's deadline to the citizen, also after a crash in between."""

from datetime import datetime

from bot.errors import JiajiaError
from bot.log import DELIVERY_FAILED, logger
from bot.messages import Turn
from bot.ports import Outbox
from bot.seal import Seal
from bot.store import Owed, SqlStore


class LateAnswers:
    """Records what is owed, delivers it, and writes down whether it arrived."""

    def __init__(self, *, store: SqlStore, seal: Seal, outbox: Outbox | None) -> None:
        self._store = store
        self._seal = seal
        self._outbox = outbox

    async def record(self, turn: Turn, sender: str) -> Turn:
        """Append the turn; it is owed to `sender` when this installation can deliver unasked."""
        recipient = self._seal.close(sender) if self._outbox else None
        return await self._store.append(turn, recipient=recipient)

    async def deliver(self, turn: Turn, sender: str) -> None:
        """Hand the replies to the channel; readers of the transcript see them in any case."""
        if self._outbox is None:
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
