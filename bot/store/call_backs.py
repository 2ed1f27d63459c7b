"""Whom to call when people answer again: numbers sealed, gone once called, or after a month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.seal import Seal
from bot.store.database import Database
from bot.store.schema import call_backs

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A wish to be called; `phone` is empty when another secret sealed it."""

    id: int
    phone: str
    summary: str
    noted_at: datetime


class SqlCallBacks:
    """The CallBacks port, and what the agents' side does with it. Every method raises StoreUnavailable."""

    def __init__(self, database: Database, seal: Seal, now: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._now = now

    async def note(self, conversation: str, phone: str, summary: str) -> None:
        """Keep a wish; a second one of the same call replaces the first."""
        now = self._now()
        row = {
            "conversation": conversation,
            "sealed": self._seal.close(phone),
            "summary": summary,
            "noted_at": now,
        }

        def work(connection: Connection) -> None:
            old = (call_backs.c.conversation == conversation) | (call_backs.c.noted_at < now - KEPT)
            connection.execute(call_backs.delete().where(old))
            connection.execute(call_backs.insert(), row)

        await self._database.write(work)

    async def waiting(self) -> tuple[Wish, ...]:
        """Return who waits to be called, longest first."""
        query = select(call_backs).order_by(call_backs.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple(
            Wish(id=row.id, phone=self._seal.open(row.sealed) or "", summary=row.summary, noted_at=row.noted_at)
            for row in rows
        )

    async def called(self, wish: int) -> bool:
        """Forget a wish that was fulfilled; False when there is none of this number."""
        gone = call_backs.delete().where(call_backs.c.id == wish)
        return bool(await self._database.write(lambda connection: connection.execute(gone).rowcount))
