"""The time: injected everywhere as `now`, so that tests own it; days are those of the centre, not of UTC."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

from bot.messages import Stage

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991; needs no tz database


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


def china_today(now: Callable[[], datetime] = utc_now) -> Callable[[], date]:
    """Return a clock of days as citizens count them."""
    return lambda: now().astimezone(CHINA).date()


class Stopwatch:
    """Measures the stages of one turn."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._stages: list[Stage] = []

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._stages.append(Stage(name=stage, seconds=round(now - self._last, 6)))
        self._last = now

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(self._stages)
