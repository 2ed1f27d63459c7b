"""How much one page and one address may ask for, so that a flood harms nobody else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.errors import TooManyMessages


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and counts; an address may be a whole office behind one router, so it gets more than a session."""

    session_burst: int = 10
    session_per_second: float = 1.0
    address_burst: int = 120
    address_per_second: float = 20.0
    connections_per_address: int = 60
    largest_frame_bytes: int = 32 * 1024
    bad_frames: int = 20
    hello: float = 15.0
    idle: float = 1800.0
    heartbeat: float = 20.0


class Bucket:
    """A token bucket: `burst` at once, then `per_second`."""

    __slots__ = ("_at", "_burst", "_now", "_per_second", "_tokens")

    def __init__(self, burst: int, per_second: float, now: Callable[[], float]) -> None:
        self._burst = burst
        self._per_second = per_second
        self._now = now
        self._tokens = float(burst)
        self._at = now()

    def take(self) -> bool:
        self._refill()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    @property
    def full(self) -> bool:
        self._refill()
        return self._tokens >= self._burst

    def _refill(self) -> None:
        now = self._now()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now


class Buckets:
    """One bucket per key; full ones are forgotten, so that strangers take no memory."""

    def __init__(self, burst: int, per_second: float, now: Callable[[], float], *, most: int = 10_000) -> None:
        self._new: Callable[[], Bucket] = lambda: Bucket(burst, per_second, now)
        self._most = most
        self._buckets: dict[str, Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str) -> bool:
        if key not in self._buckets:
            self._make_room()
            self._buckets[key] = self._new()
        return self._buckets[key].take()

    def _make_room(self) -> None:
        if len(self._buckets) >= self._most:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.full}


class Gate:
    """Counts what every address and session uses, over all their connections."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._open: dict[str, int] = {}
        self._sessions = Buckets(limits.session_burst, limits.session_per_second, now)
        self._addresses = Buckets(limits.address_burst, limits.address_per_second, now)

    @contextmanager
    def connection(self, address: str) -> Iterator[None]:
        """Hold one of the address's connections; raises TooManyMessages when all are taken."""
        if self._open.get(address, 0) >= self._limits.connections_per_address:
            raise TooManyMessages
        self._open[address] = self._open.get(address, 0) + 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    def admit(self, address: str, sender: str) -> None:
        """Count one frame; raises TooManyMessages. A greedy session does not use up its neighbours' share."""
        if sender and not self._sessions.take(sender):
            raise TooManyMessages
        if not self._addresses.take(address):
            raise TooManyMessages
