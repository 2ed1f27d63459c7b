"""What is asked of the form that is open is told of it; what is asked of anything else is looked up."""

from dataclasses import replace
from datetime import date

from actions.call import Call, Memory, OpenWish
from actions.digression import digressed
from actions.wish import Wish
from tests.actions.counter.visit import Visit, text
from tests.actions.named import Named, named

RENTER = "租房、单身"
WISHES: dict[str, Wish] = {"digress": Named("digress")}


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


def test_a_question_hardly_heard_as_anger_is_asked_of_the_form_unless_an_angry_word_is_said() -> None:
    form = Memory(wish=OpenWish(name="withdraw_rent", reminder="还没填完"))
    asked = Call(
        sender="a", text="要带啥", intent="express_anger", confidence=0.5, memory=form, today=date(2026, 11, 27)
    )

    assert named(digressed(asked, WISHES)) == "digress"
    assert digressed(replace(asked, confidence=0.9), WISHES) is None
    assert digressed(replace(asked, text="气死我了要带啥"), WISHES) is None
