"""What every store must hold. Subclass and provide `database()`."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Button, Card, ChannelName, Handoff, Outcome, Reply, Row, Source, Stage, Turn
from bot.store import Claim, SqlStore
from bot.store.database import Database

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)


def turn(message_id: str = "m1", *, conversation: str = "web-a", text: str = "问", **more) -> Turn:
    fields = {"replies": (Reply(text="答"),), "outcome": Outcome.ANSWERED, "taken_at": NOW} | more
    return Turn(conversation=conversation, channel=ChannelName.WEB, message_id=message_id, text=text, **fields)


FULL = Reply(
    text="答",
    cards=(Card(title="题", rows=(Row(label="甲", value="乙"),), link="https://example.org", kind="link"),),
    buttons=(Button(label="一", payload="/a"), Button(label="二", payload='/b{"c":"d"}')),
    spoken="说",
    robot="机",
    private=True,
    handoff=Handoff(reason="r", summary="s"),
    sources=(Source(title="源", issuer="中心", doc_no="建金〔2018〕45号", date="2026-09", confidence="V2"),),
)


class StoreContract:
    """Inbox and transcript."""

    async def database(self, tmp_path) -> Database:
        raise NotImplementedError

    @pytest.fixture
    async def store(self, tmp_path):
        database = await self.database(tmp_path)
        yield SqlStore(database)
        await database.close()

    async def test_a_new_message_is_mine(self, store):
        claimed = await store.claim("web-a", "m1", "me", NOW, LATER)

        assert (claimed.claim, claimed.turn, claimed.buttons) == (Claim.MINE, None, ())

    async def test_of_many_claims_at_once_one_wins(self, store):
        claims = await asyncio.gather(*(store.claim("web-a", "m1", f"p{n}", NOW, LATER) for n in range(20)))

        assert sorted(claimed.claim for claimed in claims) == [Claim.ELSEWHERE] * 19 + [Claim.MINE]

    async def test_a_message_in_live_hands_is_elsewhere(self, store):
        await store.claim("web-a", "m1", "other", NOW, LATER)

        assert (await store.claim("web-a", "m1", "me", NOW, LATER)).claim is Claim.ELSEWHERE

    async def test_a_message_whose_lease_ended_is_mine(self, store):
        await store.claim("web-a", "m1", "dead", NOW, LATER)
        after = LATER + timedelta(seconds=1)

        assert (await store.claim("web-a", "m1", "me", after, after + timedelta(seconds=30))).claim is Claim.MINE

    async def test_an_answered_message_comes_back_with_its_turn(self, store):
        await store.claim("web-a", "m1", "me", NOW, LATER)
        recorded = await store.record(turn(), "me")

        claimed = await store.claim("web-a", "m1", "other", LATER + timedelta(days=1), LATER + timedelta(days=2))

        assert (claimed.claim, claimed.turn) == (Claim.DONE, recorded)

    async def test_a_turn_survives_whole(self, store):
        whole = turn(replies=(FULL, Reply(text="再答")), error="e", stages=(Stage(name="claim", seconds=0.001),))
        await store.claim("web-a", "m1", "me", NOW, LATER)
        recorded = await store.record(whole, "me")

        assert await store.since("web-a", 0) == (replace(whole, seq=recorded.seq),)

    async def test_an_owner_who_was_too_slow_gets_the_other_ones_turn(self, store):
        await store.claim("web-a", "m1", "slow", NOW, LATER)
        await store.claim("web-a", "m1", "fast", LATER + timedelta(seconds=1), LATER + timedelta(seconds=60))
        fast = await store.record(turn(text="快"), "fast")
        slow = await store.record(turn(text="慢"), "slow")

        assert slow == fast
        assert await store.since("web-a", 0) == (fast,)

    async def test_numbers_grow_and_since_is_in_order(self, store):
        recorded = []
        for n in range(5):
            await store.claim("web-a", str(n), "me", NOW, LATER)
            recorded.append(await store.record(turn(str(n)), "me"))

        assert [one.seq for one in recorded] == sorted({one.seq for one in recorded})
        assert await store.since("web-a", recorded[1].seq) == tuple(recorded[2:])
        assert await store.since("web-a", 0, limit=2) == tuple(recorded[3:])
        assert await store.since("web-b", 0) == ()

    async def test_the_last_offered_buttons_come_with_the_claim(self, store):
        await store.claim("web-a", "m1", "me", NOW, LATER)
        await store.record(turn(replies=(FULL,)), "me")
        offered = await store.claim("web-a", "m2", "me", NOW, LATER)
        await store.record(turn("m2"), "me")
        gone = await store.claim("web-a", "m3", "me", NOW, LATER)

        assert (offered.buttons, gone.buttons) == (FULL.buttons, ())

    async def test_what_is_owed_stays_until_it_is_settled(self, store):
        debt = await store.append(turn(), recipient=b"sealed")
        shown = await store.append(turn(text="不欠"))

        owed = await store.owed(LATER)
        await store.settle(debt.seq, delivered=True)

        assert [(one.turn, one.recipient) for one in owed] == [(debt, b"sealed")]
        assert await store.owed(LATER) == ()
        assert await store.since("web-a", 0) == (debt, shown)
