"""Money, periods, ratios and counts as people write them."""

import contextlib
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.values import (
    count,
    find_amounts,
    find_months,
    find_percents,
    find_yuan,
    months,
    number,
    without_paid,
    yuan,
)
from bot.errors import JiajiaError, ValueRefused


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三万五", "35000"),
        ("3.5万", "35000"),
        ("两千块", "2000"),
        ("３万", "30000"),
        ("１２，０００", "12000"),
        ("12,000.50元", "12000.50"),
        ("一百二", "120"),
        ("3万5", "35000"),
        ("1万2500", "12500"),
        ("百万", "1000000"),
        ("50w", "500000"),
        ("六千五", "6500"),
        ("30 万元", "300000"),
    ],
)
def test_money_as_people_write_it(text: str, value: str) -> None:
    assert yuan(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["-300", "负五百", "0", "零", "2亿", "1.234", "很多", "", "半", "<b>5</b>", "1; DROP TABLE"]
)
def test_what_is_no_money_is_refused_in_a_clear_sentence(text: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        yuan(text)

    assert refused.value.reason.endswith("。")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一年半", 18),
        ("18个月", 18),
        ("20年", 240),
        ("三十年", 360),
        ("半年", 6),
        ("三年零两个月", 38),
        ("240期", 240),
        ("20", 240),
    ],
)
def test_periods_in_months(text: str, value: int) -> None:
    assert months(text) == value


@pytest.mark.parametrize("text", ["0年", "年", "很久", "1.3"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        months(text)


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("两人", 2), ("三个", 3), ("0", 0)])
def test_counts(text: str, value: int) -> None:
    assert count(text) == value


@pytest.mark.parametrize("text", ["1.5", "一百个", "-1", "几个"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused):
        count(text)


@pytest.mark.parametrize(
    ("text", "amounts", "period", "percents"),
    [
        ("50万30年月供多少", ["500000"], 360, []),
        ("五十万三十年", ["500000"], 360, []),
        ("还欠40万剩20年想提前还10万", ["400000", "100000"], 240, []),
        ("我月薪8000，比例12%", ["8000"], None, ["12"]),
        ("工资一万二 比例百分之十", ["12000"], None, ["10"]),
        ("2025年5月贷了60万", ["600000"], None, []),
        ("千万不要", [], None, []),
        ("万一断缴了呢", [], None, []),
        ("3个人", [], None, []),
        ("我45岁", [], None, []),
    ],
)
def test_values_inside_a_sentence(text: str, amounts: list[str], period: int | None, percents: list[str]) -> None:
    assert [str(amount.yuan) for amount in find_amounts(text)] == amounts
    assert find_months(text) == period
    assert [str(ratio) for ratio in find_percents(text)] == percents


@given(value=st.integers(min_value=1, max_value=99_999_999))
def test_every_amount_is_read_in_digits_and_in_chinese(value: int) -> None:
    assert yuan(f"{value:,}元") == value
    assert number(cn2an.an2cn(str(value))) == value


@settings(max_examples=300)
@given(text=st.text(max_size=40))
def test_no_text_whatever_breaks_the_readers(text: str) -> None:
    for reads in (yuan, months, count, number):
        try:
            reads(text)
        except JiajiaError:
            continue
    with contextlib.suppress(ValueRefused):
        find_amounts(text)
    find_months(text)
    find_percents(text)


def test_a_month_after_thousands_is_no_part_of_them_and_no_wrong_amount() -> None:
    assert find_yuan("一千八一个月") is None
    assert find_yuan("三千,十二个月") == 3000


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("已经还了3年,想提前还10万", "已经,想提前还10万"),
        ("还了快两年半 剩40万", " 剩40万"),
        ("供了8个月", ""),
        ("还剩3年", "还剩3年"),
        ("分20年还", "分20年还"),
        ("还了10万", "还了10万"),
    ],
)
def test_how_long_a_loan_was_paid_is_no_term(text: str, left: str) -> None:
    assert without_paid(text) == left


def test_a_month_the_payment_is_counted_by_is_no_part_of_the_term_even_misheard() -> None:
    assert find_months("八十万三十年一个月换多少") == 360
    assert find_months("缴了两年一个月") == 25
