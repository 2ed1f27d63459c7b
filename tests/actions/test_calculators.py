"""The arithmetic, against policy_facts D-3, D-7, D-14 and against its own laws."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.calculators.contribution import Limits, Rounding, contribution
from actions.calculators.interest import accumulated, interest, next_settlement
from actions.calculators.loan import Loan, Method, cost, plan
from actions.calculators.prepayment import compare

D7 = [  # principal, rate, months, equal payment, its interest, first, last, step, interest
    ("800000", "3.5", 360, "3592.36", "493248.70", "4555.56", "2228.70", "6.48", "421166.67"),
    ("800000", "3.25", 360, "3481.65", "453394.20", "4388.89", "2228.24", "6.02", "391083.33"),
    ("700000", "2.6", 360, "2802.38", "308856.07", "3461.11", "1948.66", "4.21", "273758.33"),
    ("900000", "2.6", 360, "3603.06", "397100.67", "4450.00", "2505.42", "5.42", "351975.00"),
    ("1000000", "2.6", 360, "4003.40", "441222.96", "4944.44", "2783.80", "6.02", "391083.33"),
    ("900000", "2.85", 360, "3722.02", "439925.93", "4637.50", "2505.94", "5.94", "385818.75"),
    ("600000", "3.075", 360, "2553.96", "319425.01", "3204.17", "1670.94", "4.27", "277518.75"),
    ("500000", "2.6", 240, "2673.94", "141745.66", "3166.67", "2087.85", "4.51", "130541.67"),
    ("100000", "2.1", 60, "1757.15", "5429.25", "1841.67", "1669.58", "2.92", "5337.50"),
]
LOANS = st.builds(
    Loan,
    principal=st.decimals(min_value="100", max_value="2000000", places=2),
    rate=st.decimals(min_value="0", max_value="6", places=3),
    months=st.integers(min_value=1, max_value=360),
    method=st.sampled_from(Method),
)


@pytest.mark.parametrize("row", D7)
def test_both_methods_agree_with_the_published_examples_to_the_fen(row: tuple[str, ...]) -> None:
    principal, rate, months, payment, interest_, first, last, step, falling_interest = row
    loan = Loan(principal=Decimal(principal), rate=Decimal(rate), months=int(months))

    level = cost(loan)
    falling = cost(Loan(principal=loan.principal, rate=loan.rate, months=loan.months, method=Method.EQUAL_PRINCIPAL))

    assert (str(level.first), str(level.interest)) == (payment, interest_)
    assert (str(falling.first), str(falling.last), str(falling.step), str(falling.interest)) == (
        first,
        last,
        step,
        falling_interest,
    )


@settings(max_examples=60, deadline=None)
@given(loan=LOANS)
def test_a_plan_repays_exactly_what_was_borrowed(loan: Loan) -> None:
    rows = plan(loan)

    assert sum(row.principal for row in rows) == loan.principal
    assert rows[-1].left == 0
    assert len(rows) <= loan.months  # rounding up a tiny loan pays it off before its term
    assert all(row.payment == row.principal + row.interest and row.left >= 0 for row in rows)


@settings(max_examples=40, deadline=None)
@given(loan=LOANS)
def test_a_plan_costs_what_the_formula_says_within_rounding(loan: Loan) -> None:
    difference = sum(row.interest for row in plan(loan)) - cost(loan).interest

    assert abs(difference) <= Decimal("0.01") * loan.months * 3


@settings(max_examples=40, deadline=None)
@given(
    principal=st.integers(min_value=20_000, max_value=1_000_000),
    months=st.integers(min_value=13, max_value=300),
    part=st.integers(min_value=5, max_value=95),
    method=st.sampled_from(Method),
)
def test_paying_early_saves_interest_and_a_shorter_time_saves_more(
    principal: int, months: int, part: int, method: Method
) -> None:
    loan = Loan(principal=Decimal(principal), rate=Decimal("2.6"), months=months, method=method)

    compared = compare(loan, Decimal(principal * part // 100))

    assert compared.saved_shorter >= compared.saved_lower - Decimal("0.5") > 0 - Decimal("0.5")
    assert compared.shorter.months <= months
    assert compared.lower.payment <= compared.before.payment


@pytest.mark.parametrize("prepaid", ["0", "-1", "100000", "100001"])
def test_an_impossible_prepayment_is_refused(prepaid: str) -> None:
    loan = Loan(principal=Decimal(100000), rate=Decimal("2.6"), months=120)

    with pytest.raises(ValueError, match="less than what is owed"):
        compare(loan, Decimal(prepaid))


def test_a_year_of_interest_is_counted_by_days_of_360() -> None:
    assert interest(Decimal(100000), Decimal("1.50"), 360) == Decimal("1500.00")
    assert interest(Decimal(100000), Decimal("1.50"), 365) == Decimal("1520.83")


def test_interest_settles_on_the_coming_30_june() -> None:
    assert next_settlement(date(2026, 6, 30)) == date(2026, 6, 30)
    assert next_settlement(date(2026, 7, 1)) == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("wage", "ratio", "rounding", "personal"),
    [
        ("50000", "12", Rounding.HALF_UP_TO_FEN, "3839.40"),
        ("50000", "5", Rounding.HALF_UP_TO_FEN, "1599.75"),
        ("1000", "5", Rounding.HALF_UP_TO_FEN, "104.00"),
        ("1000", "12", Rounding.HALF_UP_TO_FEN, "249.60"),
        ("50000", "12", Rounding.HALF_UP_TO_YUAN, "3839.00"),
        ("50000", "12", Rounding.UP_TO_YUAN, "3840.00"),
        ("50000", "5", Rounding.DOWN_TO_YUAN, "1599.00"),
    ],
)
def test_a_contribution_stays_inside_the_base_limits(wage: str, ratio: str, rounding: Rounding, personal: str) -> None:
    limits = Limits(lowest=Decimal(2080), highest=Decimal(31995))

    monthly = contribution(
        Decimal(wage), personal=Decimal(ratio), employer=Decimal(ratio), limits=limits, rounding=rounding
    )

    assert str(monthly.personal) == personal
    assert monthly.total == 2 * monthly.personal


def test_a_changing_balance_earns_by_its_balance_at_the_end_of_every_day() -> None:
    changes = ((date(2020, 1, 1), Decimal(90000)), (date(2025, 7, 1), Decimal(10000)), (date(2026, 7, 1), Decimal(1)))

    assert accumulated(changes, date(2025, 7, 1), date(2026, 6, 30), Decimal("1.50")) == Decimal("1520.83")


def test_a_day_in_and_out_again_earns_nothing() -> None:
    changes = ((date(2026, 3, 5), Decimal(700)), (date(2026, 3, 5), Decimal(-700)))

    assert accumulated(changes, date(2025, 7, 1), date(2026, 6, 30), Decimal("1.50")) == 0


def test_a_contract_keeps_its_payment_when_the_rest_is_compared() -> None:
    rest = Loan(principal=Decimal(400000), rate=Decimal("2.6"), months=200)

    compared = compare(rest, Decimal(50000), steady=Decimal("2500.00"))

    assert compared.before.payment == compared.shorter.payment == Decimal("2500.00")
    assert compared.shorter.months < 200 == compared.lower.months
