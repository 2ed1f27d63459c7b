"""The gateway's own line into Rasa: questions come in, actions are run over the same connection, no HTTP in between.

Opened when RASA_LINE names an address (`@name`: Linux's abstract namespace, no file is left behind).
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import ujson
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.utils.endpoints import ClientResponseError

from bot.rasa_parts.frames import ASK, FAILED, RUN, SAID, CallFailed, Wire

logger = logging.getLogger(__name__)

ADDRESS = "RASA_LINE"
Handle = Callable[[UserMessage], Awaitable[None]]
_asking: ContextVar["Wire | None"] = ContextVar("asking", default=None)


class Line:
    """Serves gateways; each question is a task of its own."""

    def __init__(self, handle: Handle, channel: str) -> None:
        self._handle, self._channel = handle, channel
        self._server: asyncio.AbstractServer | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen where the environment says, or not at all."""
        address = os.environ.get(ADDRESS, "")
        if address:
            path = "\0" + address[1:] if address.startswith("@") else address
            loop = asyncio.get_running_loop()
            self._server = await loop.create_unix_server(lambda: Wire(self._received), path)

    async def close(self) -> None:
        """Take no more questions."""
        if self._server is not None:
            self._server.close()

    def _received(self, wire: Wire, kind: bytes, number: int, frame: bytes) -> None:
        if kind == ASK:
            task = asyncio.ensure_future(self._answer(wire, number, frame))
            self._tasks.add(task)
            task.add_done_callback(lambda done: self._finished(done, wire, number))

    async def _answer(self, wire: Wire, number: int, frame: bytes) -> None:
        """Answer as the REST channel does."""
        _asking.set(wire)
        asked, collected = ujson.loads(frame), CollectingOutputChannel()
        await self._handle(
            UserMessage(
                asked["message"],
                collected,
                asked["sender"],
                input_channel=self._channel,
                metadata=asked.get("metadata"),
            )
        )
        wire.send(SAID, number, ujson.dumps(collected.messages, ensure_ascii=False).encode())

    def _finished(self, task: "asyncio.Task[None]", wire: Wire, number: int) -> None:
        """Let nobody wait for an answer that broke; the log names the error, never the words."""
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is not None:
            logger.error(
                "line.message.failed: %s", "cancelled" if task.cancelled() else type(task.exception()).__name__
            )
            wire.send(FAILED, number, b"{}")


async def run_by_asker(body: bytes, deadline: float) -> "Any | None":
    """Have the gateway that asked run the action; None when the question did not come over a line.

    Raises what Rasa expects of its action endpoint: ClientResponseError.
    """
    wire = _asking.get()
    if wire is None:
        return None
    try:
        return ujson.loads(await asyncio.wait_for(wire.call(RUN, body), deadline))
    except CallFailed as error:
        told = ujson.loads(error.reason) if error.reason else {"status": 503, "text": "the gateway is gone"}
        raise ClientResponseError(told["status"], "", told["text"]) from None
    except TimeoutError:
        raise ClientResponseError(504, "", "the action took too long") from None
