"""Loans as time passes: instalments fall due and are booked, rates follow the published ones every 1 January."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from actions.business.sandbox.ledger import BANK, FUND, LOAN_INTEREST, LOAN_REPAID, Posting, loan_of, post
from actions.business.sandbox.schema import loans
from actions.calculators.loan import Installment, Loan, Method, pace, walk
from bot.ports import Parameters

METHODS = {"01": Method.EQUAL_PAYMENT, "02": Method.EQUAL_PRINCIPAL}  # JGJ/T 320 HKFS
LONG = 60  # months; longer contracts have the higher rate (policy_facts D-8)


def rest(loan: RowMapping) -> Loan:
    """What is left of a loan, for the calculators; something must be owed."""
    months = max(1, loan["months"] - loan["months_paid"])
    return Loan(
        principal=Decimal(loan["balance"]) / 100, rate=loan["rate"], months=months, method=METHODS[loan["method"]]
    )


def steady(loan: RowMapping) -> Decimal:
    """What the contract keeps paying: the equal payment, or the equal share of principal, in yuan."""
    return Decimal(loan["monthly"]) / 100


def due_date(loan: Mapping[Any, Any], number: int) -> date:
    """When instalment `number` (from 1) falls due; the day is at most the 28th."""
    month = loan["lent_on"].month - 1 + number
    return date(loan["lent_on"].year + month // 12, month % 12 + 1, loan["repay_day"])


def coming(loan: RowMapping) -> Iterator[tuple[date, int, Installment]]:
    """Due day, number and amounts of every instalment still to come."""
    if loan["balance"] > 0:
        for line in walk(rest(loan), steady(loan)):
            number = loan["months_paid"] + line.number
            yield due_date(loan, number), number, line


def run_due_instalments(connection: Connection, on: date) -> int:
    """Book every instalment due up to `on`, each once; returns how many."""
    owing = select(loans).where(loans.c.balance > 0).order_by(loans.c.subject).with_for_update()
    return sum(_repay(connection, loan, on) for loan in connection.execute(owing).mappings().all())


def _repay(connection: Connection, loan: RowMapping, on: date) -> int:
    booked = 0
    for due, number, line in coming(loan):
        if due > on:
            break
        principal, interest = int(line.principal * 100), int(line.interest * 100)
        if loan["source"] == FUND:
            _book(connection, loan["subject"], number, loan_of(loan["subject"]), principal, due)
            _book(connection, loan["subject"], number, LOAN_INTEREST, interest, due)
        else:  # the bank's loan: we only see its balance
            change = loans.update().where(loans.c.subject == loan["subject"])
            connection.execute(change.values(balance=loans.c.balance - principal))
        change = loans.update().where(loans.c.subject == loan["subject"])
        connection.execute(change.values(months_paid=number))
        booked += 1
    return booked


def _book(connection: Connection, subject: str, number: int, target: str, amount: int, on: date) -> None:
    if amount:
        id_ = f"HK-{subject}-{number:03d}-{'L' if target == LOAN_INTEREST else 'B'}"
        post(connection, Posting(id=id_, source=BANK, target=target, amount=amount, kind=LOAN_REPAID, on=on))


def published_rate(parameters: Parameters, months: int, on: date) -> Decimal:
    """The rate of first homes on a day; the contract's length decides (policy_facts D-8)."""
    return Decimal(parameters.value("loan_rate_first_long" if months > LONG else "loan_rate_first_short", on))


def reprice(connection: Connection, parameters: Parameters, on: date) -> int:
    """Give running loans of earlier years the rate published on 1 January of this one (policy_facts B-3)."""
    new_year, changed = date(on.year, 1, 1), 0
    running = (loans.c.balance > 0) & (loans.c.source == FUND) & (loans.c.lent_on < new_year) & (loans.c.months > 12)
    for loan in connection.execute(select(loans).where(running).with_for_update()).mappings().all():
        rate = published_rate(parameters, loan["months"], new_year)
        if rate != loan["rate"]:
            left = rest(loan)
            monthly = loan["monthly"]
            if left.method is Method.EQUAL_PAYMENT:
                monthly = int(pace(Loan(principal=left.principal, rate=rate, months=left.months)) * 100)
            change = loans.update().where(loans.c.subject == loan["subject"])
            connection.execute(change.values(rate=rate, monthly=monthly))
            changed += 1
    return changed


def year_before(on: date) -> date:
    """The last day of the year before: what fell due until then is still at the old rate."""
    return date(on.year, 1, 1) - timedelta(days=1)
