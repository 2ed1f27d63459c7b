"""Keeps what WeChat delivered: an answer's way is decided once, owned by one process, never called sent unsent."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, and_, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database
from channels.wechat.receipts import SETTLED, Key, Receipt, State, Way
from channels.wechat.refusals import UNKNOWN
from channels.wechat.store_schema import receipts, sends


class Receipts:
    """Every method is one transaction and raises StoreUnavailable. `owner` is this process's name."""

    def __init__(self, database: Database, *, owner: str, lease: timedelta, now: Callable[[], datetime]) -> None:
        self._database = database
        self._owner = owner
        self._lease = lease
        self._now = now
        self._working: Counter[Key] = Counter()
        self._insert = (sqlite if database.dialect == "sqlite" else postgresql).insert(receipts)

    async def receive(self, key: Key, sealed: bytes) -> Receipt:
        """Write a delivery down before anything else happens; what was held for this citizen rides along."""
        now = self._now()
        row = _row(key) | {"received_at": now, "sealed": sealed} | self._mine(now)
        new = self._insert.values(row | {"deliveries": 1, "state": State.WAITING})
        taken = new.on_conflict_do_update(index_elements=["conversation", "message_id"], set_=_again(new))

        def work(connection: Connection) -> Receipt:
            stored = connection.execute(taken.returning(*_COLUMNS)).one()
            if stored.deliveries == 1:
                connection.execute(_carry(key))
            return _receipt(stored, carries=_carries(connection, key))

        return await self._database.write(work)

    async def decide(self, key: Key, state: State) -> tuple[bool, State]:
        """Choose how the answer goes, unless it was chosen before; return whether we chose, and what it is now."""
        chosen = _at(key, State.WAITING).values(state=state, **self._mine(self._now()), **_wiped(state))
        current = select(receipts.c.state).where(_is(key))

        def work(connection: Connection) -> tuple[bool, State]:
            won = bool(connection.execute(chosen).rowcount)
            if won and state is State.REPLIED:
                connection.execute(_settle_carried(key, State.DELIVERED))
            return won, State(connection.execute(current).scalar_one())

        return await self._database.write(work)

    async def replying(self, key: Key, stamp: int) -> State:
        """Choose the passive reply to the delivery of `stamp`; return how the answer goes."""
        first = _at(key, State.WAITING).values(state=State.PASSIVE)
        latest = _at(key, State.PASSIVE, State.REPLIED).where(receipts.c.replied_stamp <= stamp)

        def work(connection: Connection) -> State:
            connection.execute(first)
            connection.execute(latest.values(replied_stamp=stamp, **self._mine(self._now())))
            return State(connection.execute(select(receipts.c.state).where(_is(key))).scalar_one())

        return await self._database.write(work)

    async def disproved(self, key: Key, sealed: bytes, stamp: int) -> bool:
        """A delivery of `stamp` was given up: true if it proves that no reply arrived, so that the answer is owed."""
        earlier = _at(key, State.PASSIVE, State.REPLIED).where(receipts.c.replied_stamp < stamp)
        owed = {"state": State.OWED, "sealed": sealed, "parts_sent": 0}
        return await self._changed(earlier.values(**owed, **self._mine(self._now())))

    async def owe(self, key: Key, sealed: bytes) -> bool:
        """WeChat's last delivery shows that no passive reply arrived: the answer goes by customer-service message."""
        changed = _at(key, State.WAITING, State.PASSIVE, State.REPLIED)
        return await self._changed(
            changed.values(state=State.OWED, sealed=sealed, parts_sent=0, **self._mine(self._now()))
        )

    async def replied(self, key: Key, parts: int) -> bool:
        """Confirm a passive reply; True when further parts are owed now."""
        state = State.OWED if parts > 1 else State.REPLIED
        settled = _at(key, State.PASSIVE).values(state=state, parts_sent=1, **self._mine(self._now()), **_wiped(state))
        attempt = self._attempt(key, 0, Way.PASSIVE, 0)

        def work(connection: Connection) -> bool:
            if connection.execute(settled).rowcount != 1:
                return False
            connection.execute(sends.insert(), attempt)
            if state is State.REPLIED:
                connection.execute(_settle_carried(key, State.DELIVERED))
            return state is State.OWED

        return await self._database.write(work)

    async def begin(self, key: Key, part: int, *, doubtful: datetime | None) -> datetime | None:
        """Take the next part to send and return since when; None when it is in other hands or settled.

        `doubtful` is when it may have been sent before, as the receipt tells.
        """
        mine = and_(receipts.c.owner == self._owner, receipts.c.parts_sent == part)
        free = receipts.c.sending_at.is_(None) if doubtful is None else receipts.c.sending_at == doubtful
        now = self._now()
        taken = _at(key, State.OWED).where(mine, free).values(sending_at=now)
        return now if await self._changed(taken) else None

    async def ended(self, key: Key, part: int, *, way: Way, code: int, state: State) -> None:
        """Write down what WeChat answered to a part; OWED with code 0 means that more parts follow."""
        step: dict[str, Any] = {"state": state, "code": code, **_wiped(state)}
        if code != UNKNOWN:
            step["sending_at"] = None
        step["parts_sent"] = part + 1 if code == 0 else part
        step["attempts"] = 0 if code == 0 else receipts.c.attempts + 1
        changed = _at(key, State.OWED).where(receipts.c.owner == self._owner).values(**step)
        attempt = self._attempt(key, part, way, code)

        def work(connection: Connection) -> None:
            connection.execute(changed)
            connection.execute(sends.insert(), attempt)
            if state in (State.DELIVERED, State.UNDELIVERED):
                connection.execute(_settle_carried(key, state))

        await self._database.write(work)

    async def leave(self, key: Key, *, seconds: float, most: int) -> None:
        """Give an answer up for now: to the sweep after `seconds`; after `most` attempts until the citizen writes."""
        until = self._now() + timedelta(seconds=seconds)
        state = case((receipts.c.attempts < most, State.OWED.value), else_=State.HELD.value)
        await self._changed(_at(key, State.OWED).values(owner="", lease_until=until, state=state))

    async def settle(self, key: Key, state: State) -> None:
        """Close what needs no further message."""
        changed = _at(key, State.OWED).where(receipts.c.owner == self._owner).values(state=state, sealed=None)

        def work(connection: Connection) -> None:
            if connection.execute(changed).rowcount:
                connection.execute(_settle_carried(key, state))

        await self._database.write(work)

    async def keep(self, key: Key, sealed: bytes, *, state: State, code: int, seconds: float = 0.0) -> None:
        """Keep a message that could not be sent: HELD until the citizen writes again, or OWED again in `seconds`."""
        now = self._now()
        row = _row(key) | {"received_at": now, "sealed": sealed, "deliveries": 0, "state": state, "code": code}
        later = {"owner": "", "lease_until": now + timedelta(seconds=seconds)}
        new = self._insert.values(row | later).on_conflict_do_nothing()
        await self._database.write(lambda connection: connection.execute(new))

    async def noted(self, key: Key, part: int, *, way: Way, code: int) -> None:
        """Write down an attempt that belongs to no receipt."""
        attempt = self._attempt(key, part, way, code)
        await self._database.write(lambda connection: connection.execute(sends.insert(), attempt))

    async def carried(self, key: Key) -> tuple[Receipt, ...]:
        """Return what rides along with this message's answer, oldest first."""
        mine = select(*_COLUMNS).where(_rides(key)).order_by(receipts.c.received_at, receipts.c.message_id)
        return tuple(map(_receipt, await self._database.read(lambda connection: connection.execute(mine).all())))

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
        until = self._now() + self._lease
        for start in range(0, len(busy), _RENEWED_AT_ONCE):
            mine = or_(*(_is(key) for key in busy[start : start + _RENEWED_AT_ONCE]))
            kept = update(receipts).where(mine, receipts.c.owner == self._owner).values(lease_until=until)
            await self._changed(kept)

    async def orphans(self, *, since: datetime, limit: int = 50) -> tuple[Receipt, ...]:
        """Take over what dead processes left, now owed. `since` is when this process began to listen.

        A passive reply that nobody confirmed has arrived if somebody was there to see that WeChat did not deliver
        again: we, or whoever received later messages. Without a witness it is sent again after three leases.
        """
        now = self._now()
        left = receipts.c.state.in_((State.WAITING, State.PASSIVE, State.OWED))
        found = select(*_COLUMNS).where(left, receipts.c.lease_until < now)
        oldest = found.order_by(receipts.c.received_at).limit(limit)

        def work(connection: Connection) -> tuple[Receipt, ...]:
            taken: list[Receipt | None] = []
            for row in connection.execute(oldest).all():
                values: dict[str, Any] = {"state": State.OWED} | self._mine(now)
                if row.state == State.PASSIVE:
                    if row.received_at > since or _witnessed(connection, row):
                        values["parts_sent"] = 1
                    elif row.lease_until > now - 3 * self._lease:
                        continue
                taken.append(_taken_over(connection, _receipt(row), now, values))
            return tuple(row for row in taken if row is not None)

        return await self._database.write(work)

    def _mine(self, now: datetime) -> dict[str, Any]:
        return {"owner": self._owner, "lease_until": now + self._lease}

    def _attempt(self, key: Key, part: int, way: Way, code: int) -> dict[str, Any]:
        at = {"part": part, "way": way.value, "code": code, "sent_at": self._now()}
        return {"conversation": key.conversation, "message_id": key.message_id, **at}

    async def _changed(self, statement: Update) -> bool:
        def work(connection: Connection) -> bool:
            return bool(connection.execute(statement).rowcount)

        return await self._database.write(work)


