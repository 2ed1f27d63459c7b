"""Keeps what this process works on, and takes over what dead processes left."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.errors import StoreUnavailable
from bot.log import logger
from channels.wechat.answers import Answers
from channels.wechat.courier import Courier
from channels.wechat.lease_store import Leases

ANSWERS_TAKEN_OVER = "answers.taken-over"
SWEEP_FAILED = "sweep.failed"
KEPT = timedelta(days=30)  # what became of an answer; one that nobody came back for is given up then
_TIDIED = timedelta(hours=1)


class Keeper:
    """Runs from start-up to shutdown, every `beat` seconds (well below the lease)."""

    def __init__(
        self, *, leases: Leases, courier: Courier, answers: Answers, now: Callable[[], datetime], beat: float
    ) -> None:
        self._leases = leases
        self._courier = courier
        self._answers = answers
        self._since = now()
        self._now = now
        self._tidied: datetime | None = None
        self._beat = beat
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def sweep(self) -> int:
        """Renew our leases and start what nobody owns any more; return how many."""
        await self._leases.renew()
        orphans = await self._leases.orphans(since=self._since)
        for receipt in orphans:
            self._courier.start(self._courier.deliver(receipt, self._answers))
        if orphans:
            logger().info(ANSWERS_TAKEN_OVER, count=len(orphans))
        await self._leases.settle_riders()
        await self._tidy()
        return len(orphans)

    async def _tidy(self) -> None:
        now = self._now()
        if self._tidied is None or now - self._tidied > _TIDIED:
            await self._leases.forget(now - KEPT)
            self._tidied = now

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except StoreUnavailable as error:
                logger().warning(SWEEP_FAILED, error=error.code)
            await asyncio.sleep(self._beat)
