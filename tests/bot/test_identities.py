"""Proofs age: fresh for minutes, bound for days, gone when forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.messages import Identity
from bot.store.database import Database
from bot.store.erasing import SqlErasing
from bot.store.identities import SqlIdentities
from tests.bot.heart import heart, message
from tests.fakes import FakeClock

MINUTE, DAY = 60, 86_400


@pytest.fixture
async def kept(tmp_path):
    clock = FakeClock()
    database = await Database.open(f"sqlite:///{tmp_path / 'identities.db'}")
    yield SqlIdentities(database, clock), clock
    await database.close()


async def test_a_proof_is_fresh_then_bound_then_gone(kept):
    identities, clock = kept
    proved_at = clock()
    await identities.proved("web-a", "p1", 2, bound=timedelta(days=30))

    fresh = await identities.identity("web-a")
    clock.forward(11 * MINUTE)
    bound = await identities.identity("web-a")
    clock.forward(31 * DAY)
    gone = await identities.identity("web-a")

    assert fresh == Identity(subject="p1", assurance=2, proved_at=proved_at)
    assert bound == Identity(subject="p1", assurance=1, proved_at=proved_at)
    assert gone == Identity()


async def test_what_is_not_bound_is_gone_when_it_is_old(kept):
    identities, clock = kept
    await identities.proved("phone-a", "p1", 2, bound=timedelta())
    clock.forward(11 * MINUTE)

    assert await identities.identity("phone-a") == Identity()


async def test_waiting_for_a_secret_ends_with_the_proof_a_cancel_or_time(kept):
    identities, clock = kept
    seen = []
    await identities.proving("web-a", begun=True)
    seen.append((await identities.identity("web-a")).proving)
    await identities.proving("web-a", begun=False)
    seen.append((await identities.identity("web-a")).proving)
    await identities.proving("web-a", begun=True)
    await identities.proved("web-a", "p1", 2, bound=timedelta(days=30))
    seen.append((await identities.identity("web-a")).proving)
    await identities.proving("web-a", begun=True)
    seen.append(await identities.identity("web-a"))
    clock.forward(11 * MINUTE)
    seen.append((await identities.identity("web-a")).proving)

    assert (seen[:3], seen[3].assurance, seen[3].proving, seen[4]) == ([True, False, False], 2, True, False)


async def test_forgetting_is_for_one_conversation(kept):
    identities, _ = kept
    await identities.proved("web-a", "p1", 2, bound=timedelta(days=30))
    await identities.proved("web-b", "p2", 2, bound=timedelta(days=30))

    await identities.forget("web-a")

    assert [(await identities.identity(one)).subject for one in ("web-a", "web-b")] == ["", "p2"]


async def test_erasing_reaches_rasas_tracker_and_nobody_elses(tmp_path):
    ours = await Database.open(f"sqlite:///{tmp_path / 'jiajia.db'}")
    tracker = await Database.open(f"sqlite:///{tmp_path / 'tracker.db'}", prepare=_trackers)

    await SqlErasing(ours, tracker).erase("web-a", before=1)

    left = await tracker.read(
        lambda connection: connection.execute(text("SELECT conversation FROM conversations")).all()
    )
    assert [row.conversation for row in left] == ["web-b"]
    assert b"what a said" not in b"".join(file.read_bytes() for file in tmp_path.glob("tracker.db*"))
    await ours.close()
    await tracker.close()


async def test_erasing_a_known_person_reaches_their_other_doors_and_nobody_elses(tmp_path):
    ours = await Database.open(f"sqlite:///{tmp_path / 'jiajia.db'}")
    tracker = await Database.open(f"sqlite:///{tmp_path / 'tracker.db'}", prepare=_trackers)
    known = SqlIdentities(ours, FakeClock())
    for conversation, subject in (("wechat-a", "p1"), ("web-a", "p1"), ("web-b", "p2")):
        await known.proved(conversation, subject, 2, bound=timedelta(days=30))

    await SqlErasing(ours, tracker).erase("wechat-a", before=1, subject="p1")

    left = await tracker.read(
        lambda connection: connection.execute(text("SELECT conversation FROM conversations")).all()
    )
    subjects = [(await known.identity(one)).subject for one in ("wechat-a", "web-a", "web-b")]
    assert ([row.conversation for row in left], subjects) == (["web-b"], ["", "", "p2"])
    await ours.close()
    await tracker.close()


async def test_erasing_before_rasa_ever_started_is_no_failure(tmp_path):
    ours = await Database.open(f"sqlite:///{tmp_path / 'jiajia.db'}")
    tracker = await Database.open(f"sqlite:///{tmp_path / 'tracker.db'}", prepare=lambda _: None)

    await SqlErasing(ours, tracker).erase("web-a", before=1)

    await ours.close()
    await tracker.close()


def _trackers(connection):
    """As bot.rasa_parts.tracker_store.StateTrackerStore keeps them."""
    connection.execute(text("CREATE TABLE conversations (conversation VARCHAR(255) PRIMARY KEY, state TEXT)"))
    for sender in ("web-a", "web-b"):
        row = {"sender": sender, "data": f"what {sender[-1]} said"}
        connection.execute(text("INSERT INTO conversations (conversation, state) VALUES (:sender, :data)"), row)


async def test_what_was_erased_is_in_no_byte_of_the_database_and_its_log(tmp_path):
    async with heart(tmp_path) as home:
        turn = await home.conversation.handle(message("湟水河边那栋蓝色小楼"))
        database = await Database.open(f"sqlite:///{home.path}")

        await SqlErasing(database).erase(turn.conversation, before=turn.seq + 1)

        disk = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("jiajia.db"))
        assert "湟水河边".encode() not in disk
        assert await home.store.since(turn.conversation, 0) == ()
        await database.close()
