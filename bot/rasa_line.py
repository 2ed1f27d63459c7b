"""The gateway's end of its lasting line to the Rasa beside it: asks, and runs the actions Rasa wants meanwhile."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from bot.errors import DialogueUnavailable
from bot.log import logger
from bot.rasa_parts.frames import ASK, FAILED, RAN, CallFailed, Wire
from bot.wire import encode

Run = Callable[[bytes], Awaitable[tuple[int, bytes]]]
CONNECTING = 0.5  # on this machine it succeeds or fails at once
ACTION_BROKEN = "action.broken"


class RasaLine:
    """One connection for all conversations, made again when Rasa was restarted."""

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._run: Run | None = None
        self._wire: Wire | None = None
        self._connecting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def serve(self, run: Run) -> None:
        """From now on let `run` answer what Rasa wants done: JSON in, status and JSON out."""
        self._run = run

    async def ask(self, question: bytes) -> bytes:
        """Return what Rasa says, both as its REST channel has it; keeps no deadline.

        Raises DialogueUnavailable when Rasa fails or hangs up, OSError when nobody listens.
        """
        wire = self._wire if self._wire and self._wire.open else await self._connected()
        try:
            return await wire.call(ASK, question)
        except CallFailed as error:
            raise DialogueUnavailable("rasa failed" if error.reason else "rasa hung up") from None

    async def close(self) -> None:
        """Hang up; actions that are running may finish."""
        if self._wire is not None:
            self._wire.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self) -> Wire:
        async with self._connecting:
            if self._wire is not None and self._wire.open:
                return self._wire
            end = socket.socket(socket.AF_UNIX)  # connected here: uvloop's connecting knows no abstract names
            try:
                end.settimeout(CONNECTING)
                end.connect(self._address)
            except OSError:
                end.close()
                raise
            loop = asyncio.get_running_loop()
            _, self._wire = await loop.create_unix_connection(lambda: Wire(self._received), sock=end)
            return self._wire

    def _received(self, wire: Wire, _kind: bytes, number: int, frame: bytes) -> None:
        task = asyncio.create_task(self._ran(wire, number, frame))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._finished(done, wire, number))

    def _finished(self, task: asyncio.Task[None], wire: Wire, number: int) -> None:
        """Let Rasa not wait for an action that broke."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger().error(ACTION_BROKEN, kind=type(error).__name__)
            wire.send(FAILED, number, encode({"status": 500, "text": "{}"}))

    async def _ran(self, wire: Wire, number: int, frame: bytes) -> None:
        status, answer = await self._run(frame) if self._run else (503, b"no actions here yet")
        if status == 200:
            wire.send(RAN, number, answer)
        else:
            wire.send(FAILED, number, encode({"status": status, "text": answer.decode()}))
