"""Receipts over several processes: one chooses, one owns, the dead are inherited, witnesses are believed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.store.database import Database
from channels.wechat.lease_store import Leases
from channels.wechat.receipt_store import Receipts
from channels.wechat.receipts import Key, State, Way
from channels.wechat.sending_store import Sendings
from channels.wechat.store_rows import Owner
from tests.fakes import FakeClock

KEY = Key(conversation="c", message_id="1")
LATER = Key(conversation="d", message_id="2")
TODAY = 1_795_000_000  # WeChat's seconds


@dataclass(frozen=True, kw_only=True)
class Process:
    """One gateway's view of the shared tables."""

    receipts: Receipts
    sendings: Sendings
    leases: Leases


@pytest.fixture
def clock():
    return FakeClock()


@asynccontextmanager
async def process(url: str, clock: FakeClock, name: str) -> AsyncIterator[Process]:
    database = await Database.open(url)
    owner = Owner(name=name, lease=timedelta(seconds=20), now=clock)
    stores = (kind(database, owner) for kind in (Receipts, Sendings, Leases))
    try:
        yield Process(**dict(zip(("receipts", "sendings", "leases"), stores, strict=True)))
    finally:
        await database.close()


@pytest.fixture
async def ours(database_url, clock):
    async with process(database_url, clock, "ours") as running:
        yield running


@pytest.fixture
async def theirs(database_url, clock):
    async with process(database_url, clock, "theirs") as running:
        yield running


async def test_deliveries_are_counted_from_the_first_wherever_they_arrive(ours, theirs, clock):
    first = await ours.receipts.receive(KEY, b"x", TODAY + 1)
    clock.forward(5)
    second = await theirs.receipts.receive(KEY, b"x", TODAY + 1)

    assert (first.deliveries, second.deliveries) == (1, 2)
    assert second.received_at == first.received_at


async def test_only_one_chooses(ours, theirs):
    await ours.receipts.receive(KEY, b"x", TODAY + 1)

    assert await ours.receipts.decide(KEY, State.OWED) == (True, State.OWED)
    assert await theirs.receipts.decide(KEY, State.PASSIVE) == (False, State.OWED)


async def test_only_the_owner_sends_and_only_once_at_a_time(ours, theirs):
    await ours.receipts.receive(KEY, b"x", TODAY + 1)
    await ours.receipts.decide(KEY, State.OWED)

    assert await theirs.sendings.begin(KEY, 0, doubtful=None) is None
    assert await ours.sendings.begin(KEY, 0, doubtful=None) is not None
    assert await ours.sendings.begin(KEY, 0, doubtful=None) is None


async def test_what_is_worked_on_is_kept_and_what_was_dropped_is_inherited(ours, theirs, clock):
    await ours.receipts.receive(KEY, b"x", TODAY + 1)
    with ours.leases.working(KEY):
        clock.forward(15)
        await ours.leases.renew()
        clock.forward(15)
        kept = await theirs.leases.orphans(since=clock())
    await ours.leases.renew()
    clock.forward(21)
    (inherited,) = await theirs.leases.orphans(since=clock())

    assert kept == ()
    assert (inherited.state, inherited.parts_sent) == (State.OWED, 0)


async def test_a_part_whose_fate_is_unknown_is_inherited_with_its_doubt(ours, theirs, clock):
    await ours.receipts.receive(KEY, b"x", TODAY + 1)
    await ours.receipts.decide(KEY, State.OWED)
    begun = await ours.sendings.begin(KEY, 0, doubtful=None)
    clock.forward(21)
    (inherited,) = await theirs.leases.orphans(since=clock())

    assert inherited.sending_at == begun
    assert await theirs.sendings.begin(KEY, 0, doubtful=None) is None
    assert await theirs.sendings.begin(KEY, 0, doubtful=inherited.sending_at) is not None


async def test_an_unconfirmed_reply_has_arrived_for_a_process_that_was_there(ours, theirs, clock):
    started = clock()
    clock.forward(1)
    await ours.receipts.replying(await ours.receipts.receive(KEY, b"x", TODAY + 1))
    clock.forward(21)
    (inherited,) = await theirs.leases.orphans(since=started)

    assert inherited.parts_sent == 1


