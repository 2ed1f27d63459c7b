"""Interest of a fund account: daily balances at the deposit rate, settled every 30 June (policy_facts B-7, D-14)."""

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


def next_settlement(today: date) -> date:
    """Return the coming 30 June, today included."""
    settled = date(today.year, 6, 30)
    return settled if today <= settled else date(today.year + 1, 6, 30)