_COLUMNS = tuple(receipts.c)
_RENEWED_AT_ONCE = 100


def _row(key: Key) -> dict[str, Any]:
    empty = {"parts_sent": 0, "sending_at": None, "attempts": 0, "carrier": "", "code": 0, "replied_stamp": 0}
    return {"conversation": key.conversation, "message_id": key.message_id, **empty}


def _is(key: Key) -> Any:
    return and_(receipts.c.conversation == key.conversation, receipts.c.message_id == key.message_id)


def _at(key: Key, *states: State) -> Update:
    return update(receipts).where(_is(key), receipts.c.state.in_(states))


def _again(new: Any) -> dict[str, Any]:
    """A redelivery counts, and is in the hands of whoever got it, unless somebody already sends the answer."""
    open_ = receipts.c.state.in_((State.WAITING, State.PASSIVE))
    return {
        "deliveries": receipts.c.deliveries + 1,
        "owner": case((open_, new.excluded.owner), else_=receipts.c.owner),
        "lease_until": case((open_, new.excluded.lease_until), else_=receipts.c.lease_until),
    }


def _carry(key: Key) -> Update:
    """Everything undelivered of this citizen rides with the new message, also what rode with one that was held."""
    others = and_(receipts.c.conversation == key.conversation, receipts.c.message_id != key.message_id)
    free = receipts.c.state == State.HELD
    held = select(receipts.c.message_id).where(others, free).scalar_subquery()
    with_held = and_(receipts.c.state == State.CARRIED, receipts.c.carrier.in_(held))
    return update(receipts).where(others, or_(free, with_held)).values(state=State.CARRIED, carrier=key.message_id)


