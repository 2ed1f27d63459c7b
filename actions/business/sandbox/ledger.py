"""Double entry: every posting sums to zero, and an account's balance is the sum of its entries."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, update

from actions.business.sandbox.schema import accounts, entries

EMPLOYERS, INTEREST, CLEARING, BANK, LOAN_BOOK = "employers", "interest", "clearing", "bank", "loan-book"
REMITTANCE, INTEREST_SETTLED, PARTIAL, CLOSING = "01", "09", "11", "12"
LOAN_PREPAID = "03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Move `amount` fen from one account to another, once: `id` is its identity."""

    id: str
    source: str
    target: str
    amount: int
    kind: str
    month: str
    on: date


def fund(subject: str) -> str:
    """The ledger account of a person's fund account."""
    return f"fund:{subject}"


def post(connection: Connection, posting: Posting) -> None:
    """Book both sides; raises ValueError for an amount that is not positive or would overdraw a fund account."""
    if posting.amount <= 0:
        raise ValueError("a posting moves a positive amount")
    for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount)):
        balance = _move(connection, account, amount) if account.startswith("fund:") else None
        line = {
            "posting": posting.id,
            "account": account,
            "amount": amount,
            "kind": posting.kind,
            "month": posting.month,
            "booked_on": posting.on,
            "balance": balance,
        }
        connection.execute(entries.insert(), line)


def _move(connection: Connection, account: str, amount: int) -> int:
    """Change a fund account's balance, never below zero, in one statement."""
    subject = account.removeprefix("fund:")
    change = (
        update(accounts)
        .where(accounts.c.subject == subject, accounts.c.balance + amount >= 0)
        .values(balance=accounts.c.balance + amount)
        .returning(accounts.c.balance)
    )
    balance = connection.execute(change).scalar_one_or_none()
    if balance is None:
        raise ValueError("the account does not exist or would be overdrawn")
    return int(balance)


def imbalance(connection: Connection) -> list[str]:
    """What does not add up; empty when the books are right. Used by the property test and the board."""
    wrong = [
        f"posting {row.posting} sums to {row.total}"
        for row in connection.execute(
            select(entries.c.posting, func.sum(entries.c.amount).label("total"))
            .group_by(entries.c.posting)
            .having(func.sum(entries.c.amount) != 0)
        )
    ]
    booked = {
        row.account: int(row.total)
        for row in connection.execute(
            select(entries.c.account, func.sum(entries.c.amount).label("total"))
            .where(entries.c.account.like("fund:%"))
            .group_by(entries.c.account)
        )
    }
    for row in connection.execute(select(accounts.c.subject, accounts.c.balance)):
        if booked.get(fund(row.subject), 0) != row.balance:
            wrong.append(f"account {row.subject} shows {row.balance}, booked {booked.get(fund(row.subject), 0)}")
    return wrong
