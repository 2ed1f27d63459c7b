"""When people answer the phone."""

import re
from collections.abc import Callable
from datetime import datetime, time

from bot.clock import CHINA

_HOURS = re.compile(r"(?P<first>[1-7])-(?P<last>[1-7]) (?P<open>\d{1,2}:\d{2})-(?P<close>\d{1,2}:\d{2})")


class Hours:
    """Working hours as `1-5 08:30-12:00, 1-5 14:00-18:00` (1 is Monday), in the centre's time; empty: always."""

    def __init__(self, hours: str, now: Callable[[], datetime]) -> None:
        self._now = now
        self._spans = tuple(_span(part.strip()) for part in hours.split(",") if part.strip())

    def open(self) -> bool:
        here = self._now().astimezone(CHINA)
        day, clock = here.isoweekday(), here.time()
        return not self._spans or any(
            first <= day <= last and begins <= clock < ends for first, last, begins, ends in self._spans
        )


def _span(text: str) -> tuple[int, int, time, time]:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError("hours look like 1-5 08:30-17:30")
    begins, ends = (time.fromisoformat(found[name].zfill(5)) for name in ("open", "close"))
    return int(found["first"]), int(found["last"]), begins, ends
