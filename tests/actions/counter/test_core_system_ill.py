"""What the citizen hears when the core system is down, late or says no, at each step; nothing is lost."""

import pytest

from bot.errors import BusinessRefused, FundSystemUnavailable, JiajiaError, SubmissionUnconfirmed
from tests.actions.counter.test_withdrawal import applications
from tests.actions.counter.visit import Visit, text

RENTER, BORROWER = "租房、单身", "有公积金贷款"
DOWN = "业务系统暂时连不上,没有提交任何申请。请稍后再试,或拨打 12329。"
OPEN = "刚才的租房提取等您确认,说“继续”接着办,说“取消”就不办了。"


def ill(here: Visit, monkeypatch: pytest.MonkeyPatch, call: str, error: JiajiaError, *, after: bool = False) -> None:
    """Let one call of the core system fail; with `after`, only once it has been carried out."""
    real = getattr(here.town.system, call)

    async def failing(*values: object, **named: object) -> object:
        if after:
            await real(*values, **named)
        raise error

    monkeypatch.setattr(here.town.system, call, failing)


@pytest.mark.parametrize("step", ["send_code", "prove_by_code"])
async def test_down_during_the_proof_it_goes_on_where_it_was(
    here: Visit, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    number, _ = here.town.numbers(RENTER)
    await here.say("我要查余额", "query_balance")
    await here.say(number)
    if step == "prove_by_code":
        await here.say("短信验证码", "prove_identity")
    told = "短信验证码" if step == "send_code" else here.town.last_code()

    with monkeypatch.context() as now:
        ill(here, now, step, FundSystemUnavailable())
        failed = await here.say(told, "prove_identity")
    again = await here.say(told, "prove_identity")

    assert text(failed) == DOWN
    assert ("验证码已发到" if step == "send_code" else "账户余额") in text(again)


async def test_down_before_the_first_question_the_wish_may_be_said_again(
    here: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.prove(RENTER)

    with monkeypatch.context() as now:
        ill(here, now, "applications", FundSystemUnavailable())
        failed = await here.say("租房提取三千", "withdraw_rent")
    again = await here.say("租房提取三千", "withdraw_rent")

    assert text(failed) == DOWN
    assert "请核对:租房提取 3,000.00 元" in text(again)


async def test_down_in_the_middle_of_a_form_it_is_resumed_with_all_that_was_told(
    here: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.prove(BORROWER)
    await here.say("我要提前还款五万", "prepay")

    with monkeypatch.context() as now:
        ill(here, now, "prepayment_quote", FundSystemUnavailable())
        failed = await here.say("缩短年限")
    resumed = await here.say("继续", "affirm")
    quoted = await here.say("缩短年限")

    assert text(failed) == DOWN
    assert "提前还 50,000.00 元" in text(resumed)
    assert "请核对:提前还款 50,000.00 元(月供不变、缩短年限)" in text(quoted)


@pytest.mark.parametrize("arrived", [True, False])
async def test_an_unanswered_submission_is_asked_for_under_its_own_key(
    here: Visit, monkeypatch: pytest.MonkeyPatch, *, arrived: bool
) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    with monkeypatch.context() as now:
        ill(here, now, "submit", SubmissionUnconfirmed(), after=arrived)
        unsure = await here.say("确认", "affirm")
        meanwhile = await here.say("租房一年最多能提多少", "policy_question")
    done = await here.say("确认", "affirm")

    assert "不会重复提交" in text(unsure)
    assert meanwhile.replies[-1].text == OPEN
    assert "✔ 已提交:租房提取 3,000.00 元" in text(done)
    assert await applications(here, RENTER) == 1


async def test_a_refused_submission_says_why_and_writes_nothing(here: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    await here.prove(RENTER)
    await here.say("租房提取三千", "withdraw_rent")

    with monkeypatch.context() as now:
        ill(here, now, "submit", BusinessRefused("银行卡状态不正常,请先到银行核实。", problem="not-eligible"))
        refused = await here.say("确认", "affirm")
    again = await here.say("租房提取三千", "withdraw_rent")

    assert text(refused) == "没有提交成功:银行卡状态不正常,请先到银行核实。"
    assert [button.label for button in refused.replies[0].buttons] == ["转人工"]
    assert "请核对" in text(again)
    assert await applications(here, RENTER) == 0


@pytest.mark.parametrize(
    ("steps", "call"),
    [
        ((("我要预约", "book_counter"), ("城西", "inform"), ("明天上午十点", "inform")), "book"),
        ((("取个号", "book_counter"), ("城西", "inform")), "take_ticket"),
        ((("大厅态度很差没人管", "file_complaint"),), "file"),
    ],
)
async def test_every_other_write_keeps_its_form_and_its_key_too(
    here: Visit, monkeypatch: pytest.MonkeyPatch, steps: tuple[tuple[str, str], ...], call: str
) -> None:
    await here.prove(RENTER)
    for words, intent in steps:
        await here.say(words, intent)

    with monkeypatch.context() as now:
        ill(here, now, call, SubmissionUnconfirmed(), after=True)
        unsure = await here.say("确认", "affirm")
    done = await here.say("确认", "affirm")

    assert "再回“确认”" in text(unsure)
    assert done.outcome == "acted"
    number, password = here.town.numbers(RENTER)
    subject = (await here.town.system.prove_by_password(number, password)).subject
    kept = [*await here.town.system.tickets(subject), *await here.town.system.complaints(subject)]
    assert len(kept) == 1


async def test_a_cancellation_that_was_not_answered_is_asked_again(
    here: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.prove(RENTER)
    for words, intent in (("取个号", "book_counter"), ("城西", "inform"), ("确认", "affirm")):
        await here.say(words, intent)
    await here.say("取消预约", "cancel_booking")

    with monkeypatch.context() as now:
        ill(here, now, "cancel_ticket", SubmissionUnconfirmed(), after=True)
        unsure = await here.say("确认", "affirm")
    done = await here.say("确认", "affirm")

    assert "再回“确认”" in text(unsure)
    assert "✔ 已取消" in text(done)


@pytest.mark.parametrize("error", [FundSystemUnavailable(), SubmissionUnconfirmed(), BusinessRefused("已经叫到了。")])
async def test_a_booking_that_was_moved_stands_though_the_old_place_could_not_be_given_back(
    here: Visit, monkeypatch: pytest.MonkeyPatch, error: JiajiaError
) -> None:
    await here.prove(RENTER)
    for words, intent in (("我要预约", "book_counter"), ("城西区", "inform"), ("明天上午十点", "inform")):
        await here.say(words, intent)
    await here.say("确认", "affirm")
    await here.say("改到下午行吗", "policy_question")
    await here.say("下午三点", "inform")

    with monkeypatch.context() as now:
        ill(here, now, "cancel_ticket", error)
        moved = await here.say("确认", "affirm")
    mine = await here.say("取消预约", "cancel_booking")

    assert moved.error == ""
    assert "11月3日(周二)15:00" in text(moved)
    assert "原来的号" in text(moved)
    assert "还没有退掉" in text(moved)
    assert "没有提交任何申请" not in text(moved)
    assert "要取消这个吗" in text(mine)


async def test_a_certificate_asked_for_twice_is_issued_once(here: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    await here.prove(RENTER)

    with monkeypatch.context() as now:
        ill(here, now, "issue", SubmissionUnconfirmed(), after=True)
        unsure = await here.say("开缴存证明", "get_certificate")
    first = await here.say("开缴存证明", "get_certificate")
    second = await here.say("开缴存证明", "get_certificate")

    assert "再说一次" in text(unsure)
    assert first.replies[0].cards[0].rows[0] == second.replies[0].cards[0].rows[0]
