"""The four withdrawals: eligible or told why not, confirmed, submitted once, whatever comes in between."""

import pytest

from bot.fund.records import Business
from tests.actions.counter.visit import Visit, text

RENTER, BORROWER, RETIRED, FROZEN = "租房、单身", "有公积金贷款", "退休年龄", "账户冻结"


async def applications(here: Visit, story: str) -> int:
    number, password = here.town.numbers(story)
    person = await here.town.system.prove_by_password(number, password)
    return len(await here.town.system.applications(person.subject))


async def test_rent_is_withdrawn_with_one_confirmation(here: Visit) -> None:
    await here.prove(RENTER)

    first = await here.say("我要租房提取", "withdraw_rent")
    second = await here.say("五千")
    done = await here.say("确认", "affirm")

    assert "最多能提 16,800.00 元" in text(first)
    assert "身份证(公安)" in text(first)
    assert "5,000.00 元" in text(second)
    assert "尾号" in text(second)
    assert done.outcome == "acted"
    assert "编号 YS" in text(done)
    assert await applications(here, RENTER) == 1


async def test_a_question_in_between_is_answered_and_the_form_goes_on(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")

    digression = await here.say("租房一年最多能提多少", "policy_question")
    own = await here.say("查余额", "query_balance")
    resumed = await here.say("继续", "affirm")
    amount = await here.say("３０００", "inform")

    assert digression.replies[0].text.startswith("商品房租房提取")
    assert "租房提取还没填完" in digression.replies[1].text
    assert "账户余额" in own.replies[0].text
    assert len(own.replies) == 1, "who asks one thing after another is not reminded each time"
    assert "想提多少" in text(resumed)
    assert "3,000.00 元" in text(amount)


async def test_the_amount_can_be_corrected_before_the_confirmation(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    corrected = await here.say("不对,改成五千", "correct")
    denied = await here.say("不对", "deny")
    done = await here.say("全部")

    assert "5,000.00 元" in text(corrected)
    assert "想提多少" in text(denied)
    assert "16,800.00 元" in text(done)


async def test_a_form_waits_for_who_needs_a_moment(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    turn = await here.say("先等等", "nlu_fallback")
    done = await here.say("确认", "affirm")

    assert text(turn) == "好的,不着急。刚才的租房提取等您确认,说“继续”接着办,说“取消”就不办了。"
    assert done.outcome == "acted"


async def test_a_cancelled_form_submits_nothing(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    cancelled = await here.say("不办了", "cancel")
    late = await here.say("确认", "affirm")

    assert "没有提交" in text(cancelled)
    assert late.outcome == "chatted"
    assert await applications(here, RENTER) == 0


async def test_said_again_it_is_shown_and_not_submitted_again(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.say("确认", "affirm")

    again = await here.say("租房提取三千", "withdraw_rent")
    await here.say("确认", "affirm")
    await here.town.pass_time(10)
    posted = await here.say("我要租房提取", "withdraw_rent")

    assert "没有重复提交" in text(again)
    assert "银行已入账" in text(posted)
    assert await applications(here, RENTER) == 1


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(here: Visit) -> None:
    await here.prove(RENTER)
    conversation = (await here.say("租房提取三千", "withdraw_rent")).conversation
    open_form = here.rasa.slots[conversation]["wish"]
    first = await here.say("确认", "affirm")
    here.rasa.slots[conversation]["wish"] = open_form  # the answer never reached Rasa

    second = await here.say("确认", "affirm")

    assert text(first) == text(second)
    assert await applications(here, RENTER) == 1


async def test_why_not_is_told_clause_by_clause(here: Visit) -> None:
    await here.prove(FROZEN)

    turn = await here.say("我要租房提取", "withdraw_rent")

    assert "因为没有满足“账户没有冻结或销户”;依据:" in text(turn)
    assert "您可以:" in text(turn)
    assert await applications(here, FROZEN) == 0


async def test_a_retired_person_takes_all_of_it(here: Visit) -> None:
    await here.prove(RETIRED)

    first = await here.say("我退休了要提公积金", "withdraw_retirement")
    done = await here.say("确认", "affirm")

    assert "账户就销户了" in text(first)
    assert done.outcome == "acted"


async def test_the_fund_loan_is_repaid_from_the_account(here: Visit) -> None:
    await here.prove(BORROWER)

    await here.say("提取还公积金贷款,提一万", "withdraw_repay_fund_loan")
    done = await here.say("确认", "affirm")

    assert "10,000.00 元" in text(done)


@pytest.mark.parametrize(
    ("said", "told"),
    [("负五百", "大于 0"), ("-500", "大于 0"), ("三亿", "太大"), ("九万", "超出"), ("0.001元", "两位小数")],
)
async def test_an_amount_that_cannot_be_is_told_and_nothing_is_written(here: Visit, said: str, told: str) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")

    turn = await here.say(said)

    assert told in text(turn)
    assert await applications(here, RENTER) == 0


async def test_another_person_never_finishes_what_one_began(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.say("我要验证身份", "prove_identity")
    here.clock.forward(11 * 60)
    await here.say("确认", "affirm")

    await here.prove(BORROWER)
    await here.say("确认", "affirm")

    assert (await applications(here, RENTER), await applications(here, BORROWER)) == (0, 0)


async def test_prepayment_shows_before_and_after(here: Visit) -> None:
    await here.prove(BORROWER)

    first = await here.say("我要提前还款", "prepay")
    second = await here.say("五万")
    third = await here.say("缩短年限")
    changed = await here.say("改成减少月供", "correct")
    done = await here.say("确认", "affirm")

    assert "剩余本金" in text(first)
    assert "缩短年限" in text(second)
    assert "以后少付利息" in text(third)
    assert third.replies[0].cards[0].title == "提前还款前后"
    assert "年限不变、减少月供" in text(changed)
    assert done.outcome == "acted"
    number, password = here.town.numbers(BORROWER)
    person = await here.town.system.prove_by_password(number, password)
    assert [one.business for one in await here.town.system.applications(person.subject)] == [Business.PREPAYMENT]


async def test_too_much_said_at_once_keeps_the_form_open_behind_the_proof(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("租房提取三万五", "withdraw_rent")
    await here.say(number)
    await here.say("查询密码", "prove_identity")

    proved = await here.say(password)
    mended = await here.say("5000")

    assert "超出" in text(proved)
    assert "5,000.00 元" in text(mended)


async def test_a_core_system_that_falls_silent_leaves_the_form_to_be_confirmed_again(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.town.server.close()

    turn = await here.say("确认", "affirm")
    balance = await here.say("查余额", "query_balance")

    assert "不会重复提交" in text(turn)
    assert "暂时连不上" in balance.replies[0].text


async def test_who_pays_a_part_after_all_is_asked_what_for(here: Visit) -> None:
    await here.prove(BORROWER)
    await here.say("我要提前还款", "prepay")

    whole = await here.say("全部")
    part = await here.say("不是,还十万", "deny")

    assert "(全部还清)" in text(whole)
    assert "还是“年限不变、减少月供”?" in text(part)
