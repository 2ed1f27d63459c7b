"""Double entry: every posting sums to zero, is booked once, and a balance is the sum of its entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Table, func, select, update

from actions.business.sandbox.schema import accounts, applications, entries, loans

EMPLOYERS, INTEREST, CLEARING, BANK = "employers", "interest", "clearing", "bank"
LOAN_INTEREST = "loan-interest"
REMITTANCE, INTEREST_SETTLED, PARTIAL, CLOSING = "01", "09", "11", "12"  # policy_facts E-4
LOAN_LENT, LOAN_REPAID, LOAN_PREPAID = "01", "02", "03"  # policy_facts E-8
FUND = "fund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Move `amount` fen from one account to another, once: `id` is its identity."""

    id: str
    source: str
    target: str
    amount: int
    kind: str
    on: date
    month: str = ""


def fund(subject: str) -> str:
    """The ledger account of a person's fund account."""
    return f"fund:{subject}"


def loan_of(subject: str) -> str:
    """The ledger account of a person's loan from the fund; below zero while money is owed."""
    return f"loan:{subject}"


def post(connection: Connection, posting: Posting) -> None:
    """Book both sides; raises ValueError for an amount that is not positive or that an account cannot bear."""
    if posting.amount <= 0:
        raise ValueError("a posting moves a positive amount")
    for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount)):
        line = {
            "posting": posting.id,
            "account": account,
            "amount": amount,
            "kind": posting.kind,
            "month": posting.month or f"{posting.on:%Y-%m}",
            "booked_on": posting.on,
            "balance": _move(connection, account, amount),
        }
        connection.execute(entries.insert(), line)


def _move(connection: Connection, account: str, amount: int) -> int | None:
    """Change the balance a person sees, never below zero, in one statement."""
    kind, _, subject = account.partition(":")
    if kind == "fund":
        return _change(connection, accounts, subject, amount, accounts.c.balance + amount)
    if kind == "loan":
        return _change(connection, loans, subject, amount, loans.c.balance - amount)
    return None


def _change(connection: Connection, table: Table, subject: str, amount: int, after: ColumnElement[int]) -> int:
    change = (
        update(table).where(table.c.subject == subject, after >= 0).values(balance=after).returning(table.c.balance)
    )
    balance = connection.execute(change).scalar_one_or_none()
    if balance is None:
        raise ValueError("the account does not exist or would be overdrawn")
    return int(balance)


def imbalance(connection: Connection) -> list[str]:
    """What does not add up; empty when the books are right. Used by the property test and the board."""
    return [*_uneven(connection), *_differing(connection)]


def _uneven(connection: Connection) -> Iterator[str]:
    total = func.sum(entries.c.amount)
    uneven = select(entries.c.posting, total.label("total")).group_by(entries.c.posting).having(total != 0)
    for row in connection.execute(uneven):
        yield f"posting {row.posting} sums to {row.total}"


def _differing(connection: Connection) -> Iterator[str]:
    sums = select(entries.c.account, func.sum(entries.c.amount).label("total")).group_by(entries.c.account)
    totals = {row.account: int(row.total) for row in connection.execute(sums)}
    shown = {
        fund(row.subject): row.balance for row in connection.execute(select(accounts.c.subject, accounts.c.balance))
    }
    lent = select(loans.c.subject, loans.c.balance).where(loans.c.source == FUND)
    shown |= {loan_of(row.subject): -row.balance for row in connection.execute(lent)}
    waiting = select(func.coalesce(func.sum(applications.c.amount), 0)).where(
        applications.c.state.in_(("accepted", "approved"))
    )
    shown[CLEARING] = int(connection.execute(waiting).scalar_one())
    for account, balance in shown.items():
        if totals.get(account, 0) != balance:
            yield f"account {account} shows {balance}, booked {totals.get(account, 0)}"
