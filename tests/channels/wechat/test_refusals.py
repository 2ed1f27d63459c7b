"""When WeChat says no: the chain is followed and written down, and nothing undelivered is called delivered."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.messages import ChannelName, Reply
from channels.wechat.refusals import Fate, fate
from channels.wechat.store_schema import receipts, sends
from tests.channels.wechat.account import ROOMY, LateDialogue, account
from tests.channels.wechat.platform import openid
from tests.channels.wechat.test_once import Shifted, late, settled
from tests.fakes import ScriptedAnswering

WANG = openid("王")
SEND = "/cgi-bin/message/custom/send"


async def rows(running, table, *columns):
    oldest = table.c.received_at if table is receipts else table.c.id
    query = select(*(table.c[name] for name in columns)).order_by(oldest)
    return [tuple(row) for row in await running.database.read(lambda connection: connection.execute(query).all())]


async def slowly_then_quickly(running, text="慢"):
    running.dialogue.allowed.clear()
    await running.platform.say(WANG, text)
    await settled(running)


@pytest.mark.parametrize("code", [45015, 45047, 45999])
async def test_an_answer_wechat_refuses_waits_for_the_citizen_and_comes_with_the_next_one(database_url, code):
    clock = Shifted()
    async with account(database_url, late(), now=clock) as running:
        running.platform.refusals[SEND] = [code]
        await slowly_then_quickly(running)
        assert running.platform.phones[WANG].seen == []
        assert await rows(running, receipts, "state", "code") == [("held", code)]
        await running.platform.say(WANG, "在吗")
        await settled(running)
        before = await rows(running, receipts, "state")
        clock.ahead = timedelta(seconds=ROOMY.lease + 1)
        async with asyncio.timeout(8):
            while ("carried",) in (now := await rows(running, receipts, "state")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    (way, text), *more = running.platform.phones[WANG].seen
    assert (way, more) == ("passive", [])
    assert text == "您之前问的,答案补给您:\n听到了:慢\n\n听到了:在吗"
    assert before == [("carried",), ("replied",)]
    assert now == [("delivered",), ("replied",)]  # once no redelivery can prove otherwise


async def test_a_closed_window_invites_the_citizen_back_by_template(database_url):
    async with account(database_url, late(), template="tpl-1") as running:
        running.platform.refusals[SEND] = [45015]
        await slowly_then_quickly(running)
        async with asyncio.timeout(5):
            while len(attempts := await rows(running, sends, "way", "code")) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert running.platform.templates == [(WANG, "tpl-1")]
    assert attempts == [("message", 45015), ("template", 0)]


async def test_an_account_without_permission_says_so_in_time_and_answers_next_time(database_url):
    async with account(database_url, late()) as running:
        running.platform.refusals[SEND] = [48001]
        await slowly_then_quickly(running, "一")
        await slowly_then_quickly(running, "二")
        await running.platform.say(WANG, "三")

    texts = running.platform.phones[WANG].texts
    assert "随便回复一个字" in texts[0]
    assert texts[1].count("补给您") == 2
    assert [mark in texts[1] for mark in ("听到了:一", "听到了:二", "听到了:三")] == [True] * 3
    assert len(texts) == 2


async def test_a_busy_platform_is_tried_again(database_url):
    async with account(database_url, late()) as running:
        running.platform.refusals[SEND] = [-1, 45011]
        await running.platform.say(WANG, "慢")
        await settled(running)
        attempts = await rows(running, sends, "code")

    assert running.platform.phones[WANG].seen == [("message", "听到了:慢")]
    assert attempts == [(-1,), (45011,), (0,)]


async def test_somebody_who_left_is_not_followed(database_url):
    async with account(database_url, late()) as running:
        running.platform.refusals[SEND] = [43004]
        await running.platform.say(WANG, "慢")
        await settled(running)

        assert await rows(running, receipts, "state", "sealed") == [("undelivered", None)]


async def test_a_platform_that_is_down_keeps_the_answer_owed(database_url):
    async with account(database_url, late()) as running:
        running.channel.api._url = "http://127.0.0.1:9"
        await running.platform.say(WANG, "慢")
        running.let_answer()
        async with asyncio.timeout(5):
            while not any(code == -3 for (code,) in await rows(running, sends, "code")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

        assert [state for (state,) in await rows(running, receipts, "state")] == ["owed"]


async def test_a_refused_token_is_replaced_once_and_the_answer_goes_out(database_url):
    async with account(database_url, late()) as running:
        await running.channel.api.tokens.current()
        running.platform.invalidate()
        await running.platform.say(WANG, "慢")
        await settled(running)

    assert running.platform.phones[WANG].seen == [("message", "听到了:慢")]
    assert (running.platform.fetches, running.platform.forced) == (2, 0)


async def test_the_sixth_message_in_a_window_is_held_and_not_lost(database_url):
    long = "。".join(f"第{number}段" + "字" * 600 for number in range(8))
    answering = ScriptedAnswering(LateDialogue({"长": long}))
    async with account(database_url, answering) as running:
        await slowly_then_quickly(running, "长")
        first = len(running.platform.phones[WANG].seen)
        await running.platform.say(WANG, "接着说")
        await settled(running)

    whole = "".join(running.platform.phones[WANG].texts)
    assert first == 5
    assert [whole.count(f"第{number}段") for number in range(8)] == [1] * 8
    assert "听到了:接着说" in whole


async def test_what_the_outbox_cannot_deliver_is_false_and_comes_with_the_next_answer(database_url):
    async with account(database_url) as running:
        conversation = ScriptedAnswering().conversation(ChannelName.WECHAT, WANG)
        delivered = await running.channel.outbox.deliver(conversation, ChannelName.WECHAT, WANG, (Reply(text="批了"),))
        await running.platform.say(WANG, "在吗")

    assert not delivered
    assert running.platform.phones[WANG].texts == ["您之前问的,答案补给您:\n批了\n\n听到了:在吗"]


async def test_settled_messages_keep_no_words(tmp_path):
    async with account(tmp_path) as running:
        await running.platform.say(WANG, "我的身份证 110101199003077758")
        await settled(running)
        raw = [path.read_bytes() for path in tmp_path.iterdir()]

        assert await rows(running, receipts, "sealed") == [(None,)]
    assert not any(b"110101199003077758" in content for content in raw)


def test_every_code_has_a_fate_and_an_unknown_one_loses_nothing():
    assert (fate(-1), fate(40001), fate(45047), fate(43004), fate(99999)) == (
        Fate.AGAIN,
        Fate.AGAIN,
        Fate.HOLD,
        Fate.GIVE_UP,
        Fate.HOLD,
    )
