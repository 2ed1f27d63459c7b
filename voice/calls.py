"""What the PBX tells us about a call before it comes, and what we tell the PBX after it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

KEPT_SECONDS = 6 * 3_600.0
MOST_KEPT = 10_000


class End(StrEnum):
    """How the PBX goes on when our side of a call is over."""

    HANG_UP = "hangup"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome:
    """What becomes of a call: `summary` is the paragraph the agent reads first."""

    end: End
    summary: str = ""
    rating: int = 0


@dataclass(slots=True, kw_only=True)
class _Entry:
    caller: str
    at: float
    outcome: CallOutcome | None = None


class Calls:
    """Remembers calls for some hours. A call that ended unexpectedly has no outcome: the PBX queues it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[str, _Entry] = {}

    def register(self, call: str, caller: str) -> None:
        """Note who calls; a second registration changes nothing."""
        self._forget_old()
        self._entries.setdefault(call, _Entry(caller=caller, at=self._clock()))

    def caller(self, call: str) -> str:
        """Return the caller's number, or nothing when it was withheld or never told."""
        entry = self._entries.get(call)
        return entry.caller if entry else ""

    def finish(self, call: str, outcome: CallOutcome) -> None:
        self.register(call, "")
        self._entries[call].outcome = outcome

    def outcome(self, call: str) -> CallOutcome | None:
        entry = self._entries.get(call)
        return entry.outcome if entry else None

    def _forget_old(self) -> None:
        oldest_kept = self._clock() - KEPT_SECONDS
        for call in [call for call, entry in self._entries.items() if entry.at < oldest_kept]:
            del self._entries[call]
        while len(self._entries) >= MOST_KEPT:
            del self._entries[next(iter(self._entries))]
