"""What people write by mistake or on purpose: a clear answer, and nothing is written."""

import pytest
from sqlalchemy import Connection, func, select

from actions.business.sandbox import schema
from tests.actions.counter.visit import Visit, text

RENTER, BORROWER = "租房、单身", "有公积金贷款"
ODD = (
    "'; DROP TABLE people;--",
    '<script>alert("x")</script>',
    "{{7*7}} ${jndi:ldap://x}",
    "😀🏠💰",
    "1" * 30,
    "零",
    "百万千",
    "-",
    "1e9",
    "0x1F",
    "NaN",
    "٣٠٠٠",
    "\u202e0003",
    "3.14.15",
    "三点一四一五九",
    "0000000",
    "明天",
    "2027年13月45日",
)
FORMS = {
    "withdraw_rent": (("我要租房提取", "withdraw_rent"),),
    "prepay": (("我要提前还款", "prepay"),),
    "book_counter": (("我要预约", "book_counter"), ("城西", "inform")),
    "get_certificate": (("开证明", "get_certificate"),),
    "prove_identity": (("验证身份", "prove_identity"),),
    "calculate_loan": (("算月供", "calculate_loan"),),
    "query_contribution": (("查缴存明细", "query_contribution"),),
}
WRITTEN = (schema.applications, schema.tickets, schema.complaints, schema.certificates)


async def written(here: Visit) -> list[int]:
    def count(connection: Connection) -> list[int]:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in WRITTEN]

    return await here.town.look(count)


@pytest.mark.parametrize("form", FORMS)
async def test_odd_words_in_the_middle_of_a_form_are_answered_and_write_nothing(here: Visit, form: str) -> None:
    await here.prove(BORROWER if form == "prepay" else RENTER)
    for words, intent in FORMS[form]:
        await here.say(words, intent)
    before = await written(here)

    for odd in ODD:
        for intent in ("inform", "nlu_fallback"):
            turn = await here.say(odd, intent)
            assert turn.replies, odd
            assert all(reply.text.strip() for reply in turn.replies), odd
            assert turn.error == "", odd
            assert "没处理好" not in text(turn), odd

    assert await written(here) == before


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("10000000", "16,800.00"),
        ("九千九百九十九亿", "太大"),
        ("-3000", "大于 0"),
        ("0", "大于 0"),
        ("3000.001元", "两位小数"),
        ("6222021001116245702", "不是金额"),
        ("123456789012345678901234567890", "不是金额"),
    ],
)
async def test_an_amount_that_cannot_be_says_why(here: Visit, said: str, told: str) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")
    before = await written(here)

    turn = await here.say(said)

    assert told in text(turn)
    assert not text(turn).endswith("\n")
    assert await written(here) == before


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("三千五", "3,500.00"),
        ("３０００", "3,000.00"),
        ("1,234.50元", "1,234.50"),
        ("壹万贰仟", "12,000.00"),
        ("1.2万", "12,000.00"),
        ("3k", "3,000.00"),
    ],
)
async def test_amounts_are_read_as_people_write_them(here: Visit, said: str, read: str) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")

    assert f"租房提取 {read} 元" in text(await here.say(said))


@pytest.mark.parametrize("said", ["两千块出头", "三千左右", "大概五千", "三千多", "差不多四千", "一万来块"])
async def test_an_amount_told_roughly_is_taken_as_a_round_number_and_said_so(here: Visit, said: str) -> None:
    await here.prove(RENTER)
    await here.say("我要租房提取", "withdraw_rent")

    turn = await here.say(said)

    assert text(turn).startswith("您说的是个大概数,先按整数填。请核对:")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("昨天上午", "已经过去"),
        ("明天凌晨三点", "约不上"),
        ("周六上午", "周六"),
        ("2025年1月1日", "已经过去"),
        ("2月30日", "日历上没有这一天"),
    ],
)
async def test_a_time_that_cannot_be_booked_says_why(here: Visit, said: str, told: str) -> None:
    await here.prove(RENTER)
    await here.say("我要预约", "book_counter")
    await here.say("城西")
    before = await written(here)

    turn = await here.say(said)

    assert told in text(turn).replace(" ", "")
    assert await written(here) == before


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("下个月的", "还没到"),
        ("2030年", "还没到"),
        ("上上个月", "2026 年 9 月"),
        ("上个月", "2026 年 10 月"),
        ("今年", "2026 年 1 月到"),
    ],
)
async def test_months_are_read_and_the_future_has_none(here: Visit, said: str, told: str) -> None:
    await here.prove(RENTER)
    await here.say("查缴存明细", "query_contribution")

    assert told in text(await here.say(said))


async def test_someone_elses_identity_number_shows_nothing_without_their_secret(here: Visit) -> None:
    await here.prove(RENTER)
    other, _ = here.town.numbers(BORROWER)

    asked = await here.say(other)
    own = await here.say("查余额", "query_balance")
    wrong = await here.say(here.town.numbers(RENTER)[1])

    assert "用哪种方式确认" in text(asked)
    number, password = here.town.numbers(RENTER)
    balance = (
        await here.town.system.account((await here.town.system.prove_by_password(number, password)).subject)
    ).balance
    assert f"{balance:,.2f} 元" in own.replies[0].text
    assert "还可以试 4 次" in text(wrong)


async def test_markup_in_a_complaint_is_kept_as_words(here: Visit) -> None:
    await here.prove(RENTER)
    words = "<b>网点</b>态度太差了'; DROP TABLE complaints;--"

    read_back = await here.say(words, "file_complaint")
    filed = await here.say("确认", "affirm")

    assert words in text(read_back)
    assert "✔ 已登记" in text(filed)
    assert (await written(here))[2] == 1
