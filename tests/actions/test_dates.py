"""Dates, months, and the day whose rule is asked about."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.dates import day, month, policy_day
from bot.errors import ValueRefused

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("下个月", date(2026, 12, 1)),
        ("明年三月", date(2027, 3, 1)),
        ("2026-12", date(2026, 12, 1)),
        ("12月", date(2026, 12, 1)),
        ("二〇二七年一月", date(2027, 1, 1)),
        ("上个月", date(2026, 10, 1)),
    ],
)
def test_months(text: str, first: date) -> None:
    assert month(text, TODAY) == first


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("明天", date(2026, 11, 24)),
        ("12月1号", date(2026, 12, 1)),
        ("2027年2月28日", date(2027, 2, 28)),
        ("2027-02-28", date(2027, 2, 28)),
    ],
)
def test_days(text: str, meant: date) -> None:
    assert day(text, TODAY) == meant


@pytest.mark.parametrize("text", ["2月30日", "2026年13月1日", "下个月", "什么时候", ""])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        day(text, TODAY)


@pytest.mark.parametrize(
    ("text", "on", "question"),
    [
        ("去年租房能提多少", date(2025, 12, 31), "租房能提多少"),
        ("去年灵活就业每月最少最多缴多少", date(2025, 12, 31), "灵活就业每月最少最多缴多少"),
        ("去年装修能提吗", date(2025, 12, 31), "装修能提吗"),
        ("2021年装修公积金可以提不", date(2021, 12, 31), "装修公积金可以提不"),
        ("前年的物业费能不能提", date(2024, 12, 31), "物业费能不能提"),
        ("去年租房一年能提几次", date(2025, 12, 31), "租房一年能提几次"),
        ("2024年贷款最高多少", date(2024, 12, 31), "贷款最高多少"),
        ("新条例之前贷款几天批", date(2026, 9, 19), "贷款几天批"),
        ("9月20号以前受理的贷款几天批", date(2026, 9, 19), "受理的贷款几天批"),
        ("2024-10-07的贷款额度", date(2024, 10, 7), "贷款额度"),
        ("8月以前提取时限几年", date(2026, 7, 31), "提取时限几年"),
        ("2022年底首套利率", date(2022, 12, 31), "首套利率"),
        ("去年年初贷款利率多少", date(2025, 1, 31), "贷款利率多少"),
        ("去年中贷款利率多少", date(2025, 6, 30), "贷款利率多少"),
        ("2024年3月中贷款利率多少", date(2024, 3, 15), "贷款利率多少"),
        ("上一年度缴存基数上限", date(2025, 12, 31), "缴存基数上限"),
        ("去年这时候租房最多提多少", date(2025, 12, 31), "租房最多提多少"),
        ("五年前贷款利率多少", date(2021, 11, 23), "贷款利率多少"),
        ("2020年以前贷款利率是多少", date(2019, 12, 31), "贷款利率是多少"),
        ("二零二四年前的利率", date(2023, 12, 31), "利率"),
        ("3年以前租房最多提多少", date(2023, 11, 23), "租房最多提多少"),
        ("2026年8月批贷款要几天", date(2026, 8, 31), "批贷款要几天"),
        ("我2023年贷的款那时候利率是多少", date(2023, 12, 31), "利率是多少"),
        ("2028年贷款利率多少", date(2028, 12, 31), "贷款利率多少"),
    ],
)
def test_a_question_about_another_day(text: str, on: date, question: str) -> None:
    found = policy_day(text, TODAY)

    assert found is not None
    assert (found.on, found.question) == (on, question)


@pytest.mark.parametrize(
    "text",
    [
        "我去年买的房能提吗",
        "去年买房能提吗",
        "去年装修花了八万能提吗",
        "去年租房了现在能提吗",
        "2015年办的贷款现在利率多少",
        "我2020年参加工作能贷多少",
        "公积金2025最新规定",
        "2025年最新利率",
        "今年能提多少",
        "明年三月退休怎么提",
        "贷款20年多少",
        "缓缴3个月行吗",
        "2月30日能提吗",
        "三年前买的房现在能提多少",
        "五年以上利率多少",
        "今年租房最多提多少",
        "新规跟以前比改了哪些规定",
        "新条例和之前有什么区别",
    ],
)
def test_what_only_looks_like_another_day(text: str) -> None:
    assert policy_day(text, TODAY) is None


@settings(max_examples=300)
@given(text=st.text(alphabet="去前年今明月日号初底以之0123456789一二三十-/. 的了", max_size=16))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    found = policy_day(text, TODAY)

    assert found is None or found.on != TODAY
