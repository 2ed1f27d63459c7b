"""Assembles the housekeeping: what is older than `store.keep_days` is deleted, a few times a day."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.assembly.heart import Heart
from bot.clock import utc_now
from bot.errors import StoreUnavailable
from bot.log import logger
from bot.store.housekeeping import Aged, SqlHousekeeping
from channels.wechat.store_schema import proofs, receipts, sends

ROWS_DELETED, SWEEP_DELAYED = "rows.deleted", "rows.sweep_delayed"
EVERY = 6 * 3600.0
WECHAT = (
    Aged(table=receipts, at=receipts.c.received_at),
    Aged(table=sends, at=sends.c.sent_at),
    Aged(table=proofs, at=proofs.c.seen_at),
)


@asynccontextmanager
async def tidied(parts: Heart) -> AsyncIterator[None]:
    """Sweep now and every few hours until the block ends; 0 days keep everything."""
    days = parts.settings.store.keep_days
    sweeping = asyncio.create_task(_for_ever(parts, timedelta(days=days))) if days else None
    yield
    if sweeping:
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping


async def _for_ever(parts: Heart, keep: timedelta) -> None:
    housekeeping = SqlHousekeeping(parts.database, parts.trackers, further=WECHAT)
    while True:
        try:
            gone = await housekeeping.sweep(utc_now() - keep)
            logger().info(ROWS_DELETED, rows=gone)
        except StoreUnavailable as error:
            logger().warning(SWEEP_DELAYED, error=error.code)
        await asyncio.sleep(EVERY)
