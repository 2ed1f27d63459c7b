"""A web hall that really runs: the channel, the conversation and its store; only Rasa is scripted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import utc_now
from bot.messages import Button, Card, Identity, Outcome, Reply, Response, Row, Source
from bot.seal import Seal
from channels.web import Limits, WebChannel
from tests.bot.heart import SECRET, Heart, heart
from tests.fakes import FixedIdentities, ScriptedDialogue

RENT = Response(
    replies=(
        Reply(
            text=(
                "商品房租房提取，每户每年最多 16800 元，夫妻合并计算。\n"
                "多子女家庭更高：两个孩子 21600 元，三个孩子及以上 26400 元。\n"
                "在手机上就能办，一般 3 个工作日内到账。"
                "（据公开资料，截至 2026-09；请以西宁住房公积金管理中心最新公布为准。）"
            ),
            cards=(
                Card(
                    title="租房提取每年上限",
                    rows=(
                        Row(label="普通家庭", value="16800 元"),
                        Row(label="两个孩子", value="21600 元"),
                        Row(label="三个孩子及以上", value="26400 元"),
                    ),
                ),
            ),
            buttons=(
                Button(label="租房提取要什么材料", payload='/choose_entry{"entry":"withdrawal-rent-materials"}'),
                Button(label="多久能提一次", payload='/choose_entry{"entry":"withdrawal-rent-frequency"}'),
            ),
            sources=(
                Source(title="关于提高租房提取额度的通知", issuer="西宁住房公积金管理中心", date="2025-01-07"),
                Source(title="住房公积金管理条例", issuer="国务院", date="2026-09-20", url="https://www.gov.cn/"),
            ),
        ),
    ),
)
CHOICES = Response(
    replies=(
        Reply(
            text="您想问的是哪一件？",
            buttons=(
                Button(label="租房提取一年能提多少", payload='/choose_entry{"entry":"withdrawal-rent-limit"}'),
                Button(label="买房提取能提多少", payload='/choose_entry{"entry":"withdrawal-purchase-limit"}'),
                Button(label="退休提取怎么办", payload='/choose_entry{"entry":"withdrawal-retire"}'),
            ),
        ),
    ),
    outcome=Outcome.CLARIFIED,
)
SCRIPT: dict[str, Response | str | Exception] = {
    "租房一年最多能提多少？": RENT,
    '/choose_entry{"entry":"withdrawal-rent-limit"}': RENT,
    "能提多少": CHOICES,
}


SITE = """<!doctype html><html lang="zh-CN"><head><title>某市住房公积金管理中心</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="margin:0;font:16px/2 sans-serif">
<h1 style="margin:0;padding:1em 2em;background:#1b4f9c;color:#fff">某市住房公积金管理中心</h1>
<p style="padding:0 2em">关于 2026 年度住房公积金缴存基数调整的通知</p>
<script src="{hall}widget.js" defer></script></body></html>"""


class RecordingRatings:
    """Keeps the stars in a dict."""

    def __init__(self) -> None:
        self.scores: dict[tuple[str, int], int] = {}

    async def rate(self, conversation: str, seq: int, score: int) -> None:
        self.scores[conversation, seq] = score


@dataclass(kw_only=True)
class Hall:
    heart: Heart
    ratings: RecordingRatings
    client: TestClient[web.Request, web.Application]

    @property
    def dialogue(self) -> ScriptedDialogue:
        return self.heart.dialogue  # type: ignore[no-any-return]

    @property
    def address(self) -> str:
        return str(self.client.make_url("/"))

    async def line(self, session: str = "", seq: int = 0, **options: Any) -> "Line":
        """Connect, say hello, and take the welcome."""
        line = Line(await self.client.ws_connect("/ws", **options))
        await line.send(type="hello", session=session, seq=seq)
        line.welcome = await line.next("welcome", "refused")
        return line


class Line:
    """One browser's socket, spoken by hand."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.welcome: dict[str, Any] = {}

    @property
    def session(self) -> str:
        return str(self.welcome["session"])

    async def send(self, **frame: Any) -> None:
        await self.socket.send_json(frame)

    async def next(self, *types: str) -> dict[str, Any]:
        """Return the next frame of these types; others in between are passed over."""
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=5)
            if not types or frame["type"] in types:
                return frame

    async def ask(self, text: str, id: str) -> dict[str, Any]:
        await self.send(type="message", id=id, text=text)
        return await self.next("turn", "refused")


@asynccontextmanager
async def hall(
    folder: Path,
    script: Any = None,
    *,
    pause: float = 0.0,
    known: Identity = Identity(),  # noqa: B008 - frozen
    **options: Any,
) -> AsyncIterator[Hall]:
    """Run a hall; `options` go to the channel, `parts` among them to the conversation."""
    dialogue = ScriptedDialogue(SCRIPT if script is None else script, pause=pause)
    async with heart(folder, dialogue, now=utc_now, **options.pop("parts", {})) as inside:
        ratings = RecordingRatings()
        channel = WebChannel(
            seal=Seal(SECRET), bus=inside.bus, ratings=ratings, identities=FixedIdentities(known), **options
        )
        app = web.Application()
        channel.mount(app, inside.conversation)
        async with TestClient(TestServer(app)) as client:
            yield Hall(heart=inside, ratings=ratings, client=client)


def strict(**changes: Any) -> Limits:
    """Return limits small enough to be reached in a test."""
    return Limits(**({"session_burst": 5, "session_per_second": 0.01} | changes))


@asynccontextmanager
async def site(hall: str, port: int = 8799, *, style: str = "", policy: str = "") -> AsyncIterator[str]:
    """Run another site, at another origin, that embeds the widget with its one tag; it has rules of its own."""

    async def page(_request: web.Request) -> web.Response:
        text = SITE.replace("{hall}", hall).replace("</head>", f"<style>{style}</style></head>")
        headers = {"Content-Security-Policy": policy} if policy else None
        return web.Response(text=text, content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/", page)
    async with TestServer(app, host="127.0.0.1", port=port):
        yield f"http://localhost:{port}/"
