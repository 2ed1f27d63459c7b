"""`python -m bot run` in a process of its own that can be killed, and a citizen at its socket."""

import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.assembly.environments import RASA, ROOT
from bot.assembly.programs import free_port

READY = "✔".encode()
START = 420.0


@dataclass(slots=True, kw_only=True)
class Product:
    """The running program; `log` is what it wrote."""

    child: asyncio.subprocess.Process
    address: str
    demo_address: str
    log: Path

    async def killed(self) -> None:
        """kill -9: nothing is finished, nothing is said."""
        self.child.send_signal(signal.SIGKILL)
        await self.child.wait()

    async def demo(self) -> str:
        """Return the page with the demo people."""
        async with aiohttp.ClientSession() as client, client.get(self.demo_address) as page:
            return await page.text()

    async def stopped(self) -> None:
        if self.child.returncode is None:
            self.child.send_signal(signal.SIGINT)
            await self.child.wait()


@asynccontextmanager
async def product(folder: Path, **more: object) -> AsyncIterator[Product]:
    """Start it on its own ports and on the databases of `folder`; `more` are settings such as FUND__URL."""
    if not (ROOT / RASA.folder).exists():
        pytest.skip("needs .venv-rasa: run `make env`")
    names: dict[str, object] = {
        "GATEWAY__PORT": free_port(),
        "GATEWAY__MESSAGES_PER_MINUTE": 6_000,  # nobody types like a test
        "ACTIONS__PORT": free_port(),
        "RASA__PORT": free_port(),
        "FUND__PORT": free_port(),
        "FUND__STORE": f"sqlite:///{folder}/sandbox.db",
        "RASA__TRACKER": f"sqlite:///{folder}/tracker.db",
        "STORE__URL": f"sqlite:///{folder}/jiajia.db",
        **more,
    }
    environment = {**os.environ, **{f"JIAJIA_{name}": str(value) for name, value in names.items()}}
    log = folder / "run.log"
    with log.open("ab") as said:
        began = said.tell()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stdout=said, stderr=said
        )
    here = "http://127.0.0.1"
    running = Product(
        child=child,
        address=f"{here}:{names['GATEWAY__PORT']}/",
        demo_address=f"{here}:{names['FUND__PORT']}/demo",
        log=log,
    )
    try:
        async with asyncio.timeout(START):
            while READY not in log.read_bytes()[began:]:
                assert child.returncode is None, log.read_text()[-2000:]
                await asyncio.sleep(0.3)
        yield running
    finally:
        await running.stopped()


class Citizen:
    """One page's socket; `session` is what a reload brings along, `before` what was said earlier, by message."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.session = ""
        self.heard = ""
        self.before: list[tuple[str, str]] = []

    async def hello(self, session: str) -> None:
        await self._socket.send_json({"type": "hello", "session": session, "seq": 0})
        welcome = await self._frame()
        self.session = welcome["session"]
        self.before = [(turn["message_id"], _text(turn)) for turn in welcome["turns"]]

    async def send(self, text: str, *, id: str = "") -> str:
        """Send a message and return its id."""
        id = id or uuid.uuid4().hex
        await self._socket.send_json({"type": "message", "id": id, "text": text})
        return id

    async def say(self, text: str, *, id: str = "") -> str:
        """Send a message and return all that its answer says."""
        id = await self.send(text, id=id)
        return await self.answer(id)

    async def answer(self, id: str) -> str:
        while True:
            frame = await self._frame()
            assert frame["type"] != "refused", frame
            turn = frame.get("turn") or {}
            if turn.get("message_id") == id or (frame.get("id") == id and "replies" in turn):
                return _text(turn)

    async def _frame(self) -> dict[str, Any]:
        received = await self._socket.receive(timeout=40)
        assert received.type is aiohttp.WSMsgType.TEXT, received
        self.heard += received.data
        frame: dict[str, Any] = json.loads(received.data)
        return frame


def _text(turn: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in turn["replies"])


@asynccontextmanager
async def citizen(address: str, session: str = "") -> AsyncIterator[Citizen]:
    """Somebody opens the page, or opens it again."""
    async with aiohttp.ClientSession() as client, client.ws_connect(f"{address}ws") as socket:
        person = Citizen(socket)
        await person.hello(session)
        yield person
