"""The door for other PBXs, the robot and the browser: a WebSocket of binary sound and JSON events.

The caller's side sends binary frames (L16, 8 kHz, mono, little-endian) and `{"type":"key","key":"5"}` or
`{"type":"hang-up"}`; it gets binary sound, and `{"type":"ended"}` before the end. The call's id is the last part of the
address: `/calls/<uuid>/audio`.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from aiohttp import WSMsgType, web

from bot.errors import FrameRefused
from bot.guard import Guard
from bot.wire import decode, encode
from voice.audio import SAMPLE_BYTES
from voice.audiosocket import LONGEST_PAYLOAD
from voice.audiosocket_door import IDLE, Answer
from voice.flood import Flood
from voice.line import KEYS, Ended, Heard, Key, Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvent:
    """What a JSON frame may say."""

    type: str
    key: str = ""


class WebSocketLine:
    """Implements `Line` over a WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, *, idle: float) -> None:
        self._socket = socket
        self._idle = idle
        self._flood = Flood(asyncio.get_running_loop().time)

    async def receive(self) -> Heard:
        while True:
            try:
                async with asyncio.timeout(self._idle):
                    frame = await self._socket.receive()
                heard = self._heard(frame.type, frame.data)
                if not isinstance(heard, Ended) and not self._flood.passes(
                    heard.data if isinstance(heard, Sound) else b""
                ):
                    heard = None
                    await asyncio.sleep(0)
            except TimeoutError:
                return Ended(why="idle")
            except FrameRefused:
                return Ended(why="malformed")
            if self._flood.broken:
                return Ended(why="flood")
            if heard is not None:
                return heard

    def _heard(self, kind: WSMsgType, data: object) -> Heard | None:
        if kind is WSMsgType.BINARY and isinstance(data, bytes):
            if len(data) % SAMPLE_BYTES:
                raise FrameRefused("half a sample")
            return Sound(data=data)
        if kind is WSMsgType.TEXT and isinstance(data, str):
            event = decode(data.encode(), LineEvent)
            if event.type == "hang-up":
                return Ended()
            return Key(key=event.key) if event.type == "key" and event.key in KEYS else None
        return Ended(why="dropped")

    async def send(self, sound: bytes) -> None:
        try:
            if not self._socket.closed:
                await self._socket.send_bytes(sound)
        except (ConnectionError, RuntimeError):
            return  # the next receive says that the line has dropped

    async def close(self) -> None:
        try:
            if not self._socket.closed:
                await self._socket.send_str(encode({"type": "ended"}).decode())
                await self._socket.close()
        except (ConnectionError, RuntimeError):
            return


class WebSocketDoor:
    """Adds `/calls/<uuid>/audio` to the service's application."""

    def __init__(self, answer: Answer, guard: Guard, *, idle: float = IDLE) -> None:
        self._answer = answer
        self._guard = guard
        self._idle = idle

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/calls/{call}/audio", self._take)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self._guard.check(request)
        try:
            call = UUID(request.match_info["call"])
        except ValueError as error:
            raise web.HTTPBadRequest(text="the call must be a UUID") from error
        socket = web.WebSocketResponse(max_msg_size=LONGEST_PAYLOAD, heartbeat=20.0)
        await socket.prepare(request)
        line = WebSocketLine(socket, idle=self._idle)
        try:
            await self._answer(str(call), line)
        finally:
            await line.close()
        return socket
