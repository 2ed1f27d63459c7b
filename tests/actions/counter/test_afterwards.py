"""What was just done can be changed or undone with a word that says no more than that."""

from tests.actions.counter.visit import Visit, text

RENTER = "租房、单身"


async def _booked(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("我要预约", "book_counter")
    await here.say("城西区")
    await here.say("明天上午十点")
    await here.say("确认", "affirm")


async def test_a_booking_is_moved_and_the_old_one_given_back(here: Visit) -> None:
    await _booked(here)

    times = await here.say("改到下午行吗", "policy_question")
    checked = await here.say("下午三点")
    done = await here.say("确认", "affirm")
    mine = await here.say("我的预约是几点", "book_counter")

    assert "11月3日(周二)" in text(times)
    assert "10:00" not in text(times)
    assert "原来的号" in text(checked)
    assert "11月3日(周二)15:00" in text(done)
    assert "11月3日(周二)15:00" in text(mine)
    subject = next(iter({ticket.number for ticket in await _tickets(here)}))
    assert [ticket.state for ticket in await _tickets(here)].count("booked") == 1, subject


async def _tickets(here: Visit) -> tuple:  # type: ignore[type-arg]
    number, _ = here.town.numbers(RENTER)
    person = await here.town.system.prove_by_card(number)
    return await here.town.system.tickets(person.subject)


async def test_a_booking_just_made_is_cancelled_by_cancel_alone(here: Visit) -> None:
    await _booked(here)

    asked = await here.say("取消掉吧", "cancel")
    gone = await here.say("嗯 取消", "cancel")

    assert "要取消这个吗" in text(asked)
    assert "已取消" in text(gone)


async def test_a_booking_stays_when_it_is_not_to_be_cancelled(here: Visit) -> None:
    await _booked(here)

    await here.say("取消掉吧", "cancel")
    await here.say("不取消了", "cancel")
    mine = await here.say("我的预约是几点", "book_counter")

    assert "10:00" in text(mine)


async def test_nothing_more_wanted_cancels_nothing(here: Visit) -> None:
    await _booked(here)

    assert "要取消" not in text(await here.say("不用了", "cancel"))


async def test_a_booking_being_moved_can_be_cancelled_instead(here: Visit) -> None:
    await _booked(here)

    await here.say("改到下午行吗", "policy_question")
    asked = await here.say("取消掉吧", "cancel")
    gone = await here.say("确认", "affirm")

    assert "要取消这个吗" in text(asked)
    assert "已取消" in text(gone)
    assert "还没填完" not in text(gone)


async def test_an_application_that_cannot_be_taken_back_is_said_to_be_so(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取", "withdraw_rent")
    await here.say("三千")
    await here.say("确认", "affirm")

    undone = await here.say("能撤回不", "cancel_booking")

    assert "撤不回来" in text(undone)
    assert "转人工" in [button.label for reply in undone.replies for button in reply.buttons]


async def test_what_is_given_up_makes_way_for_what_is_wanted_instead(here: Visit) -> None:
    await here.prove(RENTER)
    await here.say("租房提取", "withdraw_rent")

    turn = await here.say("不办了 查余额", "cancel")

    assert "租房提取不办了" in text(turn)
    assert "余额" in text(turn)
