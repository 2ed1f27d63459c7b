"""One delivery's connection to WeChat: how long it has waited, and whether WeChat has given it up."""

import asyncio
import time

from aiohttp import web

_BEAT, _SLACK, _REMEMBERED = 0.1, 0.25, 1.0


class Pulse:
    """Beats in the event loop: a late beat tells for how long deliveries may have lain unread."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._stall, self._until = 0.0, 0.0

    async def run(self) -> None:
        """Beat until cancelled."""
        self._last = time.monotonic()
        while True:
            await asyncio.sleep(_BEAT)
            late = self.late
            self._last = time.monotonic()
            if late > _SLACK:
                self._stall, self._until = late, self._last + _REMEMBERED

    @property
    def late(self) -> float:
        """Seconds by which the next beat is overdue."""
        return max(0.0, time.monotonic() - self._last - _BEAT)

    @property
    def stalled(self) -> float:
        """Seconds a delivery that is read now may have waited for us, beyond the ordinary."""
        lately = self._stall if time.monotonic() < self._until else 0.0
        late = self.late
        return max(lately, late if late > _SLACK else 0.0)


class Line:
    """WeChat has one delivery of a message open at a time: who finds its own closed must not reply for another."""

    def __init__(self, request: web.Request, *, stamp: int, waited: float = 0.0) -> None:
        self._request = request
        self._since = time.monotonic() - waited
        self.stamp = stamp

    @property
    def age(self) -> float:
        """Seconds for which WeChat has been waiting on this line, as far as we can tell."""
        return time.monotonic() - self._since

    async def hung_up(self) -> bool:
        """Tell whether WeChat has given this delivery up; what becomes of the message is another's, or the sweep's."""
        await asyncio.sleep(0)  # let the loop read a hang-up that has already arrived
        transport = self._request.transport
        return transport is None or transport.is_closing()
