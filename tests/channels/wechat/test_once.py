"""Three deliveries, slow answers, crashes: one answer, in time or as a message, never twice."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import utc_now
from bot.messages import ChannelName, Reply
from tests.channels.wechat.account import QUICK, ROOMY, LateDialogue, account, open_count, serving
from tests.channels.wechat.platform import Platform, openid
from tests.fakes import ScriptedAnswering, ScriptedDialogue

WANG = openid("王")


async def settled(running, seconds=20.0):
    running.let_answer()
    async with asyncio.timeout(seconds):
        while await open_count(running.database):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)


def text_of(words: str, platform: Platform) -> dict[str, object]:
    """One message, to be delivered as often as a test wishes."""
    platform.opens_window(WANG, 5, 100.0)
    number = sum(map(ord, words))
    created = int(platform.clock())
    return {"FromUserName": WANG, "CreateTime": created, "MsgType": "text", "MsgId": number, "Content": words} | {
        "ToUserName": "gh_1"
    }


class Shifted:
    """A clock that goes on, some time ahead."""

    ahead = timedelta()

    def __call__(self):
        return utc_now() + self.ahead


def late() -> ScriptedAnswering:
    return ScriptedAnswering(LateDialogue())


async def test_a_quick_answer_is_the_reply_itself(database_url):
    async with account(database_url) as running:
        await running.platform.say(WANG, "租房能提多少")
        await settled(running)

    assert running.platform.phones[WANG].seen == [("passive", "听到了:租房能提多少")]
    assert [outcome for _, _, outcome in running.platform.deliveries] == ["ok"]


async def test_a_slow_answer_is_promised_in_time_and_sent_as_a_message_with_typing_shown(database_url):
    async with account(database_url, late()) as running:
        await running.platform.say(WANG, "慢")
        assert running.platform.phones[WANG].seen == []
        await settled(running)

    phone = running.platform.phones[WANG]
    assert (phone.seen, phone.typing) == ([("message", "听到了:慢")], 1)
    assert [outcome for _, _, outcome in running.platform.deliveries] == ["ok"]


async def test_redeliveries_while_the_answer_is_made_are_absorbed(database_url):
    answering = ScriptedAnswering(ScriptedDialogue(pause=0.35))
    async with account(database_url, answering, limits=ROOMY, patience=10.0) as running:
        fields = {
            "ToUserName": "gh_1",
            "FromUserName": WANG,
            "CreateTime": 1,
            "MsgType": "text",
            "MsgId": 5,
            "Content": "一",
        }
        fields["CreateTime"] = int(running.platform.clock())
        once = [asyncio.create_task(running.platform.once(WANG, fields)) for _ in range(2)]
        await asyncio.gather(*once)
        await settled(running)

    assert len(answering.dialogue.asked) == 1 or len(answering.turns) == 1
    assert set(running.platform.phones[WANG].seen) == {("passive", "听到了:一")}


async def test_the_third_delivery_gets_success_and_the_answer_comes_as_a_message(database_url):
    async with account(database_url) as running:
        fields = {"ToUserName": "gh_1", "FromUserName": WANG, "MsgType": "text", "MsgId": 5, "Content": "一"}
        fields["CreateTime"] = int(running.platform.clock())
        running.platform.opens_window(WANG, 5, 100.0)
        shown = running.platform._show
        running.platform._show = lambda *_: None  # the first two replies never reach WeChat
        await running.platform.once(WANG, fields)
        await running.platform.once(WANG, fields)
        running.platform._show = shown
        await running.platform.once(WANG, fields)
        await settled(running)

    assert running.platform.phones[WANG].seen == [("message", "听到了:一")]


async def test_a_second_message_while_the_first_is_pending_gets_its_own_answer(database_url):
    async with account(database_url, late()) as running:
        await asyncio.gather(running.platform.say(WANG, "一"), running.platform.say(WANG, "二"))
        await settled(running)

    assert sorted(running.platform.phones[WANG].texts) == ["听到了:一", "听到了:二"]


async def test_the_same_event_is_answered_once(database_url):
    async with account(database_url) as running:
        platform = running.platform
        fields = {"ToUserName": "gh_1", "FromUserName": WANG, "CreateTime": 1, "MsgType": "event", "Event": "subscribe"}
        fields["CreateTime"] = int(platform.clock())
        await platform.once(WANG, fields)
        await platform.once(WANG, fields)
        answering = len(platform.phones[WANG].seen)

    assert answering == 2  # the same reply to both deliveries: WeChat shows the first it gets
    assert len(set(platform.phones[WANG].texts)) == 1


async def test_what_a_dead_process_promised_is_delivered_by_another(database_url):
    class Hanging(ScriptedAnswering):
        async def handle(self, message):
            await asyncio.sleep(60)

    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(Platform(patience=3.0).running())
        dying = await AsyncExitStack().__aenter__()
        dead = await dying.enter_async_context(
            serving(platform, Hanging(), database_url, limits=replace(QUICK, beat=60))
        )
        platform.gateway = lambda: dead.url
        await platform.say(WANG, "还在吗")
        later = Shifted()
        later.ahead = timedelta(seconds=ROOMY.lease + 1)
        alive = await stack.enter_async_context(serving(platform, ScriptedAnswering(), database_url, now=later))
        await settled(alive)
        for task in tuple(dead.channel._courier._running):
            task.cancel()
        await dying.aclose()

    assert platform.phones[WANG].seen == [("message", "听到了:还在吗")]


async def test_a_message_that_arrived_before_the_crash_is_not_sent_again(database_url):
    async with account(database_url, late()) as running:
        platform = running.platform
        platform.broken["/cgi-bin/message/custom/send"] = 1  # WeChat acts, the answer is lost
        await platform.say(WANG, "慢")
        await settled(running)

    assert platform.phones[WANG].seen == [("message", "听到了:慢")]


async def test_a_message_in_doubt_is_not_sent_again_while_the_record_cannot_be_asked(database_url):
    async with account(database_url, late()) as running:
        platform = running.platform
        platform.broken["/cgi-bin/message/custom/send"] = 1
        platform.refusals["/customservice/msgrecord/getmsglist"] = [-1]
        await platform.say(WANG, "慢")
        await settled(running)

    assert platform.phones[WANG].seen == [("message", "听到了:慢")]


async def test_a_flood_gets_a_friendly_line_and_the_heart_is_spared(database_url):
    answering = ScriptedAnswering()
    async with account(database_url, answering, limits=replace(ROOMY, burst=2, per_second=0.001)) as running:
        for number in range(4):
            await running.platform.say(WANG, f"问{number}")

    texts = running.platform.phones[WANG].texts
    assert texts[:2] == ["听到了:问0", "听到了:问1"]
    assert all("有点快" in text for text in texts[2:])
    assert len(answering.dialogue.asked) == 2


@pytest.mark.parametrize("channel", [ChannelName.WEB, ChannelName.APP])
async def test_the_outbox_never_claims_another_doors_delivery(database_url, channel):
    async with account(database_url) as running:
        assert not await running.channel.outbox.deliver("c", channel, "s", (Reply(text="好"),))


async def test_the_outbox_delivers_what_comes_late(database_url):
    async with account(database_url) as running:
        running.platform.opens_window(WANG, 5, 60.0)
        delivered = await running.channel.outbox.deliver("c", ChannelName.WECHAT, WANG, (Reply(text="查到了"),))

    assert delivered
    assert running.platform.phones[WANG].seen == [("message", "查到了")]


async def test_a_delivery_that_wechat_has_given_up_replies_for_nobody(database_url):
    """Under load an abandoned delivery may be worked on after its redelivery was answered: it must change nothing."""

    class Gated(ScriptedAnswering):
        open = asyncio.Event()

        async def handle(self, message):
            await self.open.wait()
            return await super().handle(message)

    gated = Gated()
    gated.open = asyncio.Event()
    async with account(database_url, gated, patience=0.2, limits=replace(ROOMY, lease=30.0)) as running:
        fields = {"ToUserName": "gh_1", "FromUserName": WANG, "MsgType": "text", "MsgId": 5, "Content": "一"}
        fields["CreateTime"] = int(running.platform.clock())
        running.platform.opens_window(WANG, 5, 100.0)
        outcomes = [await running.platform.once(WANG, fields) for _ in range(2)]
        last = asyncio.create_task(running.platform.once(WANG, fields))
        gated.open.set()
        outcomes.append(await last)
        await settled(running)

    assert outcomes[:2] == ["late", "late"]
    assert running.platform.phones[WANG].texts == ["听到了:一"]


async def test_a_reply_that_could_not_be_written_out_is_sent_as_a_message(database_url):
    """WeChat hangs up in the moment we have chosen the reply, and does not deliver again."""
    chosen, gone = asyncio.Event(), asyncio.Event()
    async with account(database_url) as running:
        receipts = running.channel._receipts
        replying = receipts.replying

        async def slowly(read):
            state = await replying(read)
            chosen.set()
            await gone.wait()
            return state

        receipts.replying = slowly
        sent = asyncio.create_task(running.platform.once(WANG, text_of("一", running.platform)))
        await chosen.wait()
        sent.cancel()
        await asyncio.gather(sent, return_exceptions=True)
        await asyncio.sleep(0.2)
        gone.set()
        await settled(running)

    assert running.platform.phones[WANG].seen == [("message", "听到了:一")]


async def test_what_may_be_the_last_delivery_is_never_answered_by_a_reply_nobody_could_prove(database_url):
    """The two before it never reached us: by WeChat's own clock this is the third."""
    async with account(database_url) as running:
        fields = text_of("一", running.platform) | {"CreateTime": int(running.platform.clock()) - 12}
        assert await running.platform.once(WANG, fields) == "ok"
        await settled(running)

    assert running.platform.phones[WANG].seen == [("message", "听到了:一")]


