"""Three scales of retiring (policy_facts D-10): 男 60→63, 女 55→58, 女 50→55, all reached in fifteen years."""

from datetime import date

import pytest

from actions.business.sandbox.persons import retires_on


@pytest.mark.parametrize(
    ("born", "former_age", "due"),
    [
        (date(1964, 12, 28), 60, date(2024, 12, 1)),
        (date(1965, 1, 1), 60, date(2025, 2, 1)),
        (date(1965, 4, 30), 60, date(2025, 5, 1)),
        (date(1965, 5, 1), 60, date(2025, 7, 1)),
        (date(1976, 12, 1), 60, date(2039, 12, 1)),
        (date(1990, 3, 1), 60, date(2053, 3, 1)),
        (date(1969, 12, 1), 55, date(2024, 12, 1)),
        (date(1970, 1, 1), 55, date(2025, 2, 1)),
        (date(1990, 3, 1), 55, date(2048, 3, 1)),
        (date(1974, 12, 1), 50, date(2024, 12, 1)),
        (date(1975, 1, 1), 50, date(2025, 2, 1)),
        (date(1975, 3, 1), 50, date(2025, 5, 1)),
        (date(1990, 3, 1), 50, date(2045, 3, 1)),
    ],
)
def test_retiring_is_deferred_by_the_former_age_and_the_month_of_birth(born, former_age, due):
    assert retires_on(born, former_age) == due


@pytest.mark.parametrize(("former_age", "whole"), [(60, 36), (55, 36), (50, 60)])
def test_all_is_reached_in_fifteen_years(former_age, whole):
    born = [date(2025 - former_age + month // 12, month % 12 + 1, 1) for month in range(240)]
    last = next(one for one in born if _deferral(one, former_age) == whole)

    assert retires_on(last, former_age).year == 2039


def _deferral(born: date, former_age: int) -> int:
    due = retires_on(born, former_age)
    return (due.year - born.year - former_age) * 12 + due.month - born.month
