"""Keeps who a conversation has proved to be: level 2 for minutes, level 1 while the binding lasts."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from bot.messages import Identity
from bot.store.database import Database
from bot.store.schema import identities

FRESH = timedelta(minutes=10)  # DESIGN: a proof is fresh for ten minutes
PROVING = timedelta(minutes=10)


_KNOWN = select(identities).where(identities.c.conversation == bindparam("c"))


class SqlIdentities:
    """The Identities port."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def identity(self, conversation: str) -> Identity:
        now = self._now()
        row = await self._database.read(lambda connection: connection.execute(_KNOWN, {"c": conversation}).first())
        if row is None:
            return Identity()
        proving = bool(row.proving_until and row.proving_until > now)
        fresh = bool(row.fresh_until and row.fresh_until > now)
        if not fresh and not (row.bound_until and row.bound_until > now):
            return Identity(proving=proving)
        assurance = row.assurance if fresh else 1
        return Identity(subject=row.subject, assurance=assurance, proved_at=row.proved_at, proving=proving)

    async def proving(self, conversation: str, *, begun: bool) -> None:
        until = self._now() + PROVING if begun else None
        same = identities.c.conversation == conversation

        def work(connection: Connection) -> None:
            changed = connection.execute(identities.update().where(same).values(proving_until=until)).rowcount
            if begun and not changed:
                row = {"conversation": conversation, "subject": "", "assurance": 0, "proving_until": until}
                connection.execute(identities.insert(), row)

        await self._database.write(work)

    async def proved(self, conversation: str, subject: str, assurance: int, *, bound: timedelta) -> None:
        now = self._now()
        row = {
            "conversation": conversation,
            "subject": subject,
            "assurance": assurance,
            "proved_at": now,
            "fresh_until": now + FRESH,
            "bound_until": now + bound,
            "proving_until": None,
        }

        def work(connection: Connection) -> None:
            connection.execute(identities.delete().where(identities.c.conversation == conversation))
            connection.execute(identities.insert(), row)

        await self._database.write(work)

    async def forget(self, conversation: str) -> None:
        gone = identities.delete().where(identities.c.conversation == conversation)
        await self._database.write(lambda connection: connection.execute(gone))
