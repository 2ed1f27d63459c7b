"""Interest of fund accounts: daily balances, settled every 30 June, and to the day when an account is closed."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, func, select

from actions.business.sandbox.ledger import INTEREST, INTEREST_SETTLED, Posting, fund, post
from actions.business.sandbox.schema import accounts, entries
from actions.calculators.interest import accumulated, last_settlement
from bot.ports import Parameters

CLOSED = "05"  # policy_facts E-1; its interest went out with it


def earned(connection: Connection, parameters: Parameters, subject: str, until: date) -> int:
    """Fen earned since interest was last booked, by the balances up to the end of day `until`."""
    mine = entries.c.account == fund(subject)
    lines = connection.execute(select(entries.c.booked_on, entries.c.amount, entries.c.kind).where(mine)).all()
    since = max((row.booked_on for row in lines if row.kind == INTEREST_SETTLED), default=date.min) + timedelta(days=1)
    changes = ((row.booked_on, Decimal(row.amount) / 100) for row in lines)
    rate = Decimal(parameters.value("deposit_rate", until))
    return int(accumulated(changes, since, until, rate) * 100)


def settle_interest(connection: Connection, parameters: Parameters, on: date) -> int:
    """Book the interest of the year that ended on the latest 30 June; returns how many accounts. Once per year."""
    settled = last_settlement(on + timedelta(days=1))
    open_accounts = select(accounts.c.subject).where(accounts.c.status != CLOSED).order_by(accounts.c.subject)
    this_time = entries.c.posting.like(f"{INTEREST_SETTLED}-%-{settled:%Y-%m}")
    done = {row.account for row in connection.execute(select(entries.c.account).where(this_time))}
    count = 0
    for row in connection.execute(open_accounts).all():
        posting = f"{INTEREST_SETTLED}-{row.subject}-{settled:%Y-%m}"
        if fund(row.subject) in done:
            continue
        interest = earned(connection, parameters, row.subject, settled)
        if interest > 0:
            book(connection, row.subject, interest, posting, settled)
            _carry_over(connection, row.subject, settled)
            count += 1
    return count


def book(connection: Connection, subject: str, interest: int, posting: str, on: date) -> None:
    """Put interest into an account."""
    line = Posting(id=posting, source=INTEREST, target=fund(subject), amount=interest, kind=INTEREST_SETTLED, on=on)
    post(connection, line)


def _carry_over(connection: Connection, subject: str, settled: date) -> None:
    """What the account held at the end of the year is 上年结转余额 from now on."""
    held = select(func.sum(entries.c.amount)).where(entries.c.account == fund(subject), entries.c.booked_on <= settled)
    carried = int(connection.execute(held).scalar_one())
    connection.execute(accounts.update().where(accounts.c.subject == subject).values(carried=carried))
