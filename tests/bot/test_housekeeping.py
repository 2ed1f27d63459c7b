"""What is older than an installation keeps is deleted everywhere, and nothing younger is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.seal import Seal
from bot.store import SqlStore
from bot.store.database import Database
from bot.store.housekeeping import Aged, SqlHousekeeping
from bot.store.identities import SqlIdentities
from bot.store.ratings import SqlRatings
from bot.store.schema import metadata
from bot.store.vault_rows import VaultRows
from bot.vault import EncryptedVault
from channels.wechat.store_schema import proofs
from tests.contracts.store import turn
from tests.fakes import FakeClock

KEEP = timedelta(days=180)
KEPT = ("identities", "inbox", "owed", "ratings", "turns", "vault")

BOUND = timedelta(days=30)


@pytest.fixture
async def database(tmp_path):
    database = await Database.open(f"sqlite:///{tmp_path}/jiajia.db")
    yield database
    await database.close()


async def visit(database: Database, clock: FakeClock, conversation: str) -> None:
    """One citizen leaves a row in every table."""
    store = SqlStore(database)
    await store.claim(conversation, "m1", "me", clock(), clock() + timedelta(seconds=30))
    recorded = await store.record(turn(conversation=conversation, text=f"问的{conversation}", taken_at=clock()), "me")
    late = turn("m1", conversation=conversation, taken_at=clock())
    await store.append(late, recipient=b"sealed")
    await SqlRatings(database, clock).rate(conversation, recorded.seq, 5)
    await SqlIdentities(database, clock).proved(conversation, "p1", 2, bound=BOUND)
    vault = EncryptedVault(rows=VaultRows(database), seal=Seal("k" * 32), keep=timedelta(hours=2), now=clock)
    await vault.put(conversation, "手机号", "13800000000")


async def counted(database: Database) -> dict[str, int]:
    def work(connection):
        return {
            name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar() for name in KEPT
        }

    return await database.read(work)


async def test_nothing_is_left_of_an_old_conversation_and_everything_of_a_young_one(database, tmp_path):
    clock = FakeClock()
    await visit(database, clock, "web-old")
    clock.forward((KEEP + BOUND).total_seconds())
    await visit(database, clock, "web-young")
    whole = await counted(database)

    await SqlHousekeeping(database).sweep(clock() - KEEP)

    left = await counted(database)
    assert left == {name: rows // 2 for name, rows in whole.items()}
    assert [one.text for one in await SqlStore(database).since("web-young", 0)] == ["问的web-young", "问"]
    assert await SqlStore(database).since("web-old", 0) == ()


async def test_what_was_deleted_is_not_left_in_the_files(database, tmp_path):
    clock = FakeClock()
    await visit(database, clock, "web-old")

    await SqlHousekeeping(database).sweep(clock() + timedelta(days=365))
    await database.forget()

    assert "问的web-old".encode() not in b"".join(file.read_bytes() for file in tmp_path.glob("jiajia.db*"))


async def test_a_proof_that_still_holds_outlives_its_conversation(database):
    clock = FakeClock()
    await visit(database, clock, "web-bound")

    await SqlHousekeeping(database).sweep(clock() + timedelta(days=1))

    assert (await SqlIdentities(database, clock).identity("web-bound")).subject == "p1"
    assert (await counted(database))["turns"] == 0


async def test_what_rasa_remembers_is_swept_too(database, tmp_path):
    clock = FakeClock()
    trackers = await Database.open(
        f"sqlite:///{tmp_path}/tracker.db", prepare=lambda connection: _remember(connection, clock)
    )

    gone = await SqlHousekeeping(database, trackers).sweep(clock() - KEEP)

    left = await trackers.read(
        lambda connection: connection.execute(text("SELECT conversation FROM conversations")).all()
    )
    assert (gone, [row.conversation for row in left]) == (1, ["web-young"])
    await trackers.close()


async def test_before_rasa_ever_started_there_is_nothing_to_sweep(database, tmp_path):
    trackers = await Database.open(f"sqlite:///{tmp_path}/tracker.db", prepare=lambda _: None)

    assert await SqlHousekeeping(database, trackers).sweep(FakeClock()()) == 0

    await trackers.close()


async def test_a_door_s_own_tables_are_swept_by_their_own_age(database):
    clock = FakeClock()
    row = {"proof": "p", "body": "b", "seen_at": clock()}
    await database.write(lambda connection: connection.execute(proofs.insert(), row))

    gone = await SqlHousekeeping(database, further=(Aged(table=proofs, at=proofs.c.seen_at),)).sweep(clock() + KEEP)

    assert gone == 1


def _remember(connection, clock):
    """As rasa_parts.tracker_store.StateTrackerStore keeps them."""
    connection.execute(
        text("CREATE TABLE conversations (conversation VARCHAR(255) PRIMARY KEY, said_at DOUBLE PRECISION)")
    )
    for name, age in (("web-old", KEEP + timedelta(days=1)), ("web-young", timedelta(0))):
        row = {"name": name, "at": (clock() - age).timestamp()}
        connection.execute(text("INSERT INTO conversations VALUES (:name, :at)"), row)
