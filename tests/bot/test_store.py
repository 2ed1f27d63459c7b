"""The store on SQLite, and on PostgreSQL where one is at hand."""

import os
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.errors import Misconfigured, StoreUnavailable
from bot.store.database import Database, file_of
from bot.store.schema import metadata
from channels.wechat import store_schema
from tests.contracts.store import StoreContract, turn


class TestSqliteStore(StoreContract):
    async def database(self, tmp_path):
        return await Database.open(f"sqlite:///{tmp_path}/folder/jiajia.db")

    async def test_it_survives_a_restart(self, tmp_path, store):
        recorded = await store.append(turn())
        again = await Database.open(f"sqlite:///{tmp_path}/folder/jiajia.db")
        try:
            assert await type(store)(again).since("web-a", 0) == (recorded,)
        finally:
            await again.close()

    async def test_numbers_are_not_given_again_after_the_last_turn_is_deleted(self, tmp_path, store):
        first = await store.append(turn())
        with sqlite3.connect(f"{tmp_path}/folder/jiajia.db") as raw:
            raw.execute("DELETE FROM turns")
        raw.close()

        assert (await store.append(turn())).seq > first.seq

    async def test_a_locked_or_broken_file_is_store_unavailable(self, tmp_path, store):
        await store._database.write(lambda connection: connection.execute(text("DROP TABLE turns")))

        with pytest.raises(StoreUnavailable) as raised:
            await store.since("web-a", 0)

        assert str(raised.value) == "OperationalError"  # the class alone: drivers quote values


async def test_a_database_that_is_no_database_is_store_unavailable(tmp_path):
    (tmp_path / "no.db").write_text("这不是数据库" * 100)

    with pytest.raises(StoreUnavailable):
        await Database.open(f"sqlite:///{tmp_path}/no.db")


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://localhost/x"])
async def test_an_address_of_no_database_is_misconfigured(url):
    with pytest.raises(Misconfigured):
        await Database.open(url)


async def test_postgres_that_is_not_there_is_store_unavailable():
    with pytest.raises(StoreUnavailable):
        await Database.open("postgresql://nobody:nothing@127.0.0.1:1/none")


@pytest.mark.system
class TestPostgresStore(StoreContract):
    async def database(self, tmp_path):
        return await empty_postgres()


async def empty_postgres() -> Database:
    url = os.environ.get("JIAJIA_TEST_POSTGRES")
    if not url:
        pytest.skip("no PostgreSQL: set JIAJIA_TEST_POSTGRES=postgresql://user:password@host/database (it is emptied)")
    database = await Database.open(url)
    await database.write(lambda connection: connection.execute(text("TRUNCATE inbox, turns, vault, owed, ratings")))
    return database


def test_the_file_behind_an_address_is_known():
    assert file_of("sqlite:///var/jiajia.db") == Path("var/jiajia.db")
    assert file_of("postgresql://u@h/d") is None


async def test_the_code_of_today_and_the_migrations_agree(tmp_path):
    """Alembic finds nothing left to do between the migrated tables and the schema of the heart and of WeChat."""
    assert store_schema.receipts.metadata is metadata
    database = await Database.open(f"sqlite:///{tmp_path}/jiajia.db")

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    try:
        assert await database.read(differences) == []
    finally:
        await database.close()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Misconfigured, match=r"store\.url"):
        await Database.open(f"sqlite:///{tmp_path}/file/below/jiajia.db")
