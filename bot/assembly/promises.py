"""Assembles the keeping of promises: late answers of processes that died are made by one that lives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.errors import StoreUnavailable
from bot.late import LEASE
from bot.log import logger

if TYPE_CHECKING:
    from bot.assembly.heart import Heart  # brings all that is heavy along

PROMISES_INHERITED, PROMISES_DELAYED = "promises.inherited", "promises.delayed"


@asynccontextmanager
async def kept_promises(parts: "Heart") -> AsyncIterator[None]:
    """Look after promises of the dead now and three times a lease, until the block ends."""
    looking = asyncio.create_task(_for_ever(parts, min(parts.settings.conversation.lease, LEASE) / 3))
    yield
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking


async def _for_ever(parts: "Heart", every: float) -> None:
    while True:
        try:
            if taken := await parts.conversation.keep_promises():
                logger().info(PROMISES_INHERITED, promises=taken)
        except StoreUnavailable as error:
            logger().warning(PROMISES_DELAYED, error=error.code)
        await asyncio.sleep(every)
