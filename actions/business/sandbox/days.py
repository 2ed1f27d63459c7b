"""What the centre's books do by themselves as days pass; running a day twice changes nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from actions.business.sandbox.instalments import reprice, run_due_instalments, year_before
from actions.business.sandbox.interest import settle_interest
from actions.business.sandbox.locking import BOOKS, hold
from actions.business.sandbox.remitting import remit
from actions.calculators.interest import last_settlement
from bot.ports import Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How many remittances, instalments, repriced loans and interest settlements a day brought."""

    remittances: int

    instalments: int
    repriced: int
    interest: int


def run_day(connection: Connection, parameters: Parameters, on: date) -> Done:
    """Catch up to `on`: interest of years that ended, what employers pay, loans at the old and at the new rate."""
    hold(connection, BOOKS)
    earlier = remit(connection, last_settlement(on + timedelta(days=1)))
    interest = settle_interest(connection, parameters, on)
    later = remit(connection, on)
    old = run_due_instalments(connection, year_before(on))
    repriced = reprice(connection, parameters, on)
    new = run_due_instalments(connection, on)
    return Done(remittances=earlier + later, instalments=old + new, repriced=repriced, interest=interest)
