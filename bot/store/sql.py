"""The inbox and the transcript in SQL: who answers which message, what was answered, what is still to be delivered."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.messages import Button, Turn
from bot.store.database import Database
from bot.store.promises import Promise, SqlPromises, keep, promise
from bot.store.schema import inbox, owed, turns
from bot.wire import decode, encode


class Claim(StrEnum):
    """Whose message it is now."""

    MINE = "mine"
    ELSEWHERE = "elsewhere"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The answer to a claim: `turn` when DONE; `buttons` that were last offered when MINE."""

    claim: Claim
    turn: Turn | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A recorded Turn that still has to reach its (sealed) recipient through the Outbox."""

    turn: Turn
    recipient: bytes


class SqlStore:
    """Inbox and transcript. Every method is one transaction and raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.promises = SqlPromises(database)
        self._take = _take_statement(sqlite if database.dialect == "sqlite" else postgresql)

    async def claim(self, conversation: str, message_id: str, owner: str, now: datetime, until: datetime) -> Claimed:
        """Take the message until `until`, unless it is answered or in another owner's unexpired hands."""
        key = {"conversation": conversation, "message_id": message_id}
        taken = key | {"owner": owner, "now": now, "lease_until": until}

        def work(connection: Connection) -> Claimed:
            mine = connection.execute(self._take, taken).first()
            if mine is not None:
                return Claimed(claim=Claim.MINE, buttons=decode(mine.buttons or "[]", tuple[Button, ...]))
            turn = _answered(connection, conversation, message_id)
            return Claimed(claim=Claim.DONE if turn else Claim.ELSEWHERE, turn=turn)

        return await self._database.write(work)

    async def record(self, turn: Turn, owner: str, promised: Promise | None = None) -> Turn:
        """Append the Turn, with what it promises, and close its message; if another owner was first, return theirs."""
        closing = {"c": turn.conversation, "m": turn.message_id, "o": owner}

        def work(connection: Connection) -> Turn:
            recorded = _append(connection, turn)
            if connection.execute(_CLOSE, closing | {"seq": recorded.seq}).rowcount == 1:
                if promised is not None:
                    promise(connection, turn, promised)
                return recorded
            connection.execute(turns.delete().where(turns.c.seq == recorded.seq))
            return _answered(connection, turn.conversation, turn.message_id) or turn

        return await self._database.write(work)

    async def append(self, turn: Turn, *, recipient: bytes | None = None, keeps: str = "") -> Turn | None:
        """Record a further Turn of an answered message, and that it is owed to `recipient` if one is named.

        With `keeps`, the Turn keeps a promise of that owner; None, and nothing recorded, when another has taken it.
        """

        def work(connection: Connection) -> Turn | None:
            if keeps and not keep(connection, turn, keeps):
                return None
            recorded = _append(connection, turn)
            if recipient is not None:
                debt = {"turn": recorded.seq, "recipient": recipient, "state": "owed", "made_at": turn.taken_at}
                connection.execute(owed.insert(), debt)
            return recorded

        return await self._database.write(work)

    async def settle(self, seq: int, *, delivered: bool) -> None:
        """Write down how the delivery of an owed Turn ended."""
        settled = update(owed).where(owed.c.turn == seq)
        state = "delivered" if delivered else "undelivered"
        await self._database.write(lambda connection: connection.execute(settled.values(state=state)))

    async def owed(self, before: datetime) -> tuple[Owed, ...]:
        """Return what was promised before `before` and never delivered: its process died in between."""
        query = select(turns.c.seq, turns.c.body, owed.c.recipient).join(owed, owed.c.turn == turns.c.seq)
        waiting = query.where(owed.c.state == "owed", owed.c.made_at < before).order_by(turns.c.seq).limit(100)
        rows = await self._database.read(lambda connection: connection.execute(waiting).all())
        return tuple(Owed(turn=_turn(row), recipient=row.recipient) for row in rows)

    async def since(self, conversation: str, seq: int, *, limit: int = 50) -> tuple[Turn, ...]:
        """Return the last `limit` turns after `seq`, oldest first."""
        asked = {"c": conversation, "after": seq, "most": limit}
        rows = await self._database.read(lambda connection: connection.execute(_LATEST, asked).all())
        return tuple(_turn(row) for row in reversed(rows))


def _take_statement(dialect: Any) -> Any:
    """Insert the message, or take over an expired lease; returns a row only to the new owner, with the last buttons."""
    last = (
        select(turns.c.buttons)
        .where(turns.c.conversation == bindparam("conversation"))
        .order_by(turns.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    new = dialect.insert(inbox).values(
        conversation=bindparam("conversation"),
        message_id=bindparam("message_id"),
        state=literal("pending"),
        owner=bindparam("owner"),
        lease_until=bindparam("lease_until"),
    )
    return new.on_conflict_do_update(
        index_elements=[inbox.c.conversation, inbox.c.message_id],
        set_={"owner": new.excluded.owner, "lease_until": new.excluded.lease_until},
        where=(inbox.c.state == "pending") & (inbox.c.lease_until < bindparam("now", type_=inbox.c.lease_until.type)),
    ).returning(last.label("buttons"))


_CLOSE = (
    update(inbox)
    .where(
        inbox.c.conversation == bindparam("c"),
        inbox.c.message_id == bindparam("m"),
        inbox.c.state == "pending",
        inbox.c.owner == bindparam("o"),
    )
    .values(state="done", turn=bindparam("seq"))
)
_ANSWERED = (
    select(turns.c.seq, turns.c.body)
    .join(inbox, inbox.c.turn == turns.c.seq)
    .where(inbox.c.conversation == bindparam("c"), inbox.c.message_id == bindparam("m"))
)
_LATEST = (
    select(turns.c.seq, turns.c.body)
    .where(turns.c.conversation == bindparam("c"), turns.c.seq > bindparam("after"))
    .order_by(turns.c.seq.desc())
    .limit(bindparam("most", type_=Integer))
)
_APPEND = turns.insert().returning(turns.c.seq)


def _answered(connection: Connection, conversation: str, message_id: str) -> Turn | None:
    row = connection.execute(_ANSWERED, {"c": conversation, "m": message_id}).first()
    return _turn(row) if row else None


def _append(connection: Connection, turn: Turn) -> Turn:
    buttons = tuple(button for reply in turn.replies for button in reply.buttons)
    columns = {
        "conversation": turn.conversation,
        "channel": turn.channel.value,
        "outcome": turn.outcome.value,
        "error": turn.error,
        "knowledge_version": turn.evidence.knowledge_version,
        "seconds": sum(stage.seconds for stage in turn.stages),
        "taken_at": turn.taken_at,
        "buttons": encode(buttons).decode() if buttons else "",
        "body": encode(turn).decode(),
    }
    return replace(turn, seq=connection.execute(_APPEND, columns).scalar_one())


def _turn(row: Any) -> Turn:
    return replace(decode(row.body, Turn), seq=row.seq)
