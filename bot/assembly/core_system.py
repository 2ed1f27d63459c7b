"""Assembles the way to the centre's core system, and the stand-in that takes its place when none is named."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from actions.business.http import HttpFundSystem
from actions.business.sandbox.schema import prepare
from actions.business.sandbox.server import Sandbox
from actions.business.signing import Algorithm, Signer, Verifier
from actions.business.transport import Limits, Transport
from bot.assembly.figures import parameters_of
from bot.assembly.sealing import seal_of
from bot.clock import utc_now
from bot.errors import Misconfigured
from bot.settings import Settings
from bot.sms import DemoSms
from bot.store.database import Database

HOST = "127.0.0.1"


def demo_page(settings: Settings) -> str:
    """Address of the demo people and their codes; empty when the core system is a real one."""
    return "" if settings.fund.url else f"http://{HOST}:{settings.fund.port}/demo"


def fund_system(settings: Settings) -> HttpFundSystem:
    """The adapter, signed and with deadlines; raises Misconfigured when a real system has no key."""
    signer = Signer(
        app=settings.fund.app, secret=_key(settings), now=time.time, algorithm=Algorithm(settings.fund.algorithm)
    )
    base = settings.fund.url or f"http://{HOST}:{settings.fund.port}"
    return HttpFundSystem(Transport(base=base, signer=signer, limits=Limits(deadline=settings.fund.deadline)))


@asynccontextmanager
async def stand_in(settings: Settings, outbox: DemoSms) -> AsyncIterator[web.Application]:
    """The sandbox on its own database, filled on the first start; the codes it sends are shown in `outbox`."""
    database = await Database.open(settings.fund.store, deadline=settings.store.deadline, prepare=prepare)
    try:
        sandbox = Sandbox(
            database=database,
            parameters=parameters_of(settings),
            verifier=Verifier(secrets_by_app={settings.fund.app: _key(settings)}, now=time.time),
            pepper=seal_of(settings).digest("sandbox", "pepper").encode(),
            now=utc_now,
            outbox=outbox,
        )
        await sandbox.prepare()
        yield sandbox.application()
    finally:
        await database.close()


async def serve_alone(settings: Settings) -> None:
    """`python -m bot sandbox`: the stand-in by itself until cancelled."""
    async with stand_in(settings, DemoSms(utc_now)) as app:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, settings.fund.port).start()
            print(f"✔ 演示核心系统 http://{HOST}:{settings.fund.port}/  演示人物 {demo_page(settings)}", flush=True)
            await asyncio.Event().wait()
        except OSError as error:
            raise Misconfigured(f"端口 {settings.fund.port} 已被占用:换一个端口(JIAJIA_FUND__PORT)。") from error
        finally:
            await runner.cleanup()


def _key(settings: Settings) -> bytes:
    key = settings.fund_key.get_secret_value()
    if not key and settings.fund.url:
        raise Misconfigured("JIAJIA_FUND_KEY: the core system at fund.url needs the key that signs our requests")
    return key.encode() if key else seal_of(settings).digest("sandbox", "key").encode()
