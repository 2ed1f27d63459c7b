"""Which proof each action needs at each door, as a table; a level ends by itself."""

import pytest

from actions.doubted import COSTLY
from bot.messages import ChannelName, Outcome, Turn
from tests.actions.counter.visit import Visit, text

WEB, WECHAT, APP, PHONE, ROBOT = (
    ChannelName.WEB,
    ChannelName.WECHAT,
    ChannelName.APP,
    ChannelName.PHONE,
    ChannelName.ROBOT,
)
SCREENS = (WEB, WECHAT, APP)
BORROWER = "有公积金贷款"
OPEN = ("find_outlet", "query_queue", "employer_deferral", "withdraw", "file_complaint", "rate_service")
OWN = (
    "query_balance",
    "query_contribution",
    "query_missing_months",
    "query_loan",
    "query_repayment_plan",
    "query_progress",
    "query_complaint",
    "employer_status",
)
WRITES = (
    "withdraw_rent",
    "withdraw_repay_fund_loan",
    "withdraw_repay_commercial_loan",
    "withdraw_retirement",
    "prepay",
    "get_certificate",
)
QUEUE = ("book_counter", "cancel_booking")
PERSONAL = (*OWN, *WRITES, *QUEUE)


def test_a_wish_that_wants_a_proof_is_not_begun_on_a_guess() -> None:
    assert set(PERSONAL) - COSTLY == {"book_counter"}, (
        "我约的是几点 is hardly heard, and knowledge would tell the hours"
    )


def asks_who(turn: Turn) -> bool:
    """Say whether the turn wants a proof instead of doing what was asked."""
    return turn.outcome is Outcome.ASKED and any(word in text(turn) for word in ("18 位身份证号", "哪种方式", "读卡区"))


def refuses(turn: Turn) -> bool:
    return "不在这块屏幕上显示" in text(turn)


@pytest.mark.parametrize("channel", [*SCREENS, PHONE])
async def test_nothing_personal_without_a_proof(here: Visit, channel: ChannelName) -> None:
    for wish in PERSONAL:
        assert asks_who(await here.say(wish, wish, who=wish, channel=channel)), wish
    for wish in OPEN:
        assert not asks_who(await here.say(wish, wish, who=wish, channel=channel)), wish


async def test_what_needs_no_proof_is_said_on_the_phone(here: Visit) -> None:
    said = [await here.say(wish, wish, who=wish, channel=PHONE) for wish in OPEN]

    assert [turn.message_id for turn in said if any(reply.private for reply in turn.replies)] == []


@pytest.mark.parametrize("channel", SCREENS)
async def test_a_screen_that_is_bound_shows_and_a_write_wants_a_fresh_proof(here: Visit, channel: ChannelName) -> None:
    await here.prove(BORROWER, channel=channel)
    here.clock.forward(601)

    assert not [wish for wish in OWN if asks_who(await here.say(wish, wish, channel=channel))]
    for wish in (*WRITES, *QUEUE):
        assert asks_who(await here.say(wish, wish, channel=channel)), wish
        await here.say("不办了", "cancel", channel=channel)


@pytest.mark.parametrize("channel", [*SCREENS, PHONE])
async def test_for_ten_minutes_everything_may_be_done(here: Visit, channel: ChannelName) -> None:
    await here.prove(BORROWER, channel=channel)
    here.clock.forward(599)

    for wish in PERSONAL:
        assert not asks_who(await here.say(wish, wish, channel=channel)), wish
        await here.say("不办了", "cancel", channel=channel)


async def test_the_phone_says_nothing_personal_after_ten_minutes(here: Visit) -> None:
    await here.prove(BORROWER, channel=PHONE)
    here.clock.forward(601)

    for wish in PERSONAL:
        assert asks_who(await here.say(wish, wish, channel=PHONE)), wish
        await here.say("不办了", "cancel", channel=PHONE)


async def test_the_robot_never_shows_an_account_even_to_the_person_whose_card_it_read(here: Visit) -> None:
    number, _ = here.town.numbers(BORROWER)
    subject = (await here.town.system.prove_by_card(number)).subject
    account, loan = await here.town.system.account(subject), await here.town.system.loan(subject)
    assert loan is not None

    before = [await here.say(wish, wish, channel=ROBOT) for wish in (*OWN, *WRITES)]
    await here.card(number)
    after = [await here.say(wish, wish, channel=ROBOT) for wish in (*OWN, *WRITES, *QUEUE, *OPEN)]

    assert all(refuses(turn) for turn in before)
    assert all(refuses(turn) for turn in after[: len(OWN) + len(WRITES)])
    shown = "".join(repr(turn.replies) for turn in after)
    for amount in (account.balance, loan.balance):
        assert f"{amount:,.2f}" not in shown
        assert str(amount) not in shown


async def test_a_form_whose_proof_grows_old_waits_for_a_new_one_and_is_submitted_once(here: Visit) -> None:
    number, password = here.town.numbers("租房、单身")
    await here.prove("租房、单身")
    await here.say("租房提取三千", "withdraw_rent")
    here.clock.forward(601)

    asked = await here.say("确认", "affirm")
    await here.say(number)
    done = await here.say(password)

    assert asks_who(asked)
    assert "已确认是您本人" in done.replies[0].text
    assert "编号 YS" in done.replies[1].text


async def test_a_binding_ends_after_thirty_days(here: Visit) -> None:
    await here.prove(BORROWER)
    here.clock.forward(30 * 86_400 + 1)

    assert asks_who(await here.say("查余额", "query_balance"))


def test_the_table_names_every_wish_that_asks_the_core_system(here: Visit) -> None:
    identity = {"prove_identity", "bind_account", "unbind_account", "erase_data", "cancel"}
    routed = {"change_booking"}  # reached after a booking only, which has asked for the proof

    assert {wish.name for wish in here.wishes} == {*PERSONAL, *OPEN, *identity, *routed}
