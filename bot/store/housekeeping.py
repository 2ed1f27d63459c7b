"""Deletes what is older than an installation keeps: conversations, what hangs on them, and Rasa's memory of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, func, inspect, or_, select

from bot.store.database import Database
from bot.store.erasing import TRACKERS, overwrite
from bot.store.schema import identities, inbox, owed, promised, ratings, turns, vault

_A_DAY = timedelta(days=1)  # of rows at a time, so that nobody waits for a long transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """A table whose rows are as old as one of its columns says."""

    table: Table
    at: Column[Any]


OURS = (
    Aged(table=turns, at=turns.c.taken_at),
    Aged(table=owed, at=owed.c.made_at),
    Aged(table=ratings, at=ratings.c.rated_at),
    Aged(table=inbox, at=inbox.c.lease_until),
    Aged(table=vault, at=vault.c.expires_at),
    Aged(table=promised, at=promised.c.lease_until),
)


class SqlHousekeeping:
    """Sweeps our tables, the `further` ones a door keeps, and the database in which Rasa remembers."""

    def __init__(self, database: Database, tracker: Database | None = None, *, further: tuple[Aged, ...] = ()) -> None:
        self._database = database
        self._tracker = tracker
        self._aged = (*OURS, *further)

    async def sweep(self, before: datetime) -> int:
        """Delete every row older than `before` and return how many; raises StoreUnavailable."""
        gone = 0
        for aged in self._aged:
            while deleted := await self._database.write(partial(_a_day, aged=aged, before=before)):
                gone += deleted
        gone += await self._database.write(lambda connection: _proofs(connection, before))
        if self._tracker is not None:
            gone += await self._tracker.write(lambda connection: _trackers(connection, before))
        return gone


def _a_day(connection: Connection, *, aged: Aged, before: datetime) -> int:
    overwrite(connection)
    oldest = connection.execute(select(func.min(aged.at, type_=aged.at.type))).scalar()
    if oldest is None or oldest >= before:
        return 0
    return connection.execute(delete(aged.table).where(aged.at < min(oldest + _A_DAY, before))).rowcount


def _proofs(connection: Connection, before: datetime) -> int:
    """Forget who a conversation had proved to be, once no proof of it holds."""
    until = (identities.c.fresh_until, identities.c.bound_until, identities.c.proving_until)
    over = [or_(moment.is_(None), moment <= before) for moment in until]
    return connection.execute(delete(identities).where(*over)).rowcount


def _trackers(connection: Connection, before: datetime) -> int:
    if not inspect(connection).has_table(TRACKERS.name):
        return 0
    overwrite(connection)
    return connection.execute(delete(TRACKERS).where(TRACKERS.c.said_at < before.timestamp())).rowcount
