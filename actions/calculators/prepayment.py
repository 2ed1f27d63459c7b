"""What paying back early changes: the same payment for less time, or less payment for the same time (D-11)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal, localcontext

from actions.calculators.loan import Installment, Loan, Method, level_payment, monthly_rate, pace, plan, walk
from actions.calculators.rounding import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The rest of a loan: next payment, months left, interest still to come."""

    payment: Decimal
    months: int
    interest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Before, and after each of the two choices."""

    before: Outlook
    shorter: Outlook
    lower: Outlook

    @property
    def saved_shorter(self) -> Decimal:
        """Interest saved by 月供不变、缩短年限."""
        return self.before.interest - self.shorter.interest

    @property
    def saved_lower(self) -> Decimal:
        """Interest saved by 年限不变、减少月供."""
        return self.before.interest - self.lower.interest


def compare(remaining: Loan, prepaid: Decimal, *, steady: Decimal | None = None) -> Comparison:
    """Compare the rest of a loan with and without `prepaid` yuan paid back now; it must be less than what is owed.

    `steady` is what the contract has been paying every month (see `pace`); without it the rest is computed anew.
    """
    if not 0 < prepaid < remaining.principal:
        raise ValueError("what is paid back early is more than nothing and less than what is owed")
    steady = pace(remaining) if steady is None else steady
    lower = replace(remaining, principal=remaining.principal - prepaid)
    shorter = replace(lower, months=_months_at_same_pace(remaining, lower.principal))
    return Comparison(
        before=_outlook(walk(remaining, steady)),
        shorter=_outlook(walk(shorter, steady)),
        lower=_outlook(plan(lower)),
    )


def _outlook(plan_: Iterable[Installment]) -> Outlook:
    rows = tuple(plan_)
    return Outlook(payment=rows[0].payment, months=len(rows), interest=_interest(rows))


def sum_interest(loan: Loan) -> Decimal:
    """Return the interest of the plan, month by month to the fen."""
    return _interest(plan(loan))


def _interest(rows: Iterable[Installment]) -> Decimal:
    return sum((row.interest for row in rows), Decimal("0.00"))


def _months_at_same_pace(before: Loan, principal: Decimal) -> int:
    """Return how many months `principal` lasts when one pays as much a month as before."""
    with localcontext(EXACT):
        i = monthly_rate(before.rate)
        if before.method is Method.EQUAL_PRINCIPAL or i == 0:
            exact = principal * before.months / before.principal
        else:
            payment = level_payment(before.principal, i, before.months)
            exact = -(1 - principal * i / payment).ln() / (1 + i).ln()
        # A hair under the whole month is rounding of the logarithm, not another month.
        return max(1, int((exact - Decimal("1e-12")).to_integral_value(rounding=ROUND_CEILING)))
