"""Keeps what this process works on, and takes over what dead processes left."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from bot.errors import StoreUnavailable
from bot.log import logger
from channels.wechat.answers import Answers
from channels.wechat.courier import Courier
from channels.wechat.receipt_store import Receipts

ANSWERS_TAKEN_OVER = "answers.taken-over"
SWEEP_FAILED = "sweep.failed"


class Keeper:
    """Runs from start-up to shutdown, every `beat` seconds (well below the lease)."""

    def __init__(
        self, *, receipts: Receipts, courier: Courier, answers: Answers, now: Callable[[], datetime], beat: float
    ) -> None:
        self._receipts = receipts
        self._courier = courier
        self._answers = answers
        self._since = now()
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
        await self._receipts.renew()
        orphans = await self._receipts.orphans(since=self._since)
        for receipt in orphans:
            self._courier.start(self._courier.deliver(receipt, self._answers))
        if orphans:
            logger().info(ANSWERS_TAKEN_OVER, count=len(orphans))
        return len(orphans)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except StoreUnavailable as error:
                logger().warning(SWEEP_FAILED, error=error.code)
            await asyncio.sleep(self._beat)
