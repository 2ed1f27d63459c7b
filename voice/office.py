"""What every call of the process shares: the way to the gateway, the spoken forms, the hours, the patience."""

from dataclasses import dataclass

from bot.ports import Gateway
from voice.hours import Hours
from voice.spoken import SpokenForms


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds we wait, as callers have shown to need them."""

    answer: float = 7.0
    keys: float = 5.0
    looking: float = 1.5
    rating: float = 6.0
    longest_call: float = 1_800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The parts a call may use."""

    gateway: Gateway
    forms: SpokenForms
    hours: Hours
    patience: Patience = Patience()
