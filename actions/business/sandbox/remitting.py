"""Employers pay in every month; one that is behind stays as many months behind as it was."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from actions.business.sandbox.ledger import EMPLOYERS, REMITTANCE, Posting, fund, post
from actions.business.sandbox.schema import accounts, employers, people
from actions.business.sandbox.wire import month_number, month_text
from actions.calculators.contribution import Limits, Monthly, contribution

PAY_DAY = 12
UNLIMITED = Limits(lowest=Decimal(0), highest=Decimal("1e9"))  # the base is already within the limits


def remit(connection: Connection, on: date) -> int:
    """Book every month due up to `on`, each once; returns how many remittances."""
    due = latest_due(on)
    behind = select(employers).order_by(employers.c.number).with_for_update()
    return sum(_catch_up(connection, one, due) for one in connection.execute(behind).mappings().all())


def latest_due(on: date) -> int:
    """The latest month, as its running number, that is paid by a day."""
    return on.year * 12 + on.month - 1 - (on.day < PAY_DAY)


def pay_day(month: int) -> date:
    """When a month, as its running number, is paid."""
    return date(month // 12, month % 12 + 1, PAY_DAY)


def deferred(employer: RowMapping | dict[str, Any], month: int) -> bool:
    """Whether the centre let the employer defer this month: nobody pays it, and it interrupts nothing (C-14)."""
    first, last = employer["deferred_from"], employer["deferred_to"]
    return bool(first and last) and month_number(first) <= month <= month_number(last)


def employer_of(connection: Connection, number: str) -> RowMapping:
    """The employer with this number."""
    return connection.execute(select(employers).where(employers.c.number == number)).mappings().one()


def monthly_of(account: RowMapping | dict[str, Any]) -> Monthly:
    """What an account is paid a month, by its base and ratios."""
    return contribution(
        Decimal(account["base"]) / 100,
        personal=account["personal_rate"],
        employer=account["employer_rate"],
        limits=UNLIMITED,
    )


def _catch_up(connection: Connection, employer: RowMapping, due: int) -> int:
    booked = 0
    for number in range(month_number(employer["paid_to"]) + 1, due - employer["behind"] + 1):
        if not deferred(employer, number):
            booked += _pay(connection, employer["number"], month_text(number), pay_day(number))
    return booked


def _pay(connection: Connection, employer: str, month: str, day: date) -> int:
    """One month of everybody who is paid for: sealed and closed accounts are not, frozen ones only pay nothing out."""
    staff = select(people.c.subject).where(people.c.employer == employer)
    paid = accounts.c.status.in_(("01", "06")) & (accounts.c.paid_to < month) & accounts.c.subject.in_(staff)
    rows = connection.execute(select(accounts).where(paid).order_by(accounts.c.subject)).mappings().all()
    for account in rows:
        line = Posting(
            id=f"{REMITTANCE}-{account['subject']}-{month}",
            source=EMPLOYERS,
            target=fund(account["subject"]),
            amount=int(monthly_of(account).total * 100),
            kind=REMITTANCE,
            on=day,
            month=month,
        )
        post(connection, line)
    connection.execute(accounts.update().where(paid).values(paid_to=month))
    connection.execute(employers.update().where(employers.c.number == employer).values(paid_to=month))
    return len(rows)
