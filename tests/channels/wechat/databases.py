"""A database of one's own: a SQLite file, or one on the server that JIAJIA_TEST_POSTGRES names."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

MISSING = "no PostgreSQL: set JIAJIA_TEST_POSTGRES=postgresql://user:password@host/database"


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of an empty database: `sqlite` in a folder, or `postgresql`."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'jiajia.db'}"
        return
    async with postgres() as url:
        yield url


@asynccontextmanager
async def postgres() -> AsyncIterator[str]:
    """A new database on the test server, dropped at the end."""
    server = os.environ.get("JIAJIA_TEST_POSTGRES")
    if not server:
        pytest.skip(MISSING)
    name = f"wechat_{secrets.token_hex(6)}"
    engine = create_async_engine(make_url(server).set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        async with engine.connect() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        await engine.dispose()
