"""What was confirmed is submitted once, whoever dies, repeats himself or is delivered twice."""

from dataclasses import replace

from bot.messages import ChannelName, Message
from tests.actions.counter.test_withdrawal import applications
from tests.actions.counter.visit import Visit, text

RENTER = "租房、单身"


async def handled_by_rasa(here: Visit, said: str, message_id: str) -> str:
    """Let Rasa and the actions answer a message of `a`, as a gateway does that dies before it can say so."""
    conversation = here.home.conversation.conversation(ChannelName.WEB, "a")
    message = Message(channel=ChannelName.WEB, sender="a", id=message_id, text=said)
    identity = await here.identities.identity(conversation)
    response = await here.rasa.respond(conversation, replace(message, identity=identity))
    return "\n".join(reply.text for reply in response.replies)


async def test_a_message_rasa_has_answered_gets_the_same_words_when_it_comes_again(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    here.rasa.intents["确认"] = "affirm"

    lost = await handled_by_rasa(here, "确认", "m-lost")
    message = Message(channel=ChannelName.WEB, sender="a", id="m-lost", text="确认")
    turn = await here.home.conversation.handle(message)

    assert "编号 YS" in lost
    assert text(turn) == lost
    assert turn.outcome == "acted"
    assert await applications(here, RENTER) == 1


async def test_even_when_something_else_was_said_in_between(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    here.rasa.intents["确认"] = "affirm"

    lost = await handled_by_rasa(here, "确认", "m-lost")
    await here.say("查余额", "query_balance")
    message = Message(channel=ChannelName.WEB, sender="a", id="m-lost", text="确认")
    turn = await here.home.conversation.handle(message)

    assert text(turn) == lost
    assert await applications(here, RENTER) == 1


async def test_a_second_yes_hears_that_it_is_done(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.say("确认", "affirm")

    again = await here.say("确认提交", "affirm")
    thanks = await here.say("好的", "affirm")

    assert text(again) == "租房提取刚才已经提交好了,没有重复提交。还想办别的,直接告诉家家。"
    assert "接下来想问什么" in text(thanks)
    assert await applications(here, RENTER) == 1


async def test_another_one_on_the_same_day_is_asked_for_by_name(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.say("确认", "affirm")
    await here.town.pass_time(10)

    shown = await here.say("我还要租房提取", "withdraw_rent")
    told = await here.say("两千")
    more = await here.say("再办一笔")
    done = await here.say("确认", "affirm")

    assert "请说“再办一笔”" in text(shown)
    assert "再办一笔(2,000.00 元)" in text(told)
    assert "2,000.00 元" in text(more)
    assert done.outcome == "acted"
    assert await applications(here, RENTER) == 2
