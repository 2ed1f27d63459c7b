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
LONGEST_START = 0.05
"""Seconds after which the next question begins, though the one before has not come to its action."""
Handle = Callable[[UserMessage], Awaitable[None]]


class Line:
    """Serves gateways; each question is a task of its own."""

    def __init__(self, handle: Handle, channel: str) -> None:
        self._handle, self._channel = handle, channel
        self._server: asyncio.AbstractServer | None = None
        self._starting = asyncio.Lock()
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
        asked, collected = ujson.loads(frame), CollectingOutputChannel()
        message = UserMessage(
            asked["message"],
            collected,
            asked["sender"],
            input_channel=self._channel,
            metadata=asked.get("metadata"),
        )
        start = await _Start.begin(self._starting)
        _asking.set((wire, start))
        try:
            await self._handle(message)
        finally:
            start.over()
        wire.send(SAID, number, ujson.dumps(collected.messages, ensure_ascii=False).encode())

    def _finished(self, task: "asyncio.Task[None]", wire: Wire, number: int) -> None:
        """Let nobody wait for an answer that broke; the log names the error, never the words."""
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is not None:
            logger.error(
                "line.message.failed: %s", "cancelled" if task.cancelled() else type(task.exception()).__name__
            )
            wire.send(FAILED, number, b"{}")


class _Start:
    """What Rasa does of a question before its action runs elsewhere: one question after another.

    Questions that came together would otherwise all be understood step by step beside each other, and their actions
    begin at the same moment: the gateway would idle until then, and Rasa after it.
    """

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock: asyncio.Lock | None = lock
        self._timer = asyncio.get_running_loop().call_later(LONGEST_START, self.over)

    @classmethod
    async def begin(cls, lock: asyncio.Lock) -> "_Start":
        """Wait for those who came before."""
        await lock.acquire()
        return cls(lock)

    def over(self) -> None:
        """Let the next one begin; once is enough."""
        self._timer.cancel()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


_asking: ContextVar["tuple[Wire, _Start] | None"] = ContextVar("asking", default=None)


async def run_by_asker(body: bytes, deadline: float) -> "Any | None":
    """Have the gateway that asked run the action; None when the question did not come over a line.

    Raises what Rasa expects of its action endpoint: ClientResponseError.
    """
    asking = _asking.get()
    if asking is None:
        return None
    wire, start = asking
    start.over()
    try:
        return ujson.loads(await asyncio.wait_for(wire.call(RUN, body), deadline))
    except CallFailed as error:
        told = ujson.loads(error.reason) if error.reason else {"status": 503, "text": "the gateway is gone"}
        raise ClientResponseError(told["status"], "", told["text"]) from None
    except TimeoutError:
        raise ClientResponseError(504, "", "the action took too long") from None
