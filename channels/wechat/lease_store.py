"""Keeps what this process works on in its own hands, takes over what dead ones left, forgets what is long settled."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, or_, select, update

from bot.store.database import Database
from channels.wechat.receipts import SETTLED, Key, Receipt, State
from channels.wechat.store_rows import COLUMNS, Owner, carries, changed, is_, receipt
from channels.wechat.store_schema import receipts, sends

_RENEWED_AT_ONCE = 100


class Leases:
    """Every coroutine is one transaction or a few, and raises StoreUnavailable."""

    def __init__(self, database: Database, owner: Owner) -> None:
        self._database = database
        self._owner = owner
        self._working: Counter[Key] = Counter()

    @contextmanager
    def working(self, key: Key) -> Iterator[None]:
        """Keep the lease while the block runs; what nobody works on any more is left to the sweep, our own too."""
        self._working[key] += 1
        try:
            yield
        finally:
            self._working[key] -= 1
            if not self._working[key]:
                del self._working[key]

    async def renew(self) -> None:
        """Keep what this process is working on."""
        busy = list(self._working)
        until = self._owner.now() + self._owner.lease
        for start in range(0, len(busy), _RENEWED_AT_ONCE):
            mine = or_(*(is_(key) for key in busy[start : start + _RENEWED_AT_ONCE]))
            kept = update(receipts).where(mine, receipts.c.owner == self._owner.name).values(lease_until=until)
            await changed(self._database, kept)

    async def orphans(self, *, since: datetime, limit: int = 50) -> tuple[Receipt, ...]:
        """Take over what dead processes left, now owed. `since` is when this process began to listen.

        A passive reply that nobody confirmed did not arrive if WeChat delivered again after it. It has arrived if
        somebody was there to see that WeChat did not: we, or whoever received later messages. Without a witness it is
        sent again after three leases.
        """
        now = self._owner.now()
        left = receipts.c.state.in_((State.WAITING, State.PASSIVE, State.OWED))
        found = select(*COLUMNS).where(left, receipts.c.lease_until < now)
        oldest = found.order_by(receipts.c.received_at).limit(limit)

        def work(connection: Connection) -> tuple[Receipt, ...]:
            taken: list[Receipt | None] = []
            for row in connection.execute(oldest).all():
                values: dict[str, Any] = {"state": State.OWED} | self._owner.mine()
                if row.state == State.PASSIVE and row.latest_mark <= row.replied_mark:
                    if row.received_at > since or _witnessed(connection, row):
                        values["parts_sent"] = 1
                    elif row.lease_until > now - 3 * self._owner.lease:
                        continue
                taken.append(_taken_over(connection, receipt(row), now, values))
            return tuple(row for row in taken if row is not None)

        return await self._database.write(work)

    async def settle_riders(self) -> None:
        """What rode with a passive reply has arrived once WeChat does not deliver that message again."""
        carrier = receipts.alias()
        arrived = exists().where(
            carrier.c.conversation == receipts.c.conversation,
            carrier.c.message_id == receipts.c.carrier,
            carrier.c.state.in_((State.REPLIED, State.DELIVERED)),
            carrier.c.lease_until < self._owner.now(),
        )
        riders = update(receipts).where(receipts.c.state == State.CARRIED, arrived)
        await changed(self._database, riders.values(state=State.DELIVERED, sealed=None))

    async def forget(self, before: datetime) -> None:
        """Delete what was settled before then, with its attempts, and give up what nobody came back for."""
        old = and_(receipts.c.state.in_(SETTLED), receipts.c.received_at < before)
        unasked = and_(receipts.c.state.in_((State.HELD, State.CARRIED)), receipts.c.received_at < before)
        given_up = update(receipts).where(unasked).values(state=State.UNDELIVERED, sealed=None)

        def work(connection: Connection) -> None:
            connection.execute(sends.delete().where(sends.c.sent_at < before))
            connection.execute(receipts.delete().where(old))
            connection.execute(given_up)

        await self._database.write(work)


def _witnessed(connection: Connection, row: Any) -> bool:
    """Tell whether any gateway received messages in the time in which WeChat would have delivered again."""
    later = and_(receipts.c.received_at > row.received_at, receipts.c.received_at < row.lease_until)
    return connection.execute(select(receipts.c.message_id).where(later).limit(1)).first() is not None


def _taken_over(connection: Connection, row: Receipt, now: datetime, values: dict[str, Any]) -> Receipt | None:
    still = update(receipts).where(is_(row.key), receipts.c.lease_until < now, receipts.c.state == row.state)
    stored = connection.execute(still.values(**values).returning(*COLUMNS)).first()
    return None if stored is None else receipt(stored, carries=carries(connection, row.key))
