"""Removes what is kept of a conversation: its proofs, masked numbers, turns and scores, and Rasa's tracker."""

from sqlalchemy import Connection, column, delete, inspect, select, table

from bot.store.database import Database
from bot.store.schema import identities, inbox, owed, promised, ratings, turns, vault

TRACKERS = table("conversations", column("conversation"), column("said_at"))  # as bot.rasa_parts.tracker_store makes it
_EVERY_TURN = 2**62


class SqlErasing:
    """The Erasing port over our tables and, where its database is named, what Rasa remembers (rasa_parts)."""

    def __init__(self, database: Database, tracker: Database | None = None) -> None:
        self._database = database
        self._tracker = tracker

    async def erase(self, conversation: str, *, before: int, subject: str = "") -> None:
        """Wipe it; the turn `before` stays, because its message may be delivered again."""
        wiped = await self._database.write(lambda connection: _forget_person(connection, conversation, before, subject))
        await self._database.forget()
        if self._tracker is not None:
            await self._tracker.write(lambda connection: _forget_trackers(connection, wiped))
            await self._tracker.forget()


def _forget_person(connection: Connection, conversation: str, before: int, subject: str) -> tuple[str, ...]:
    """Wipe this conversation and, of a known person, the others; return which."""
    theirs = (identities.c.subject == subject) & (identities.c.conversation != conversation)
    others = tuple(connection.scalars(select(identities.c.conversation).where(theirs))) if subject else ()
    _forget(connection, conversation, before)
    for other in others:
        _forget(connection, other, _EVERY_TURN)
    return (conversation, *others)


def _forget(connection: Connection, conversation: str, before: int) -> None:
    overwrite(connection)
    old = (turns.c.conversation == conversation) & (turns.c.seq < before)
    connection.execute(owed.delete().where(owed.c.turn.in_(select(turns.c.seq).where(old))))
    kept = (inbox.c.turn.is_not(None)) & (inbox.c.turn >= before)
    connection.execute(inbox.delete().where(inbox.c.conversation == conversation, ~kept))
    connection.execute(turns.delete().where(old))
    for ours in (vault, ratings, identities, promised):
        connection.execute(ours.delete().where(ours.c.conversation == conversation))


def _forget_trackers(connection: Connection, conversations: tuple[str, ...]) -> None:
    """Delete what a Rasa server remembers; it holds nothing in memory between two messages."""
    if inspect(connection).has_table(TRACKERS.name):
        overwrite(connection)
        connection.execute(delete(TRACKERS).where(TRACKERS.c.conversation.in_(conversations)))


def overwrite(connection: Connection) -> None:
    """Let SQLite zero what it deletes; PostgreSQL leaves that to VACUUM."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
