"""Repayment plans in whole fen: monthly amount, schedule from today on, and what a prepayment changes."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

EQUAL_INSTALMENT, EQUAL_PRINCIPAL = "01", "02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One instalment; money in fen, `balance` after it."""

    number: int
    due_on: date
    principal: int
    interest: int
    balance: int


def monthly_rate(rate: Decimal) -> Decimal:
    """Annual percent → monthly fraction (policy_facts D-5)."""
    return rate / 1200


def to_fen(amount: Decimal) -> int:
    """Round half up to whole fen."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def instalment(balance: int, rate: Decimal, months: int) -> int:
    """Equal monthly instalment in fen for what is left."""
    i = monthly_rate(rate)
    growth = (1 + i) ** months
    return to_fen(balance * i * growth / (growth - 1))


def due_date(lent_on: date, number: int, day: int) -> date:
    """When instalment `number` (from 1) falls due; `day` ≤ 28."""
    month = lent_on.month - 1 + number
    return date(lent_on.year + month // 12, month % 12 + 1, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is left of a loan: fen, percent a year, months, method, and where its calendar starts."""

    balance: int
    rate: Decimal
    months: int
    method: str
    lent_on: date
    day: int
    paid: int

    def schedule(self) -> tuple[Line, ...]:
        """Every instalment still to come; the last one takes the rounding."""
        lines, left = [], self.balance
        level = instalment(self.balance, self.rate, self.months) if self.method == EQUAL_INSTALMENT else 0
        share = to_fen(Decimal(self.balance) / self.months)
        for index in range(1, self.months + 1):
            interest = to_fen(left * monthly_rate(self.rate))
            principal = level - interest if level else share
            principal = left if index == self.months else min(principal, left)
            left -= principal
            number = self.paid + index
            due = due_date(self.lent_on, number, self.day)
            lines.append(Line(number=number, due_on=due, principal=principal, interest=interest, balance=left))
            if not left:
                break
        return tuple(lines)


def months_needed(balance: int, rate: Decimal, level: int) -> int:
    """How many months at the same instalment pay off the rest."""
    left, months = balance, 0
    while left > 0 and months < 600:
        left -= level - to_fen(left * monthly_rate(rate))
        months += 1
    return months
