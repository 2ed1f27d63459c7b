"""How much one page and one address may ask for, so that a flood harms nobody else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.buckets import Buckets
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
