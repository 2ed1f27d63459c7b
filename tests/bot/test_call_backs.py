"""Wishes to be called: kept sealed, told to the agents, gone once fulfilled."""

import pytest

from bot.seal import Seal
from bot.store.call_backs import SqlCallBacks, Wish
from bot.store.database import Database
from tests.fakes import FakeClock

DAY = 86_400
PHONE = "13800001111"


@pytest.fixture
async def kept(tmp_path):
    clock = FakeClock()
    database = await Database.open(f"sqlite:///{tmp_path / 'wishes.db'}")
    yield SqlCallBacks(database, Seal("a secret of sixteen"), clock), clock
    await database.close()


async def test_a_wish_waits_until_it_is_fulfilled(kept):
    wishes, clock = kept
    await wishes.note("phone-a", PHONE, "问:租房")
    await wishes.note("phone-b", "09718223344", "问:贷款")

    first, second = await wishes.waiting()
    fulfilled = await wishes.called(first.id)
    again = await wishes.called(first.id)

    assert first == Wish(id=first.id, phone=PHONE, summary="问:租房", noted_at=clock())
    assert (fulfilled, again) == (True, False)
    assert await wishes.waiting() == (second,)


async def test_a_call_has_one_wish_the_last_one(kept):
    wishes, _ = kept

    await wishes.note("phone-a", PHONE, "问:租房")
    await wishes.note("phone-a", "13900002222", "问:租房")

    assert [wish.phone for wish in await wishes.waiting()] == ["13900002222"]


async def test_a_wish_is_forgotten_after_a_month(kept):
    wishes, clock = kept
    await wishes.note("phone-a", PHONE, "问:租房")

    clock.forward(31 * DAY)
    await wishes.note("phone-b", "13900002222", "问:贷款")

    assert [wish.phone for wish in await wishes.waiting()] == ["13900002222"]


async def test_the_number_is_in_no_file(kept, tmp_path):
    wishes, _ = kept
    await wishes.note("phone-a", PHONE, "问:租房")

    assert PHONE.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
