"""Remembers the proofs of plain-mode deliveries: they do not cover the body, so one proof may carry one body only."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database
from channels.wechat.store_schema import proofs

KEPT = timedelta(minutes=15)  # three times as long as a timestamp counts as fresh


class Replays:
    """The replay memory of all processes."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._insert = (sqlite if database.dialect == "sqlite" else postgresql).insert(proofs)

    async def first_or_same(self, proof: str, body: str) -> bool:
        """Tell whether this proof is new or came with the same body (a redelivery); raises StoreUnavailable."""
        now = self._now()
        new = self._insert.values(proof=proof, body=body, seen_at=now).on_conflict_do_nothing()
        known = select(proofs.c.body).where(proofs.c.proof == proof)

        def work(connection: Connection) -> bool:
            connection.execute(proofs.delete().where(proofs.c.seen_at < now - KEPT))
            connection.execute(new)
            return bool(connection.execute(known).scalar_one() == body)

        return await self._database.write(work)
