"""A real Chromium, and a network cable that can be pulled."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str:
    """Return where Chromium is; without it the test is skipped, saying how to get it."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run one browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def new_page(browser: Browser, *, width: int = 1280, height: int = 820, **options: Any) -> Page:
    """Open a page of a new visitor; what it complains about is in `complaints(page)`."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", **options
    )
    context.set_default_timeout(10_000)
    return watched(await context.new_page())


_COMPLAINTS: dict[int, list[str]] = {}


def watched(page: Page) -> Page:
    """Listen to the page's console from now on."""
    heard = _COMPLAINTS.setdefault(id(page), [])
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return page


def complaints(page: Page) -> list[str]:
    """Return the errors and warnings the page has shown: broken scripts, refused styles."""
    return _COMPLAINTS[id(page)]


class Cable:
    """Carries bytes between the browser and the server until it is cut or pulled."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self.address = ""

    async def plug(self) -> None:
        port = int(self.address.rstrip("/").rsplit(":", 1)[1]) if self.address else 0
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", port)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    async def pull(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection that is open now; new ones work."""
        for end in tuple(self._ends):
            end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._to)
        self._ends |= {writer, far_writer}
        try:
            await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        finally:
            self._ends -= {writer, far_writer}


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cable(host: str, port: int) -> AsyncIterator[Cable]:
    """Plug a cable in, and pull it at the end."""
    plugged = Cable(host, port)
    await plugged.plug()
    try:
        yield plugged
    finally:
        await plugged.pull()
