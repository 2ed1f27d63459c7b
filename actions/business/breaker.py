"""A circuit breaker for coroutines: opens after failures in a row, lets one call through to see, closes on success.

The library `circuitbreaker` takes a cancelled call for a success and lets every waiting call through at once.
"""

from collections.abc import Callable


class Breaker:
    """Counts failures; `now` gives seconds on a clock that never jumps."""

    def __init__(self, *, failures_to_open: int, rest: float, now: Callable[[], float]) -> None:
        self._failures_to_open = failures_to_open
        self._rest = rest
        self._now = now
        self._failures = 0
        self._opened: float | None = None

    def lets_through(self) -> bool:
        """Whether a call may be made; while open, one call each time the rest is over."""
        if self._opened is None:
            return True
        if self._now() - self._opened < self._rest:
            return False
        self._opened = self._now()  # the others wait for this one's outcome
        return True

    def succeeded(self) -> None:
        """The other side answered, whatever it said."""
        self._failures, self._opened = 0, None

    def failed(self) -> None:
        """No proper answer."""
        self._failures += 1
        if self._failures >= self._failures_to_open:
            self._opened = self._now()
