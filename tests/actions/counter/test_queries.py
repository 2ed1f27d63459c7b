"""Own data, halls and queues, bookings and complaints."""

import pytest
from sqlalchemy import select

from bot.messages import Location
from bot.store.schema import ratings
from tests.actions.counter.visit import Visit, text

RENTER, BORROWER, GAP, CLERK, COMMERCIAL = "租房、单身", "有公积金贷款", "断缴过三个月", "单位经办人", "商业住房贷款"


async def test_contributions_are_shown_for_the_period_said(here: Visit) -> None:
    await here.prove(RENTER)

    year = await here.say("查一下今年的缴存明细", "query_contribution")
    half = await here.say("看最近半年的", "query_contribution")
    last = await here.say("2025年的缴存", "query_contribution")
    future = await here.say("查明年的缴存", "query_contribution")

    assert text(year).startswith("2026 年 1 月到 11 月")
    assert text(half).startswith("最近 6 个月")
    assert text(last).startswith("2025 年 1 月到 12 月")
    assert "还没到" in text(future)


async def test_another_period_may_simply_be_named(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("查缴存明细", "query_contribution")

    turn = await here.say("看最近半年的", "nlu_fallback")

    assert text(turn).startswith("最近 6 个月")


async def test_missing_months_are_named(here: Visit) -> None:
    await here.prove(GAP)

    turn = await here.say("有没有漏缴", "query_missing_months")

    assert "有 3 个月没有缴存" in text(turn)


async def test_the_loan_and_its_plan(here: Visit) -> None:
    await here.prove(BORROWER)

    loan = await here.say("我的贷款还剩多少", "query_loan")
    plan = await here.say("看还款计划", "query_repayment_plan")

    assert "下一次还款日" in text(loan)
    assert plan.replies[0].cards[0].title == "还款计划"


async def test_who_has_no_fund_loan_hears_so(here: Visit) -> None:
    await here.prove(COMMERCIAL)

    assert "没有查到您名下的公积金贷款" in text(await here.say("查贷款", "query_loan"))


async def test_a_clerk_sees_the_employer_and_nobody_else_does(here: Visit) -> None:
    await here.prove(CLERK, who="clerk")
    await here.prove(RENTER, who="a")

    seen = await here.say("单位缴存情况", "employer_status", who="clerk")
    refused = await here.say("单位缴存情况", "employer_status", who="a")
    steps = await here.say("单位要缓缴", "employer_deferral", who="clerk")

    assert "在缴" in text(seen)
    assert "经办人" in text(refused)
    assert "缴到" in text(steps)
    assert "职工代表大会" in text(steps)


async def test_the_nearest_hall_comes_first(here: Visit) -> None:
    here_i_am = (Location(latitude=36.6690, longitude=101.7660),)

    near = await here.say("最近的网点", "find_outlet", attachments=here_i_am)
    named = await here.say("城西区的网点在哪", "find_outlet")
    queue = await here.say("现在人多吗", "query_queue")

    assert text(named).startswith("您可以去城西区服务大厅")
    assert "演示" in text(named)
    assert "人在等" in text(queue) or "不用排队" in text(queue)
    assert text(near).startswith("离您最近的是城北区服务大厅")


async def test_the_day_named_before_the_hall_is_kept(here: Visit) -> None:
    await here.prove(RENTER)

    await here.say("预约后天上午办提取", "book_counter")
    times = await here.say("城西", "inform")

    assert "11月4日(周三)可以约这些时间" in text(times)


async def test_what_one_has_booked_is_told_and_a_half_filled_booking_can_be_dropped(here: Visit) -> None:
    await here.prove(RENTER)
    none = await here.say("查一下我的预约", "book_counter")
    await here.say("我要预约", "book_counter")
    dropped = await here.say("取消预约", "cancel_booking")
    for words, intent in (
        ("我要预约", "book_counter"),
        ("城西", "inform"),
        ("明天上午十点", "inform"),
        ("确认", "affirm"),
    ):
        await here.say(words, intent)
    mine = await here.say("我的预约是几点", "book_counter")

    assert "没有有效的预约" in text(none)
    assert "预约取号已经停下" in text(dropped)
    assert "您的号" in text(mine)
    assert "11月3日(周二)10:00" in text(mine)


async def test_a_time_is_booked_once_and_given_back(here: Visit) -> None:
    await here.prove(RENTER)

    await here.say("我要预约", "book_counter")
    times = await here.say("城西区")
    checked = await here.say("明天上午十点")
    done = await here.say("确认", "affirm")
    again = await here.say("我要预约", "book_counter")
    await here.say("取消预约", "cancel_booking")
    gone = await here.say("确认", "affirm")

    assert "可以约这些时间" in text(times)
    assert "11月3日(周二)10:00" in text(checked)
    assert "预约号 Y" in text(done)
    assert "没有重复取" in text(again)
    assert "已取消" in text(gone)


@pytest.mark.parametrize(
    ("said", "told"),
    [("10月1号", "已经过去"), ("2月30日", "日历上没有"), ("下个月", "日期没看懂"), ("周日", "约满了或者不上班")],
)
async def test_a_day_that_cannot_be_booked_is_told(here: Visit, said: str, told: str) -> None:
    await here.prove(RENTER)
    await here.say("我要预约", "book_counter")
    await here.say("城西区")

    assert told in text(await here.say(said))


async def test_a_ticket_for_now(here: Visit) -> None:
    await here.prove(RENTER)

    await here.say("城东大厅现在取号", "book_counter")
    done = await here.say("确认", "affirm")

    assert "排队号 A" in text(done)


async def test_a_complaint_gets_a_number_after_the_proof_and_keeps_its_words(here: Visit) -> None:
    number, password = here.town.numbers(RENTER)
    await here.say("我要投诉", "file_complaint")
    read_back = await here.say("单位三个月没给我缴公积金<b>'; drop table turns;--", "file_complaint")
    proof = await here.say("确认", "affirm")
    await here.say(number)
    await here.say("查询密码", "prove_identity")
    done = await here.say(password)
    followed = await here.say("投诉处理得怎么样了", "query_complaint")

    assert "单位三个月没给我缴公积金" in text(read_back)
    assert "身份证号" in text(proof)
    assert "编号 TS" in text(done)
    assert "单位缴存" in text(followed)


async def test_a_complaint_without_a_name_goes_to_a_person(here: Visit) -> None:
    await here.say("我要投诉", "file_complaint")
    await here.say("窗口的人态度不好", "file_complaint")

    turn = await here.say("不验证,直接转给同事")

    assert turn.outcome == "handed-off"


async def test_who_does_not_want_the_place_in_the_queue_gives_it_back(here: Visit) -> None:
    await here.prove(RENTER)
    for words, intent in (("取个号", "book_counter"), ("城西", "inform"), ("确认", "affirm")):
        await here.say(words, intent)

    asked = await here.say("取消排队", "query_queue")
    done = await here.say("确认", "affirm")

    assert "要取消这个吗" in text(asked)
    assert "✔ 已取消 A" in text(done)


@pytest.mark.parametrize("said", ["我老公的余额多少", "帮我查查我妈的公积金", "别人的账户余额能看吗"])
async def test_nobody_is_asked_to_prove_for_somebody_else(here: Visit, said: str) -> None:
    turn = await here.say(said, "query_balance")

    assert text(turn).startswith("只能查看您本人的公积金")
    assert "身份证号" not in text(turn)


async def test_a_rating_is_kept_and_its_reason_is_heard(here: Visit) -> None:
    turn = await here.say("查排队", "query_queue")

    rated = await here.say("不满意", "rate_service")
    why = await here.say("等得太久了", "query_queue")

    assert "请写一句哪里不好" in text(rated)
    assert "转给同事" in text(why)
    assert why.replies[0].handoff is not None
    assert "等得太久了" in why.replies[0].handoff.summary
    scores = await here.database.read(lambda connection: connection.execute(select(ratings)).all())
    assert [(row.turn, row.score) for row in scores] == [(turn.seq, 2)]


async def test_a_rule_is_answered_and_not_looked_up_in_ones_own_books(here: Visit) -> None:
    rule = await here.say("租房一年最多能提多少,有什么规定", "query_balance")
    own = await here.say("我的贷款利率是多少", "query_loan")

    assert "16800" in text(rule)
    assert "18 位身份证号" in text(own)


async def test_who_has_nothing_to_add_to_a_complaint_or_a_rating_is_left_in_peace(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("大厅态度很差没人管", "file_complaint")
    await here.say("确认", "affirm")

    nothing = await here.say("没有了", "deny")
    await here.say("不满意", "rate_service")
    neither = await here.say("不用了", "deny")

    assert "就按登记的内容处理" in text(nothing)
    assert text(neither) == "好的,谢谢您的评价。"
