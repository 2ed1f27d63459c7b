"""The web hall keeps every channel's promises."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.memory import MemoryBus
from bot.messages import Identity
from bot.seal import Seal
from channels.web import WebChannel
from tests.bot.heart import SECRET
from tests.channels.hall import Line, RecordingRatings
from tests.contracts.channel import ChannelContract, Heard
from tests.fakes import FixedIdentities, ScriptedAnswering


class Browser:
    """Loads the page again when it says something it has said before."""

    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self.client = client
        self.said: set[str] = set()
        self.session = ""
        self.line: Line | None = None

    async def say(self, text: str, *, id: str) -> Heard:
        if self.line is None or id in self.said:
            await self.arrive()
        assert self.line is not None
        await self.line.send(type="message", id=id, text=text)
        kept = [turn for turn in self.line.welcome["turns"] if turn["message_id"] == id]
        turn = kept[0] if kept else (await self.line.next("turn"))["turn"]
        self.said.add(id)
        return heard(turn)

    async def arrive(self) -> None:
        self.line = Line(await self.client.ws_connect("/ws"))
        await self.line.send(type="hello", session=self.session)
        self.line.welcome = await self.line.next("welcome")
        self.session = self.line.session


def heard(turn: dict[str, Any]) -> Heard:
    text = "\n".join(reply["text"] for reply in turn["replies"])
    return Heard(text=text, labels=tuple(button["label"] for reply in turn["replies"] for button in reply["buttons"]))


class Running:
    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self.client = client

    @asynccontextmanager
    async def arrive(self, name: str) -> AsyncIterator[Browser]:
        yield Browser(self.client)


class TestWebChannel(ChannelContract):
    @asynccontextmanager
    async def run(self, answering: ScriptedAnswering) -> AsyncIterator[Running]:
        app = web.Application()
        WebChannel(
            seal=Seal(SECRET), bus=MemoryBus(), ratings=RecordingRatings(), identities=FixedIdentities(Identity())
        ).mount(app, answering)
        async with TestClient(TestServer(app)) as client:
            yield Running(client)
