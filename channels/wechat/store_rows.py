"""The rows behind receipts: who holds one, and the statements that its three stores share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database
from channels.wechat.receipts import SETTLED, Key, Receipt, State, Way
from channels.wechat.store_schema import receipts, sends

COLUMNS = tuple(receipts.c)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One process: its name, for how long it holds what it has touched, its clock."""

    name: str
    lease: timedelta
    now: Callable[[], datetime]

    def mine(self) -> dict[str, Any]:
        """Hold a row from now on."""
        return {"owner": self.name, "lease_until": self.now() + self.lease}


async def changed(database: Database, statement: Update) -> bool:
    """Run one statement as a transaction; tell whether it changed anything."""

    def work(connection: Connection) -> bool:
        return bool(connection.execute(statement).rowcount)

    return await database.write(work)


def new(database: Database) -> Any:
    """Begin an insert that may meet its row already there."""
    return (sqlite if database.dialect == "sqlite" else postgresql).insert(receipts)


def row(key: Key) -> dict[str, Any]:
    """Fill a new row's columns but for its state, its time and its owner."""
    empty = {"parts_sent": 0, "sending_at": None, "attempts": 0, "carrier": "", "code": 0}
    marks = {"replied_mark": 0, "latest_mark": 0}
    return {"conversation": key.conversation, "message_id": key.message_id, **empty, **marks}


def is_(key: Key) -> Any:
    """Select one row."""
    return and_(receipts.c.conversation == key.conversation, receipts.c.message_id == key.message_id)


def at(key: Key, *states: State) -> Update:
    """Change one row if it is in one of these states."""
    return update(receipts).where(is_(key), receipts.c.state.in_(states))


def rides(key: Key) -> Any:
    """What comes with this message's answer."""
    return and_(
        receipts.c.conversation == key.conversation,
        receipts.c.carrier == key.message_id,
        receipts.c.state == State.CARRIED,
    )


def carries(connection: Connection, key: Key) -> bool:
    """Tell whether anything comes with this message's answer."""
    return connection.execute(select(receipts.c.message_id).where(rides(key)).limit(1)).first() is not None


def settle_carried(key: Key, state: State) -> Update:
    """Give what came with a message its own fate."""
    return update(receipts).where(rides(key)).values(state=state, sealed=None)


def wiped(state: State) -> dict[str, Any]:
    """A settled message's words are not kept here."""
    return {"sealed": None} if state in SETTLED else {}


def attempt(key: Key, part: int, *, way: Way, code: int, sent_at: datetime) -> Any:
    """Write an attempt down."""
    tried = {"part": part, "way": way.value, "code": code, "sent_at": sent_at}
    return sends.insert().values(conversation=key.conversation, message_id=key.message_id, **tried)


def receipt(stored: Any, *, carries: bool = False) -> Receipt:
    """Read a row."""
    return Receipt(
        key=Key(conversation=stored.conversation, message_id=stored.message_id),
        received_at=stored.received_at,
        deliveries=stored.deliveries,
        state=State(stored.state),
        parts_sent=stored.parts_sent,
        sending_at=stored.sending_at,
        attempts=stored.attempts,
        carries=carries,
        sealed=stored.sealed,
    )
