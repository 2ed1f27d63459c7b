"""Token buckets: how much one page, one person or one address may ask for at once, and how soon again."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`burst` at once, then `per_second`."""

    burst: int
    per_second: float


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


class Shares:
    """What one person may have, and one address, which may stand for a whole office or a carrier's customers."""

    def __init__(self, *, person: Pace, address: Pace, now: Callable[[], float]) -> None:
        self._of_person = Buckets(person.burst, person.per_second, now)
        self._of_address = Buckets(address.burst, address.per_second, now)

    def take(self, person: str, address: str) -> bool:
        """Count one for both; without a known address only for the person."""
        return self._of_person.take(person) and (not address or self._of_address.take(address))


def code_shares(now: Callable[[], float]) -> Shares:
    """Codes that one person may have sent, to whatever ID numbers: else a whole list could be tried or teased."""
    return Shares(person=Pace(burst=5, per_second=1 / 600), address=Pace(burst=60, per_second=1 / 30), now=now)


def proof_shares(now: Callable[[], float]) -> Shares:
    """Codes and passwords that one person may try: the core system locks one ID number, not who tries many."""
    return Shares(person=Pace(burst=15, per_second=1 / 120), address=Pace(burst=150, per_second=1 / 15), now=now)
