"""What the centre's books do by themselves as days pass; running a day twice changes nothing."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from actions.business.sandbox.instalments import reprice, run_due_instalments, year_before
from actions.business.sandbox.interest import settle_interest
from actions.business.sandbox.locking import hold
from bot.ports import Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How many instalments, repriced loans and interest settlements a day brought."""

    instalments: int
    repriced: int
    interest: int


def run_day(connection: Connection, parameters: Parameters, on: date) -> Done:
    """Catch up to `on`: instalments of last year, the new year's rates, this year's instalments, interest."""
    hold(connection, "day")
    old = run_due_instalments(connection, year_before(on))
    repriced = reprice(connection, parameters, on)
    new = run_due_instalments(connection, on)
    return Done(instalments=old + new, repriced=repriced, interest=settle_interest(connection, parameters, on))
