"""Token buckets: how much one page, one person or one address may ask for at once, and how soon again."""

from collections.abc import Callable


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
