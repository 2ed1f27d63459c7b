"""What is asked of the form that is open is told of it; what is asked of anything else is looked up."""

from tests.actions.counter.visit import Visit, text

RENTER = "租房、单身"


async def test_a_form_tells_how_long_it_takes_and_goes_on_waiting(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")
    await here.say("三千")

    told = await here.say("啥时候到账", "policy_question")
    done = await here.say("确认", "affirm")

    assert "几秒钟就到账" in text(told)
    assert told.outcome == "answered"
    assert "3,000.00 元" in text(done)


async def test_a_question_of_another_matter_is_no_question_of_the_form(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")

    told = await here.say("灵活就业要什么材料", "policy_question")

    assert "共享数据核验,不用您交" not in text(told)
