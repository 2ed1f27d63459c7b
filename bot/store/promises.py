"""Answers that were promised and are still being made: whoever holds the lease makes them, and only once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, tuple_, update

from bot.messages import Turn
from bot.store.database import Database
from bot.store.schema import promised

_MOST = 100  # taken over at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A (sealed) message whose answer is to follow; `owner` makes it until `until`, then another may."""

    sealed: bytes
    owner: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """A promise whose owner is gone and which is ours now; `tries` counts those who took it before us."""

    conversation: str
    message_id: str
    sealed: bytes
    tries: int


class SqlPromises:
    """Keeps promises alive while they are worked on, and takes over those of the dead. Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def renew(self, conversation: str, message_id: str, owner: str, until: datetime) -> None:
        """Hold a promise longer."""
        longer = update(promised).where(_theirs(conversation, message_id, owner)).values(lease_until=until)
        await self._database.write(lambda connection: connection.execute(longer))

    async def inherit(self, owner: str, now: datetime, until: datetime) -> tuple[Inherited, ...]:
        """Take over what nobody holds any more."""
        key = tuple_(promised.c.conversation, promised.c.message_id)
        over = promised.c.lease_until < now
        oldest = select(promised.c.conversation, promised.c.message_id).where(over).limit(_MOST)
        mine = {"owner": owner, "lease_until": until, "tries": promised.c.tries + 1}
        taken = update(promised).where(over, key.in_(oldest)).values(mine).returning(promised)

        def work(connection: Connection) -> tuple[Inherited, ...]:
            return tuple(_inherited(row) for row in connection.execute(taken))

        return await self._database.write(work)


def promise(connection: Connection, turn: Turn, made: Promise) -> None:
    """Write the promise down, in the transaction that records that it was made."""
    row = {"conversation": turn.conversation, "message_id": turn.message_id, "sealed": made.sealed}
    connection.execute(promised.insert(), row | {"owner": made.owner, "lease_until": made.until, "tries": 0})


def keep(connection: Connection, turn: Turn, owner: str) -> bool:
    """End the promise that `turn` keeps; False when it is not `owner`'s any more."""
    ended = promised.delete().where(_theirs(turn.conversation, turn.message_id, owner))
    return connection.execute(ended).rowcount == 1


def _theirs(conversation: str, message_id: str, owner: str) -> Any:
    same = (promised.c.conversation == conversation) & (promised.c.message_id == message_id)
    return same & (promised.c.owner == owner)


def _inherited(row: Any) -> Inherited:
    return Inherited(conversation=row.conversation, message_id=row.message_id, sealed=row.sealed, tries=row.tries)
