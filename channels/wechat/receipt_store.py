"""Keeps what WeChat delivered and decides, once for all processes, by which way its answer goes."""

from dataclasses import replace
from typing import Any

from sqlalchemy import BigInteger, Connection, Update, and_, case, cast, literal, or_, select, update

from bot.store.database import Database
from channels.wechat.receipts import Key, Receipt, State, Way, mark
from channels.wechat.store_rows import (
    COLUMNS,
    Owner,
    at,
    attempt,
    carries,
    changed,
    is_,
    new,
    receipt,
    row,
    wiped,
)
from channels.wechat.store_schema import receipts


class Receipts:
    """Every method is one transaction and raises StoreUnavailable."""

    def __init__(self, database: Database, owner: Owner) -> None:
        self._database = database
        self._owner = owner

    async def receive(self, key: Key, sealed: bytes, stamp: int) -> Receipt:
        """Write a delivery down before anything else happens; what was held for this citizen rides along."""
        ours = self._owner.mine()
        first = {"received_at": self._owner.now(), "sealed": sealed, "state": State.WAITING}
        counted = {"deliveries": 1, "latest_mark": mark(stamp, 1)}
        insert = new(self._database).values(row(key) | first | counted | ours)
        place = ["conversation", "message_id"]
        taken = insert.on_conflict_do_update(index_elements=place, set_=_again(stamp, ours)).returning(*COLUMNS)

        def work(connection: Connection) -> Receipt:
            stored = connection.execute(taken).one()
            if stored.deliveries == 1:
                connection.execute(_carry(key))
            read = receipt(stored, carries=carries(connection, key))
            return replace(read, mark=mark(stamp, stored.deliveries))

        return await self._database.write(work)

    async def decide(self, key: Key, state: State) -> tuple[bool, State]:
        """Choose how the answer goes, unless it was chosen before; return whether we chose, and what it is now."""
        chosen = at(key, State.WAITING).values(state=state, **self._owner.mine(), **wiped(state))

        def work(connection: Connection) -> tuple[bool, State]:
            won = bool(connection.execute(chosen).rowcount)
            return won, _state(connection, key)

        return await self._database.write(work)

    async def replying(self, read: Receipt) -> State:
        """Choose the passive reply to the delivery just read; return how the answer goes."""
        first = at(read.key, State.WAITING).values(state=State.PASSIVE)
        latest = at(read.key, State.PASSIVE, State.REPLIED).where(receipts.c.replied_mark <= read.mark)

        def work(connection: Connection) -> State:
            connection.execute(first)
            connection.execute(latest.values(replied_mark=read.mark, **self._owner.mine()))
            return _state(connection, read.key)

        return await self._database.write(work)

    async def unsent(self, read: Receipt) -> None:
        """The reply to the delivery just read could not be written out: unless WeChat delivers again, it is owed."""
        ours = at(read.key, State.PASSIVE, State.REPLIED).where(receipts.c.replied_mark == read.mark)
        again = {"state": State.WAITING, "sealed": read.sealed, **self._owner.mine()}
        await changed(self._database, ours.values(**again))

    async def disproved(self, read: Receipt) -> bool:
        """The delivery just read was given up: true if it proves that no reply arrived, so that the answer is owed."""
        earlier = at(read.key, State.PASSIVE, State.REPLIED).where(receipts.c.replied_mark < read.mark)
        return await changed(self._database, earlier.values(**self._owed(read)))

    async def owe(self, read: Receipt) -> bool:
        """WeChat's last delivery shows that no passive reply arrived: the answer goes by customer-service message."""
        unproved = at(read.key, State.WAITING, State.PASSIVE, State.REPLIED)
        return await changed(self._database, unproved.values(**self._owed(read)))

    async def replied(self, key: Key, parts: int) -> bool:
        """Confirm a passive reply; True when further parts are owed now."""
        state = State.OWED if parts > 1 else State.REPLIED
        settled = at(key, State.PASSIVE).values(state=state, parts_sent=1, **self._owner.mine(), **wiped(state))
        sent = attempt(key, 0, way=Way.PASSIVE, code=0, sent_at=self._owner.now())

        def work(connection: Connection) -> bool:
            if connection.execute(settled).rowcount != 1:
                return False
            connection.execute(sent)
            return state is State.OWED

        return await self._database.write(work)

    def _owed(self, read: Receipt) -> dict[str, Any]:
        return {"state": State.OWED, "sealed": read.sealed, "parts_sent": 0, **self._owner.mine()}


def _state(connection: Connection, key: Key) -> State:
    return State(connection.execute(select(receipts.c.state).where(is_(key))).scalar_one())


def _again(stamp: int, ours: dict[str, Any]) -> dict[str, Any]:
    """A redelivery counts, and is in the hands of whoever got it, unless somebody already sends the answer."""
    open_ = receipts.c.state.in_((State.WAITING, State.PASSIVE))
    deliveries = receipts.c.deliveries + 1
    read = cast(deliveries, BigInteger) + literal(mark(stamp, 0), BigInteger)
    return {
        "deliveries": deliveries,
        "latest_mark": case((receipts.c.latest_mark < read, read), else_=receipts.c.latest_mark),
        **{name: case((open_, value), else_=receipts.c[name]) for name, value in ours.items()},
    }


def _carry(key: Key) -> Update:
    """Everything undelivered of this citizen rides with the new message, also what rode with one that was held."""
    others = and_(receipts.c.conversation == key.conversation, receipts.c.message_id != key.message_id)
    free = receipts.c.state == State.HELD
    held = select(receipts.c.message_id).where(others, free).scalar_subquery()
    with_held = and_(receipts.c.state == State.CARRIED, receipts.c.carrier.in_(held))
    return update(receipts).where(others, or_(free, with_held)).values(state=State.CARRIED, carrier=key.message_id)
