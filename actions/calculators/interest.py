"""Interest of a fund account: daily balances at the deposit rate, settled every 30 June (policy_facts B-7, D-14)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, localcontext

from actions.calculators.rounding import EXACT, to_fen

_DAYS_OF_RATE_YEAR = 360


def interest(balance: Decimal, rate: Decimal, days: int) -> Decimal:
    """Return what `balance` yuan earns in `days` days at `rate` percent a year."""
    if balance < 0 or rate < 0 or days < 0:
        raise ValueError("balance, rate and days are not negative")
    with localcontext(EXACT):
        return to_fen(balance * rate * days / 100 / _DAYS_OF_RATE_YEAR)


def accumulated(changes: Iterable[tuple[date, Decimal]], since: date, until: date, rate: Decimal) -> Decimal:
    """Return the interest of a changing balance, by its balance at the end of every day from `since` to `until`.

    `changes` are (booking day, yuan) since the account was opened; later ones than `until` do not count.
    """
    with localcontext(EXACT):
        total = sum(
            (amount * max(0, (until - max(day, since)).days + 1) for day, amount in changes if day <= until), Decimal(0)
        )
        return to_fen(total * rate / 100 / _DAYS_OF_RATE_YEAR)


def last_settlement(today: date) -> date:
    """Return the 30 June just past, today excluded: its interest is in the books from 1 July on."""
    settled = date(today.year, 6, 30)
    return settled if settled < today else date(today.year - 1, 6, 30)


def next_settlement(today: date) -> date:
    """Return the coming 30 June, today included."""
    settled = date(today.year, 6, 30)
    return settled if today <= settled else date(today.year + 1, 6, 30)
