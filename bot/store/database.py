"""The way to all tables: opened and migrated at start-up, every failure told as StoreUnavailable.

A store method is a plain function of one Connection: a whole transaction. PostgreSQL runs it on asyncpg; SQLite runs it
in one thread of its own, because handing every single statement to a thread and back (aiosqlite) cost 3.7 ms a turn
where one hand-over per transaction costs 1.0 ms.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import Misconfigured, StoreUnavailable
from bot.store.migrate import upgrade

T = TypeVar("T")
Work = Callable[[Connection], T]
MIGRATION_DEADLINE = 60.0  # a grown table takes longer than a turn


class _Driver(Protocol):
    async def run(self, work: Work[T], *, writes: bool) -> T: ...

    async def forget(self) -> None: ...

    async def close(self) -> None: ...


class Database:
    """Runs transactions on SQLite (WAL) or PostgreSQL, each within a deadline."""

    def __init__(self, driver: _Driver, *, dialect: str, deadline: float) -> None:
        self._driver = driver
        self._deadline = deadline
        self.dialect = dialect

    @classmethod
    async def open(cls, url: str, *, deadline: float = 5.0, prepare: Work[None] = upgrade) -> "Database":
        """Connect, and bring the tables up to date by `prepare`.

        Raises Misconfigured, or StoreUnavailable, which names the address without its password.
        """
        address = _address(url)
        driver: _Driver
        if address.get_backend_name() == "sqlite":
            driver, dialect = _Sqlite(address.set(drivername="sqlite")), "sqlite"
        else:
            driver, dialect = _Postgres(address.set(drivername="postgresql+asyncpg"), deadline), "postgresql"
        database = cls(driver, dialect=dialect, deadline=deadline)
        try:
            await database._within(MIGRATION_DEADLINE, prepare, writes=True)
        except StoreUnavailable as error:
            await database.close()
            raise StoreUnavailable(f"数据库打不开:{address.render_as_string()} ({error})") from None
        return database

    async def close(self) -> None:
        await self._driver.close()

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a transaction that only reads."""
        return await self._within(self._deadline, work, writes=False)

    async def write(self, work: Work[T], *, deadline: float | None = None) -> T:
        """Run `work` in a transaction that is committed at its end, or leaves nothing behind."""
        return await self._within(deadline or self._deadline, work, writes=True)

    async def forget(self) -> None:
        """Leave nothing of what has been deleted in SQLite's write-ahead log; PostgreSQL recycles its own."""
        try:
            async with asyncio.timeout(self._deadline):
                await self._driver.forget()
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise StoreUnavailable(type(error).__name__) from None

    async def _within(self, deadline: float, work: Work[T], *, writes: bool) -> T:
        try:
            async with asyncio.timeout(deadline):
                return await self._driver.run(work, writes=writes)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:  # TimeoutError is an OSError
            cause = getattr(error, "orig", None) or error
            raise StoreUnavailable(type(cause).__name__) from None  # drivers quote values in their messages


class _Postgres:
    """A pool of asyncpg connections."""

    def __init__(self, address: URL, deadline: float) -> None:
        self._engine = create_async_engine(
            address, hide_parameters=True, pool_size=10, max_overflow=10, pool_timeout=deadline
        )

    async def run(self, work: Work[T], *, writes: bool) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def forget(self) -> None:
        """Nothing to do: the log of the server is not ours."""

    async def close(self) -> None:
        await self._engine.dispose()


class _Sqlite:
    """One connection in one thread; other processes are waited for through SQLite's own lock."""

    def __init__(self, address: URL) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        if address.database and address.database != ":memory:":
            _make_folder(Path(address.database).parent)
        engine = create_engine(address, hide_parameters=True, pool_size=1, max_overflow=0)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", self._begin)
        self._engine = engine
        self._connection: Connection | None = None  # kept open: taking one from the pool costs more than a statement
        self._writing = False

    async def run(self, work: Work[T], *, writes: bool) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, work, writes)

    async def forget(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._truncate_log)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._dispose)
        self._thread.shutdown()

    def _transaction(self, work: Work[T], writes: bool) -> T:
        connection, self._writing = self._open(), writes
        with connection.begin():
            return work(connection)

    def _begin(self, connection: Connection) -> None:
        """Take the write lock at once when writing: upgrading later fails instead of waiting for other processes."""
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if self._writing else "BEGIN")

    def _truncate_log(self) -> None:
        """Carry the write-ahead log into the file and empty it; while another process reads, that waits."""
        driver: Any = self._open().connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _dispose(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()


def file_of(url: str) -> Path | None:
    """Return the SQLite file behind a database address, None when it is a server; raises Misconfigured."""
    address = _address(url)
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise Misconfigured("store.url: not a database address") from None
    backend = address.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise Misconfigured(f"store.url: {backend} is not supported; use sqlite or postgresql")
    return address


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"store.url: cannot make the folder {folder}: {error.strerror}") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=4000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
