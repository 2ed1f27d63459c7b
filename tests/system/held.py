"""A core system that does its work and then keeps its answer back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from actions.business.sandbox.schema import applications
from actions.business.sandbox.server import Sandbox
from bot.clock import utc_now
from tests.actions.business.town import open_sandbox


@dataclass(slots=True, kw_only=True)
class Core:
    """The core system; until `released`, it accepts what it `holds` and does not answer."""

    sandbox: Sandbox
    holds: Callable[[web.Request], bool]
    address: str = ""
    accepted: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @web.middleware
    async def hold(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if not self.released.is_set() and self.holds(request):
            self.accepted.set()
            await self.released.wait()
        return response

    async def count(self) -> int:
        query = select(func.count()).select_from(applications)
        return int(await self.sandbox.database.read(lambda connection: connection.execute(query).scalar_one()))


@asynccontextmanager
async def core(folder: Path, holds: Callable[[web.Request], bool]) -> AsyncIterator[Core]:
    sandbox = await open_sandbox(f"sqlite:///{folder}/core.db", utc_now)
    running = Core(sandbox=sandbox, holds=holds)
    app = sandbox.application()
    app.middlewares.append(running.hold)
    server = TestServer(app)
    await server.start_server()
    running.address = str(server.make_url("")).rstrip("/")
    try:
        yield running
    finally:
        running.released.set()
        await server.close()
        await sandbox.database.close()
