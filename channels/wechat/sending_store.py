"""Keeps how far an owed answer has been sent: each part in one process's hands, every attempt written down."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, select

from bot.store.database import Database
from channels.wechat.receipts import Key, Receipt, State, Way
from channels.wechat.refusals import UNKNOWN
from channels.wechat.store_rows import (
    COLUMNS,
    Owner,
    at,
    attempt,
    changed,
    new,
    receipt,
    rides,
    row,
    settle_carried,
    wiped,
)
from channels.wechat.store_schema import receipts


class Sendings:
    """Every method is one transaction and raises StoreUnavailable."""

    def __init__(self, database: Database, owner: Owner) -> None:
        self._database = database
        self._owner = owner

    async def begin(self, key: Key, part: int, *, doubtful: datetime | None) -> datetime | None:
        """Take the next part to send and return since when; None when it is in other hands or settled.

        `doubtful` is when it may have been sent before, as the receipt tells; that moment stays known (but for a
        microsecond, by which whoever took it the same way is told apart).
        """
        mine = and_(receipts.c.owner == self._owner.name, receipts.c.parts_sent == part)
        free = receipts.c.sending_at.is_(None) if doubtful is None else receipts.c.sending_at == doubtful
        since = self._owner.now() if doubtful is None else doubtful + timedelta(microseconds=1)
        taken = at(key, State.OWED).where(mine, free).values(sending_at=since)
        return since if await changed(self._database, taken) else None

    async def ended(self, key: Key, part: int, *, way: Way, code: int, state: State) -> None:
        """Write down what WeChat answered to a part; OWED with code 0 means that more parts follow."""
        step: dict[str, Any] = {"state": state, "code": code, **wiped(state)}
        if code != UNKNOWN:
            step["sending_at"] = None
        step["parts_sent"] = part + 1 if code == 0 else part
        step["attempts"] = 0 if code == 0 else receipts.c.attempts + 1
        stepped = at(key, State.OWED).where(receipts.c.owner == self._owner.name).values(**step)
        tried = attempt(key, part, way=way, code=code, sent_at=self._owner.now())

        def work(connection: Connection) -> None:
            connection.execute(stepped)
            connection.execute(tried)
            if state in (State.DELIVERED, State.UNDELIVERED):
                connection.execute(settle_carried(key, state))

        await self._database.write(work)

    async def leave(self, key: Key, *, seconds: float, most: int) -> None:
        """Give an answer up for now: to the sweep after `seconds`; after `most` attempts until the citizen writes."""
        until = self._owner.now() + timedelta(seconds=seconds)
        state = case((receipts.c.attempts < most, State.OWED.value), else_=State.HELD.value)
        await changed(self._database, at(key, State.OWED).values(owner="", lease_until=until, state=state))

    async def settle(self, key: Key, state: State) -> None:
        """Close what needs no further message."""
        mine = at(key, State.OWED).where(receipts.c.owner == self._owner.name).values(state=state, sealed=None)

        def work(connection: Connection) -> None:
            if connection.execute(mine).rowcount:
                connection.execute(settle_carried(key, state))

        await self._database.write(work)

    async def owe(self, key: Key, sealed: bytes) -> Receipt:
        """Write down a message that no delivery asked for, in our hands."""
        mine = row(key) | {"received_at": self._owner.now(), "sealed": sealed, "deliveries": 0, "state": State.OWED}
        first = new(self._database).values(mine | self._owner.mine()).returning(*COLUMNS)
        return receipt(await self._database.write(lambda connection: connection.execute(first).one()))

    async def noted(self, key: Key, part: int, *, way: Way, code: int) -> None:
        """Write down an attempt that belongs to no receipt."""
        tried = attempt(key, part, way=way, code=code, sent_at=self._owner.now())
        await self._database.write(lambda connection: connection.execute(tried))

    async def carried(self, key: Key) -> tuple[Receipt, ...]:
        """Return what rides along with this message's answer, oldest first."""
        mine = select(*COLUMNS).where(rides(key)).order_by(receipts.c.received_at, receipts.c.message_id)
        return tuple(map(receipt, await self._database.read(lambda connection: connection.execute(mine).all())))
