"""Receipts over several processes: one chooses, one owns, the dead are inherited, witnesses are believed."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.store.database import Database
from channels.wechat.receipt_store import Receipts
from channels.wechat.receipts import Key, State, Way
from tests.fakes import FakeClock

KEY = Key(conversation="c", message_id="1")
LATER = Key(conversation="d", message_id="2")


@pytest.fixture
def clock():
    return FakeClock()


@asynccontextmanager
async def process(folder, clock, owner):
    database = await Database.open(f"sqlite:///{folder / 'jiajia.db'}")
    try:
        yield Receipts(database, owner=owner, lease=timedelta(seconds=20), now=clock)
    finally:
        await database.close()


@pytest.fixture
async def ours(tmp_path, clock):
    async with process(tmp_path, clock, "ours") as receipts:
        yield receipts


@pytest.fixture
async def theirs(tmp_path, clock):
    async with process(tmp_path, clock, "theirs") as receipts:
        yield receipts


async def test_deliveries_are_counted_from_the_first_wherever_they_arrive(ours, theirs, clock):
    first = await ours.receive(KEY, b"x")
    clock.forward(5)
    second = await theirs.receive(KEY, b"x")

    assert (first.deliveries, second.deliveries) == (1, 2)
    assert second.received_at == first.received_at


async def test_only_one_chooses(ours, theirs):
    await ours.receive(KEY, b"x")

    assert await ours.decide(KEY, State.OWED) == (True, State.OWED)
    assert await theirs.decide(KEY, State.PASSIVE) == (False, State.OWED)


async def test_only_the_owner_sends_and_only_once_at_a_time(ours, theirs):
    await ours.receive(KEY, b"x")
    await ours.decide(KEY, State.OWED)

    assert await theirs.begin(KEY, 0, doubtful=None) is None
    assert await ours.begin(KEY, 0, doubtful=None) is not None
    assert await ours.begin(KEY, 0, doubtful=None) is None


async def test_what_is_worked_on_is_kept_and_what_was_dropped_is_inherited(ours, theirs, clock):
    await ours.receive(KEY, b"x")
    with ours.working(KEY):
        clock.forward(15)
        await ours.renew()
        clock.forward(15)
        kept = await theirs.orphans(since=clock())
    await ours.renew()
    clock.forward(21)
    (inherited,) = await theirs.orphans(since=clock())

    assert kept == ()
    assert (inherited.state, inherited.parts_sent) == (State.OWED, 0)


async def test_a_part_whose_fate_is_unknown_is_inherited_with_its_doubt(ours, theirs, clock):
    await ours.receive(KEY, b"x")
    await ours.decide(KEY, State.OWED)
    begun = await ours.begin(KEY, 0, doubtful=None)
    clock.forward(21)
    (inherited,) = await theirs.orphans(since=clock())

    assert inherited.sending_at == begun
    assert await theirs.begin(KEY, 0, doubtful=None) is None
    assert await theirs.begin(KEY, 0, doubtful=inherited.sending_at) is not None


async def test_an_unconfirmed_reply_has_arrived_for_a_process_that_was_there(ours, theirs, clock):
    started = clock()
    clock.forward(1)
    await ours.receive(KEY, b"x")
    await ours.decide(KEY, State.PASSIVE)
    clock.forward(21)
    (inherited,) = await theirs.orphans(since=started)

    assert inherited.parts_sent == 1


async def test_an_unconfirmed_reply_has_arrived_when_later_messages_did(ours, theirs, clock):
    await ours.receive(KEY, b"x")
    await ours.decide(KEY, State.PASSIVE)
    clock.forward(5)
    await ours.receive(LATER, b"y")
    clock.forward(18)
    inherited = {row.key: row.parts_sent for row in await theirs.orphans(since=clock())}

    assert inherited[KEY] == 1


async def test_an_unconfirmed_reply_without_a_witness_is_sent_again_after_three_leases(ours, theirs, clock):
    await ours.receive(KEY, b"x")
    await ours.decide(KEY, State.PASSIVE)
    clock.forward(21)
    soon = await theirs.orphans(since=clock())
    clock.forward(61)
    (late,) = await theirs.orphans(since=clock())

    assert (soon, late.parts_sent) == ((), 0)


async def test_what_was_held_rides_with_the_next_message_and_is_settled_with_it(ours):
    await ours.receive(KEY, b"x")
    await ours.decide(KEY, State.OWED)
    await ours.begin(KEY, 0, doubtful=None)
    await ours.ended(KEY, 0, way=Way.MESSAGE, code=45047, state=State.HELD)
    next_key = Key(conversation="c", message_id="2")
    carrier = await ours.receive(next_key, b"y")
    (held,) = await ours.carried(next_key)
    await ours.decide(next_key, State.PASSIVE)
    await ours.replied(next_key, 1)

    assert (carrier.carries, held.key) == (True, KEY)
    assert await ours.carried(next_key) == ()


async def test_what_rides_with_a_message_that_is_held_rides_on_with_the_one_after(ours):
    keys = [Key(conversation="c", message_id=str(number)) for number in range(3)]
    for key in keys[:2]:
        await ours.receive(key, b"x")
        await ours.decide(key, State.HELD)
    last = await ours.receive(keys[2], b"z")

    assert last.carries
    assert [row.key for row in await ours.carried(keys[2])] == keys[:2]
