"""What became of each delivery: the states an answer goes through, and what is known about it.

waiting ─┬─▶ passive ─▶ replied          the reply went out in WeChat's own 5 seconds
         └─▶ owed ─┬──▶ delivered        by customer-service message, part by part
                   ├──▶ held ─▶ carried  WeChat refuses until the citizen writes again; then the next answer carries it
                   └──▶ undelivered      the citizen cannot be reached any more
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """How far an answer has come."""

    WAITING = "waiting"
    PASSIVE = "passive"
    REPLIED = "replied"
    OWED = "owed"
    HELD = "held"
    CARRIED = "carried"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


SETTLED = frozenset({State.REPLIED, State.DELIVERED, State.UNDELIVERED})


class Way(StrEnum):
    """By which way an attempt went; `code` beside it is WeChat's answer, 0 for taken."""

    PASSIVE = "passive"
    MESSAGE = "message"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A delivery's identity: the same as the heart's inbox has."""

    conversation: str
    message_id: str


def mark(stamp: int, deliveries: int) -> int:
    """Return the mark of the delivery WeChat stamped at that second, read as so many-eth; a later one's is greater."""
    return stamp * 10 + min(deliveries, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One row; `sending_at` is set while a message's fate at the platform is unknown.

    `mark` tells the delivery just read from the others of its message: WeChat's own time, then the order of reading.
    """

    key: Key
    received_at: datetime
    deliveries: int
    state: State
    parts_sent: int
    sending_at: datetime | None
    attempts: int
    carries: bool
    sealed: bytes | None
    mark: int = 0

    @property
    def new(self) -> bool:
        return self.deliveries == 1