def _rides(key: Key) -> Any:
    return and_(
        receipts.c.conversation == key.conversation,
        receipts.c.carrier == key.message_id,
        receipts.c.state == State.CARRIED,
    )


def _carries(connection: Connection, key: Key) -> bool:
    return connection.execute(select(receipts.c.message_id).where(_rides(key)).limit(1)).first() is not None


def _witnessed(connection: Connection, row: Any) -> bool:
    """Tell whether any gateway received messages in the time in which WeChat would have delivered again."""
    later = and_(receipts.c.received_at > row.received_at, receipts.c.received_at < row.lease_until)
    return connection.execute(select(receipts.c.message_id).where(later).limit(1)).first() is not None


def _taken_over(connection: Connection, row: Receipt, now: datetime, values: dict[str, Any]) -> Receipt | None:
    still = update(receipts).where(_is(row.key), receipts.c.lease_until < now, receipts.c.state == row.state)
    stored = connection.execute(still.values(**values).returning(*_COLUMNS)).first()
    return None if stored is None else _receipt(stored, carries=_carries(connection, row.key))


def _settle_carried(key: Key, state: State) -> Update:
    return update(receipts).where(_rides(key)).values(state=state, sealed=None)


def _wiped(state: State) -> dict[str, Any]:
    """A settled message's words are not kept here."""
    return {"sealed": None} if state in SETTLED else {}


def _receipt(row: Any, *, carries: bool = False) -> Receipt:
    return Receipt(
        key=Key(conversation=row.conversation, message_id=row.message_id),
        received_at=row.received_at,
        deliveries=row.deliveries,
        state=State(row.state),
        parts_sent=row.parts_sent,
        sending_at=row.sending_at,
        attempts=row.attempts,
        carries=carries,
        sealed=row.sealed,
    )
