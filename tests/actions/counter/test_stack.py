"""What was begun is not lost when something else comes in between: finished first, then offered again."""

from tests.actions.counter.visit import Visit, text

RENTER, BORROWER = "租房、单身", "有公积金贷款"
RENT_OPEN = "刚才的租房提取还没填完,说“继续”接着办,说“取消”就不办了。"


async def test_a_second_form_is_finished_first_and_the_first_is_offered_again(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")

    await here.say("先帮我约个号", "book_counter")
    await here.say("城西")
    await here.say("明天上午十点")
    booked = await here.say("确认", "affirm")
    resumed = await here.say("继续", "affirm")
    done = [await here.say("三千"), await here.say("确认", "affirm")]

    assert "预约号" in booked.replies[0].text
    assert booked.replies[1].text == RENT_OPEN
    assert "想提多少" in text(resumed)
    assert done[1].outcome == "acted"


async def test_a_form_cancelled_in_between_leaves_the_first_one(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.say("先帮我约个号", "book_counter")

    cancelled = await here.say("算了不约了", "cancel")
    done = await here.say("确认", "affirm")

    assert (
        text(cancelled)
        == "好的,预约取号已经停下,没有提交任何内容。\n刚才的租房提取等您确认,说“继续”接着办,说“取消”就不办了。"
    )
    assert done.outcome == "acted"


async def test_a_query_behind_the_proof_does_not_forget_the_withdrawal_that_waited_first(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("我要租房提取", "withdraw_rent")
    await here.say("查余额", "query_balance")
    await here.say(number)
    await here.say("密码", "prove_identity")

    proved = await here.say(password)
    resumed = await here.say("继续", "affirm")

    assert "账户余额" in proved.replies[1].text
    assert proved.replies[2].text == "刚才您还要办租房提取,说“继续”就接着办。"
    assert "想提多少" in text(resumed)


async def test_a_wish_that_cannot_be_done_leaves_the_open_form_open(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    refused = await here.say("退休提取", "withdraw_retirement")
    done = await here.say("确认", "affirm")

    assert "现在不能办" in refused.replies[0].text
    assert "租房提取等您确认" in refused.replies[1].text
    assert done.outcome == "acted"


async def test_a_finished_calculation_can_be_changed_and_the_form_below_goes_on(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")

    first = await here.say("帮我算30万20年月供", "calculate_loan")
    changed = await here.say("那25年呢", "calculate_loan")
    amount = await here.say("继续", "affirm"), await here.say("三千")

    assert first.replies[-1].text == changed.replies[-1].text == RENT_OPEN
    assert "25 年(300 期)" in changed.replies[0].text
    assert "3,000.00 元" in text(amount[1])


async def test_three_begun_things_come_back_one_after_another(here: Visit) -> None:
    await here.prove(BORROWER)
    await here.say("提取还公积金贷款一万", "withdraw_repay_fund_loan")
    await here.say("我要提前还款五万", "prepay")
    await here.say("取消预约", "cancel_booking")
    await here.say("我要投诉", "file_complaint")

    first = await here.say("不投诉了", "cancel")
    second = await here.say("不还了", "cancel")
    third = await here.say("也不提了", "cancel")

    assert "提前还款还没填完" in text(first)
    assert "偿还公积金贷款提取等您确认" in text(second)
    assert text(third).endswith("还想办别的,直接告诉家家。")


async def test_unbinding_leaves_nothing_to_go_on_with(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")
    await here.say("先帮我约个号", "book_counter")

    await here.say("解除绑定", "unbind_account")
    turn = await here.say("继续", "affirm")

    assert turn.outcome == "chatted"
    assert "租房" not in turn.replies[0].text


async def test_a_proof_that_has_done_its_work_is_not_recalled(here: Visit) -> None:
    number, password = here.town.numbers("断缴过三个月")
    await here.say("有没有漏缴", "query_missing_months")
    await here.say(number)

    proved = await here.say(password)

    assert "个月没有缴存" in proved.replies[1].text
    assert len(proved.replies) == 2
