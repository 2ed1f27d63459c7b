"""Monthly payments and repayment plans of a loan, by both methods (policy_facts D-5, D-6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum

from actions.calculators.rounding import EXACT, to_fen

_SHORT_NAME = re.compile(r"(本金|本息)(?:那种|的(?!多少)|方式|还法|呢)")


class Method(StrEnum):
    """How a loan is repaid; the values are what citizens read."""

    EQUAL_PAYMENT = "等额本息"
    EQUAL_PRINCIPAL = "等额本金"


def named_method(text: str) -> Method | None:
    """Return the one method named: 等额本金呢, 本金那种; None when none or both are."""
    named = [method for method in Method if method.value in text]
    if not named and (match := _SHORT_NAME.search(text)):
        named = [Method.EQUAL_PRINCIPAL if match.group(1) == "本金" else Method.EQUAL_PAYMENT]
    return named[0] if len(named) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """What is borrowed: yuan, yearly rate in percent, number of months."""

    principal: Decimal
    rate: Decimal
    months: int
    method: Method = Method.EQUAL_PAYMENT

    def __post_init__(self) -> None:
        if self.principal <= 0 or self.rate < 0 or self.months < 1:
            raise ValueError("a loan has a positive principal, a rate of at least 0 and at least one month")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a loan costs by the formula, to the fen; `step` is what each payment is less than the one before."""

    first: Decimal
    last: Decimal
    step: Decimal
    interest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Installment:
    """One month of a plan; `left` is the principal still owed after it."""

    number: int
    payment: Decimal
    principal: Decimal
    interest: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Twelve months of a plan, or what is left of them."""

    number: int
    paid: Decimal
    principal: Decimal
    interest: Decimal
    left: Decimal


def monthly_rate(rate: Decimal) -> Decimal:
    """Return a yearly percentage as a monthly fraction."""
    return EXACT.divide(rate, Decimal(1200))


def cost(loan: Loan) -> Cost:
    """Return payments and total interest, computed with unrounded payments as banks publish them."""
    with localcontext(EXACT):
        i, p, n = monthly_rate(loan.rate), loan.principal, loan.months
        if loan.method is Method.EQUAL_PRINCIPAL:
            share = p / n
            total = p * i * (n + 1) / 2
            return Cost(
                first=to_fen(share + p * i),
                last=to_fen(share + share * i),
                step=to_fen(share * i),
                interest=to_fen(total),
            )
        payment = level_payment(p, i, n)
        return Cost(first=to_fen(payment), last=to_fen(payment), step=Decimal("0.00"), interest=to_fen(payment * n - p))


def level_payment(principal: Decimal, i: Decimal, months: int) -> Decimal:
    """Return the unrounded equal payment at monthly rate `i`."""
    with localcontext(EXACT):
        if i == 0:
            return principal / months
        growth = (1 + i) ** months
        return principal * i * growth / (growth - 1)


def pace(loan: Loan) -> Decimal:
    """Return what stays the same every month, to the fen: the equal payment, or the equal share of principal."""
    with localcontext(EXACT):
        if loan.method is Method.EQUAL_PRINCIPAL:
            return to_fen(loan.principal / loan.months)
        return to_fen(level_payment(loan.principal, monthly_rate(loan.rate), loan.months))


def walk(loan: Loan, steady: Decimal) -> Iterator[Installment]:
    """Yield month after month at the pace `steady` until nothing is owed; the last month of the term takes the rest."""
    with localcontext(EXACT):
        i = monthly_rate(loan.rate)
    left, number = loan.principal, 0
    while left > 0:
        number += 1
        interest = to_fen(left * i)
        repaid = steady if loan.method is Method.EQUAL_PRINCIPAL else steady - interest
        repaid = left if number >= loan.months else min(repaid, left)
        left -= repaid
        yield Installment(number=number, payment=repaid + interest, principal=repaid, interest=interest, left=left)


def plan(loan: Loan) -> tuple[Installment, ...]:
    """Return every month, each rounded to the fen; the last month settles what rounding left over."""
    return tuple(walk(loan, pace(loan)))


def yearly(rows: tuple[Installment, ...]) -> tuple[Year, ...]:
    """Return a plan summed up by years from its first month."""
    return tuple(
        Year(
            number=start // 12 + 1,
            paid=sum((row.payment for row in rows[start : start + 12]), Decimal("0.00")),
            principal=sum((row.principal for row in rows[start : start + 12]), Decimal("0.00")),
            interest=sum((row.interest for row in rows[start : start + 12]), Decimal("0.00")),
            left=rows[min(start + 11, len(rows) - 1)].left,
        )
        for start in range(0, len(rows), 12)
    )