async def test_a_delivery_that_lay_unread_while_the_process_stood_still_is_not_replied_to(database_url):
    async with account(database_url, limits=replace(ROOMY, budget=1.0)) as running:
        fields = text_of("一", running.platform)
        sent = asyncio.create_task(running.platform.once(WANG, fields))
        await asyncio.sleep(0.15)
        time.sleep(2.0)  # noqa: ASYNC251 - the whole process stands still, as under load
        fields = text_of("二", running.platform)
        await asyncio.gather(sent, running.platform.once(WANG, fields))
        await settled(running)

    assert ("message", "听到了:二") in running.platform.phones[WANG].seen
    assert sorted(running.platform.phones[WANG].texts) == ["听到了:一", "听到了:二"]


async def test_what_wechat_once_sent_and_somebody_sends_again_later_changes_nothing(database_url):
    clock = Shifted()
    async with account(database_url, now=clock) as running:
        platform = running.platform
        platform.clock = lambda: clock().timestamp()
        fields = text_of("一", platform)
        await platform.once(WANG, fields)
        await settled(running)
        clock.ahead = timedelta(seconds=90)
        for _ in range(3):
            await platform.once(WANG, fields)
        await settled(running)

    assert platform.phones[WANG].seen == [("passive", "听到了:一")]


async def test_what_rode_with_a_reply_that_did_not_arrive_is_not_lost(database_url):
    async with account(database_url) as running:
        platform = running.platform
        conversation = ScriptedAnswering().conversation(ChannelName.WECHAT, WANG)
        await running.channel.outbox.deliver(conversation, ChannelName.WECHAT, WANG, (Reply(text="批了"),))
        platform.opens_window(WANG, 5, 100.0)
        fields, shown = text_of("一", platform), platform._show
        platform._show = lambda *_: None  # the first two replies never reach WeChat
        await platform.once(WANG, fields)
        await platform.once(WANG, fields)
        platform._show = shown
        await platform.once(WANG, fields)
        await settled(running)

    (told,) = platform.phones[WANG].texts
    assert ("批了" in told, "听到了:一" in told) == (True, True)
