"""What paying back early changes: the same payment for less time, or less payment for the same time (D-11)."""

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal, localcontext

from actions.calculators.loan import Loan, Method, cost, level_payment, monthly_rate, plan
from actions.calculators.rounding import EXACT, to_fen


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


def compare(remaining: Loan, prepaid: Decimal) -> Comparison:
    """Compare the rest of a loan with and without `prepaid` yuan paid back now; it must be less than what is owed."""
    if not 0 < prepaid < remaining.principal:
        raise ValueError("what is paid back early is more than nothing and less than what is owed")
    lower = replace(remaining, principal=remaining.principal - prepaid)
    months = _months_at_same_pace(remaining, lower.principal)
    return Comparison(before=_outlook(remaining), shorter=_shorter(remaining, lower, months), lower=_outlook(lower))


def _outlook(loan: Loan) -> Outlook:
    return Outlook(payment=cost(loan).first, months=loan.months, interest=sum_interest(loan))


def sum_interest(loan: Loan) -> Decimal:
    """Return the interest of the plan, month by month to the fen."""
    return sum((row.interest for row in plan(loan)), Decimal("0.00"))


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


def _shorter(before: Loan, after: Loan, months: int) -> Outlook:
    """Walk the months at the old pace; the last one is smaller."""
    with localcontext(EXACT):
        i, left = monthly_rate(before.rate), after.principal
        level = to_fen(level_payment(before.principal, i, before.months))
        share = to_fen(before.principal / before.months)
        interest_sum, first, number = Decimal("0.00"), Decimal("0.00"), 0
        while left > 0:
            number += 1
            interest = to_fen(left * i)
            repaid = min(left, share if before.method is Method.EQUAL_PRINCIPAL else level - interest)
            repaid = left if number >= months else repaid
            interest_sum += interest
            first = first or repaid + interest
            left -= repaid
        return Outlook(payment=first, months=number, interest=interest_sum)
