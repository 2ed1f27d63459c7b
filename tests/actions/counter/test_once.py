"""One application, however the yes comes: twice, by word and button, on two channels, around another person's proof."""

import asyncio

from bot.messages import ChannelName
from tests.actions.counter.test_withdrawal import applications
from tests.actions.counter.visit import Visit, text

RENTER, BORROWER = "租房、单身", "有公积金贷款"
BUTTON = '/inform{"choice":"确认"}'


async def test_a_word_and_the_button_at_the_same_moment_are_one(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    turns = await asyncio.gather(
        here.say("是", "affirm"),
        here.say("", payload=BUTTON),
        here.say("确认提交", "affirm"),
        here.say("提交", "affirm"),
    )

    assert [turn.outcome for turn in turns].count("acted") == 1
    assert await applications(here, RENTER) == 1


async def test_small_words_submit_once_and_take_nothing_back(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    held = await here.say("先别交", "deny")
    none = await applications(here, RENTER)

    done = await here.say("行了 交吧", "repeat_answer")
    again = await here.say("交吧", "affirm")
    late = await here.say("别提交", "deny")

    assert held.outcome == "chatted"
    assert none == 0
    assert done.outcome == "acted"
    assert "没有重复提交" in text(again)
    assert "撤不回来" in text(late) or "停下" in text(late)
    assert await applications(here, RENTER) == 1


async def test_confirmed_on_two_channels_at_once_it_is_one(here: Visit) -> None:
    for channel in (ChannelName.WEB, ChannelName.WECHAT):
        await here.prove(RENTER, channel=channel)
        await here.say("租房提取三千", "withdraw_rent", channel=channel)

    first, second = await asyncio.gather(
        here.say("确认", "affirm", channel=ChannelName.WEB), here.say("确认", "affirm", channel=ChannelName.WECHAT)
    )

    assert sorted((first.outcome, second.outcome)) == ["acted", "answered"]
    assert "没有重复提交" in text(first) + text(second)
    assert await applications(here, RENTER) == 1


async def test_another_account_submits_nothing_of_the_first_and_the_first_may_begin_again(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    await here.prove(BORROWER)
    foreign = await here.say("确认", "affirm")
    await here.prove(RENTER)
    late = await here.say("确认", "affirm")
    before = await applications(here, RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    done = await here.say("确认", "affirm")

    assert foreign.outcome != "acted"
    assert late.outcome != "acted"
    assert (before, await applications(here, BORROWER)) == (0, 0)
    assert done.outcome == "acted"
    assert await applications(here, RENTER) == 1


async def test_a_soft_yes_after_something_else_reads_the_form_out_again(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.say("租房能提多少", "policy_question")

    soft = await here.say("好的", "affirm")
    done = await here.say("好的", "affirm")

    assert "请核对:租房提取 3,000.00 元" in text(soft)
    assert done.outcome == "acted"
    assert await applications(here, RENTER) == 1
