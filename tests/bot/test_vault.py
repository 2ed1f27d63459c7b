"""The encrypted vault, on both databases."""

import sqlite3
from datetime import timedelta

import pytest

from bot.errors import Misconfigured
from bot.seal import Seal, kept_secret
from bot.store.database import Database
from bot.store.vault_rows import VaultRows
from bot.vault import EncryptedVault
from tests.bot.test_store import empty_postgres
from tests.contracts.vault import VaultContract

SECRET = "a secret for tests only"


class TestSqliteVault(VaultContract):
    @pytest.fixture
    async def held(self, tmp_path, clock):
        database = await Database.open(f"sqlite:///{tmp_path}/v.db")
        yield EncryptedVault(rows=VaultRows(database), seal=Seal(SECRET), keep=timedelta(hours=1), now=clock)
        await database.close()

    async def test_no_value_lies_in_the_file_in_clear(self, tmp_path, held):
        await held.put("web-a", "手机号", "13800138000")

        files = [path.read_bytes() for path in tmp_path.iterdir()]

        assert not any(b"13800138000" in raw for raw in files)

    async def test_an_expired_value_is_wiped_from_the_table(self, tmp_path, held, clock):
        await held.put("web-a", "手机号", "13800138000")
        clock.forward(3601)
        await held.put("web-b", "手机号", "13900139000")

        with sqlite3.connect(tmp_path / "v.db") as raw:
            rows = raw.execute("SELECT digest, sealed FROM vault WHERE conversation = 'web-a'").fetchall()
        raw.close()

        assert rows == [(None, None)]


@pytest.mark.system
class TestPostgresVault(VaultContract):
    @pytest.fixture
    async def held(self, tmp_path, clock):
        database = await empty_postgres()
        yield EncryptedVault(rows=VaultRows(database), seal=Seal(SECRET), keep=timedelta(hours=1), now=clock)
        await database.close()


def test_another_secret_opens_nothing():
    assert Seal("another secret, long").open(Seal(SECRET).close("13800138000")) is None


def test_digests_need_the_secret_and_keep_parts_apart():
    digests = {
        Seal(SECRET).digest("a", "bc"),
        Seal(SECRET).digest("ab", "c"),
        Seal("another secret, long").digest("a", "bc"),
    }

    assert len(digests) == 3
    assert all(set(digest) <= set("abcdefghijklmnopqrstuvwxyz234567") for digest in digests)


def test_a_short_secret_stops_the_start():
    with pytest.raises(Misconfigured, match="JIAJIA_SECRET_KEY"):
        Seal("short")


def test_a_kept_secret_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "folder" / "secret"
    first = kept_secret(path)

    assert kept_secret(path) == first
    assert len(first) >= 32
    assert path.stat().st_mode & 0o077 == 0
