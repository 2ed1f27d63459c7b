"""A WeChat channel on a real database beside the platform stand-in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.clock import utc_now
from bot.messages import Message, Response
from bot.seal import Seal
from bot.store.database import Database
from channels.wechat.channel import Account, Limits, WeChatChannel
from channels.wechat.security import Mode
from channels.wechat.store_schema import receipts
from tests.channels.wechat.platform import AES_KEY, APP_ID, SECRET, TOKEN, Platform
from tests.fakes import ScriptedAnswering, ScriptedDialogue

ROOMY = Limits(budget=6.0, lease=3.0, beat=0.2, burst=100, per_second=100, deadline=5.0, pauses=(0.02, 0.05))
QUICK = replace(ROOMY, budget=2.0)  # for answers that must come too late for a reply


class LateDialogue(ScriptedDialogue):
    """Answers only once `allowed`: after WeChat has been told to wait, however slow the machine is."""

    def __init__(self, script: dict[str, Response | str | Exception] | None = None) -> None:
        super().__init__(script)
        self.allowed = asyncio.Event()

    async def respond(self, conversation: str, message: Message) -> Response:
        await self.allowed.wait()
        return await super().respond(conversation, message)


@dataclass(kw_only=True)
class Running:
    platform: Platform
    channel: WeChatChannel
    database: Database
    url: str
    dialogue: Any = None

    def let_answer(self) -> None:
        """What was to come late may come now."""
        if isinstance(self.dialogue, LateDialogue):
            self.dialogue.allowed.set()


@asynccontextmanager
async def serving(
    platform: Platform,
    answering: Any,
    place: Path | str,
    *,
    limits: Limits = ROOMY,
    now: Callable[[], datetime] = utc_now,
    **parts: Any,
) -> AsyncIterator[Running]:
    """Run one gateway process's door on a database or in a folder; the platform must be running."""
    database = await Database.open(place if isinstance(place, str) else f"sqlite:///{place / 'jiajia.db'}")
    account = Account(
        app_id=APP_ID,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        mode=parts.pop("mode", Mode.ENCRYPTED if platform.encrypted else Mode.PLAIN),
        template=parts.pop("template", ""),
        platform=platform.url,
    )
    channel = WeChatChannel(
        account=account, database=database, seal=Seal("a secret for tests only"), limits=limits, now=now, **parts
    )
    app = web.Application()
    channel.mount(app, answering)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/wechat"
    try:
        yield Running(platform=platform, channel=channel, database=database, url=url)
    finally:
        await runner.cleanup()
        await database.close()


@asynccontextmanager
async def account(
    place: Path | str, answering: Any = None, *, encrypted: bool = True, patience: float = 0.0, **parts: Any
) -> AsyncIterator[Running]:
    """The platform and one gateway that it delivers to; a slow dialogue is met with a short budget."""
    dialogue = getattr(answering, "dialogue", None)
    parts = {"limits": QUICK if isinstance(dialogue, LateDialogue) else ROOMY} | parts
    patience = patience or 10.0
    async with Platform(encrypted=encrypted, patience=patience).running() as platform:
        async with serving(platform, answering or ScriptedAnswering(), place, **parts) as running:
            platform.gateway = lambda: running.url
            running.dialogue = dialogue
            yield running


async def open_count(database: Database) -> int:
    """How many answers are still on their way."""
    states = ("waiting", "passive", "owed")
    query = select(receipts.c.message_id).where(receipts.c.state.in_(states))
    return len(await database.read(lambda connection: connection.execute(query).all()))


async def states(database_url: str) -> dict[str, str]:
    """What became of each message, by its id."""
    database = await Database.open(database_url)
    columns = (receipts.c.message_id, receipts.c.state, receipts.c.deliveries, receipts.c.parts_sent, receipts.c.code)
    try:
        rows = await database.read(lambda connection: connection.execute(select(*columns)).all())
    finally:
        await database.close()
    return {
        row.message_id: f"{row.state}, {row.deliveries} read, {row.parts_sent} sent, code {row.code}" for row in rows
    }
