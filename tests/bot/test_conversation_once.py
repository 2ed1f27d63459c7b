"""Answered once, in order, whatever is redelivered, wherever, and whoever dies."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.conversation import Limits
from bot.errors import StoreUnavailable
from bot.messages import Outcome
from bot.store import SqlStore
from tests.bot.heart import heart, message
from tests.fakes import ScriptedDialogue


async def test_a_message_gets_an_answer_with_a_number(tmp_path):
    async with heart(tmp_path) as home:
        turn = await home.conversation.handle(message())

        assert (turn.seq, turn.outcome, turn.replies[0].text) == (1, Outcome.ANSWERED, "听到了:租房一年最多能提多少?")
        assert await home.conversation.since(turn.conversation, 0) == (turn,)


async def test_fifty_redeliveries_at_once_are_answered_once(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.05)) as home:
        turns = await asyncio.gather(*(home.conversation.handle(message()) for _ in range(50)))

        assert len(home.dialogue.asked) == 1
        assert all(turn == turns[0] for turn in turns)


async def test_a_redelivered_message_is_answered_once(tmp_path):
    async with heart(tmp_path) as home:
        first = await home.conversation.handle(message())
        again = await home.conversation.handle(message())

        assert len(home.dialogue.asked) == 1
        assert again == first


async def test_the_same_id_from_two_senders_is_two_messages(tmp_path):
    async with heart(tmp_path) as home:
        await home.conversation.handle(message(sender="a"))
        await home.conversation.handle(message(sender="b"))

        assert len(home.dialogue.asked) == 2


async def test_fifty_redeliveries_over_three_processes_are_answered_once(tmp_path):
    dialogue = ScriptedDialogue(pause=0.05)
    async with heart(tmp_path, dialogue) as one, heart(tmp_path, dialogue) as two, heart(tmp_path, dialogue) as three:
        homes = [one, two, three]
        turns = await asyncio.gather(*(homes[n % 3].conversation.handle(message()) for n in range(50)))

        assert len(dialogue.asked) == 1
        assert {turn.seq for turn in turns} == {1}


async def test_a_message_in_a_live_process_is_waited_for(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.2)) as busy, heart(tmp_path) as other:
        first = asyncio.create_task(busy.conversation.handle(message()))
        await asyncio.sleep(0.05)
        second = await other.conversation.handle(message())

        assert second == await first
        assert other.dialogue.asked == []


async def test_a_message_in_a_dead_process_is_taken_over_when_its_lease_ends(tmp_path):
    async with heart(tmp_path) as home:
        conversation = home.conversation.conversation(message().channel, message().sender)
        now = home.clock()
        await home.store.claim(conversation, "m1", "dead", now, now + timedelta(seconds=30))
        waiting = asyncio.create_task(home.conversation.handle(message()))
        await asyncio.sleep(0.1)
        assert home.dialogue.asked == []

        home.clock.forward(31)

        assert (await waiting).seq == 1
        assert len(home.dialogue.asked) == 1


async def test_a_process_that_dies_between_acting_and_recording_loses_no_answer(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.3)) as dying:
        dying_task = asyncio.create_task(dying.conversation.handle(message()))
        await asyncio.sleep(0.1)
        await dying.conversation.close(grace=0)
        await asyncio.gather(dying_task, return_exceptions=True)
        assert len(dying.dialogue.asked) == 1

        async with heart(tmp_path) as next_one:
            next_one.clock.forward(31)
            turn = await next_one.conversation.handle(message())

            assert turn.seq == 1
            assert next_one.dialogue.asked[0].id == "m1"  # the same id: writes to the core system are keyed by it


async def test_a_caller_that_hangs_up_does_not_stop_its_turn(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.1)) as home:
        calling = asyncio.create_task(home.conversation.handle(message()))
        await asyncio.sleep(0.02)
        calling.cancel()
        turn = await home.conversation.handle(message())

        assert turn.seq == 1
        assert len(home.dialogue.asked) == 1


async def test_messages_of_one_conversation_are_answered_in_order(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.01)) as home:
        turns = await asyncio.gather(*(home.conversation.handle(message(str(n), id=str(n))) for n in range(8)))

        assert [turn.seq for turn in turns] == list(range(1, 9))
        assert [asked.text for asked in home.dialogue.asked] == [str(n) for n in range(8)]


async def test_conversations_do_not_wait_for_each_other(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.2)) as home:
        started = asyncio.get_running_loop().time()
        await asyncio.gather(*(home.conversation.handle(message(sender=str(n))) for n in range(20)))

        assert asyncio.get_running_loop().time() - started < 2


async def test_nothing_is_kept_of_finished_turns(tmp_path):
    async with heart(tmp_path) as home:
        for n in range(5):
            await home.conversation.handle(message(id=str(n), sender=str(n)))

        assert len(home.locks) == 0
        assert (home.conversation._working, dict(home.conversation._queued)) == ({}, {})


async def test_a_flood_in_one_conversation_is_refused_and_harms_nobody_else(tmp_path):
    async with heart(tmp_path, ScriptedDialogue(pause=0.05), limits=Limits(waiting=3)) as home:
        flood = asyncio.gather(*(home.conversation.handle(message(id=str(n))) for n in range(6)))
        await asyncio.sleep(0)
        other = await home.conversation.handle(message(sender="other"))

        assert [turn.error for turn in await flood].count("too-many-messages") == 3
        assert other.error == ""


class _StoreThatForgets(SqlStore):
    failures = 1

    async def record(self, turn, owner, promised=None):
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable
        return await super().record(turn, owner, promised)


async def test_an_answer_is_given_while_the_store_is_away_and_recorded_when_it_is_back(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.record.PAUSES", (0.05, 0.05))
    async with heart(tmp_path) as outer:
        async with heart(tmp_path, store=_StoreThatForgets(outer.store._database)) as home:
            turn = await home.conversation.handle(message())
            again = await home.conversation.handle(message())
            await asyncio.sleep(0.2)
            recorded = await home.conversation.since(turn.conversation, 0)

            assert turn.replies[0].text == again.replies[0].text == "听到了:租房一年最多能提多少?"
            assert len(home.dialogue.asked) == 1
            assert recorded == (replace(turn, seq=1),)
