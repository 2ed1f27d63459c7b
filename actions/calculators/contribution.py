"""The monthly contribution: wage clamped into the base limits, times each side's ratio (policy_facts D-1, D-2)."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext
from enum import Enum

from actions.calculators.rounding import EXACT, FEN, YUAN


class Rounding(Enum):
    """How a centre rounds a contribution: unit and direction."""

    HALF_UP_TO_YUAN = (YUAN, ROUND_HALF_UP)
    HALF_UP_TO_FEN = (FEN, ROUND_HALF_UP)
    UP_TO_YUAN = (YUAN, ROUND_UP)
    DOWN_TO_YUAN = (YUAN, ROUND_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The base may not leave these, in yuan a month."""

    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """One month: the base used and what each side pays."""

    base: Decimal
    personal: Decimal
    employer: Decimal

    @property
    def total(self) -> Decimal:
        """Both sides together: all of it belongs to the employee."""
        return self.personal + self.employer


def contribution(
    wage: Decimal,
    *,
    personal: Decimal,
    employer: Decimal,
    limits: Limits,
    rounding: Rounding = Rounding.HALF_UP_TO_YUAN,
) -> Monthly:
    """Return the contribution of a month; ratios are in percent."""
    base = min(max(wage, limits.lowest), limits.highest)
    return Monthly(base=base, personal=_share(base, personal, rounding), employer=_share(base, employer, rounding))


def _share(base: Decimal, ratio: Decimal, rounding: Rounding) -> Decimal:
    unit, direction = rounding.value
    with localcontext(EXACT):
        return (base * ratio / 100).quantize(unit, rounding=direction).quantize(FEN)