async def test_an_unconfirmed_reply_has_arrived_when_later_messages_did(ours, theirs, clock):
    await ours.receipts.replying(await ours.receipts.receive(KEY, b"x", TODAY + 1))
    clock.forward(5)
    await ours.receipts.receive(LATER, b"y", TODAY + 1)
    clock.forward(18)
    inherited = {row.key: row.parts_sent for row in await theirs.leases.orphans(since=clock())}

    assert inherited[KEY] == 1


async def test_an_unconfirmed_reply_has_not_arrived_when_wechat_delivered_again(ours, theirs, clock):
    read = await ours.receipts.receive(KEY, b"x", TODAY + 7)
    await ours.receipts.replying(read)
    await theirs.receipts.receive(KEY, b"x", TODAY + 7)
    clock.forward(5)
    await ours.receipts.receive(LATER, b"y", TODAY + 12)
    clock.forward(18)
    inherited = {row.key: row.parts_sent for row in await theirs.leases.orphans(since=clock())}

    assert inherited[KEY] == 0


async def test_an_earlier_delivery_read_late_proves_nothing(ours, theirs):
    late = await ours.receipts.receive(KEY, b"x", TODAY + 12)
    await ours.receipts.replying(late)
    await ours.receipts.replied(KEY, 1)
    earlier = await theirs.receipts.receive(KEY, b"x", TODAY + 7)

    assert not await theirs.receipts.disproved(earlier)
    assert await theirs.receipts.disproved(await theirs.receipts.receive(KEY, b"x", TODAY + 12))


async def test_an_unconfirmed_reply_without_a_witness_is_sent_again_after_three_leases(ours, theirs, clock):
    await ours.receipts.replying(await ours.receipts.receive(KEY, b"x", TODAY + 1))
    clock.forward(21)
    soon = await theirs.leases.orphans(since=clock())
    clock.forward(61)
    (late,) = await theirs.leases.orphans(since=clock())

    assert (soon, late.parts_sent) == ((), 0)


async def test_what_was_held_rides_with_the_next_message_and_is_settled_when_that_arrived(ours, clock):
    await ours.receipts.receive(KEY, b"x", TODAY + 1)
    await ours.receipts.decide(KEY, State.OWED)
    await ours.sendings.begin(KEY, 0, doubtful=None)
    await ours.sendings.ended(KEY, 0, way=Way.MESSAGE, code=45047, state=State.HELD)
    next_key = Key(conversation="c", message_id="2")
    carrier = await ours.receipts.receive(next_key, b"y", TODAY + 1)
    (held,) = await ours.sendings.carried(next_key)
    await ours.receipts.replying(carrier)
    await ours.receipts.replied(next_key, 1)
    await ours.leases.settle_riders()
    still = await ours.sendings.carried(next_key)
    clock.forward(21)
    await ours.leases.settle_riders()

    assert (carrier.carries, held.key, [row.key for row in still]) == (True, KEY, [KEY])
    assert await ours.sendings.carried(next_key) == ()


async def test_only_what_is_long_settled_is_forgotten_and_what_nobody_came_for_is_given_up(ours, clock):
    held, other = Key(conversation="h", message_id="1"), Key(conversation="o", message_id="1")
    for key, state in ((KEY, State.REPLIED), (held, State.HELD), (other, State.OWED)):
        await ours.receipts.receive(key, b"x", TODAY + 1)
        await ours.receipts.decide(key, state)
    clock.forward(10)
    await ours.receipts.receive(LATER, b"y", TODAY + 1)
    await ours.leases.forget(clock() - timedelta(seconds=5))

    assert (await ours.receipts.receive(KEY, b"x", TODAY + 1)).deliveries == 1
    assert (await ours.receipts.receive(LATER, b"y", TODAY + 1)).deliveries == 2
    assert await ours.receipts.decide(held, State.OWED) == (False, State.UNDELIVERED)
    assert await ours.receipts.decide(other, State.HELD) == (False, State.OWED)


async def test_what_rides_with_a_message_that_is_held_rides_on_with_the_one_after(ours):
    keys = [Key(conversation="c", message_id=str(number)) for number in range(3)]
    for key in keys[:2]:
        await ours.receipts.receive(key, b"x", TODAY + 1)
        await ours.receipts.decide(key, State.HELD)
    last = await ours.receipts.receive(keys[2], b"z", TODAY + 1)

    assert last.carries
    assert [row.key for row in await ours.sendings.carried(keys[2])] == keys[:2]
