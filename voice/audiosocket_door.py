"""The door Asterisk dials: one TCP connection is one call."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.errors import FrameRefused, Misconfigured
from bot.log import logger
from voice import audiosocket
from voice.audio import FRAME_BYTES
from voice.audiosocket import Kind
from voice.flood import Flood
from voice.line import Ended, Heard, Line

LINE_REFUSED = "line.refused"
Answer = Callable[[str, Line], Awaitable[None]]
IDLE = 90.0  # telephones that send nothing while they hear are left alone for the longest answer
UNSENT_BYTES = 64 * 1024  # four seconds nobody fetched: the other side has stopped reading


class AudioSocketLine:
    """Implements `Line` over one connection; a frame that makes no sense ends the call."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, idle: float) -> None:
        self._reader = reader
        self._writer = writer
        self._idle = idle
        self._flood = Flood(asyncio.get_running_loop().time)

    async def receive(self) -> Heard:
        while True:
            try:
                async with asyncio.timeout(self._idle):
                    frame = await audiosocket.read_frame(self._reader)
                heard = audiosocket.heard(frame)
            except TimeoutError:
                return Ended(why="idle")
            except FrameRefused:
                return Ended(why="malformed")
            except (asyncio.IncompleteReadError, OSError):
                return Ended(why="dropped")
            if isinstance(heard, Ended):
                return heard
            if not self._flood.passes(frame.payload):
                if self._flood.broken:
                    return Ended(why="flood")
                await asyncio.sleep(0)  # what is buffered is read without a pause: let the other calls speak
            elif heard is not None:
                return heard

    async def send(self, sound: bytes) -> None:
        transport = self._writer.transport
        if transport.is_closing() or transport.get_write_buffer_size() > UNSENT_BYTES:
            return
        for at in range(0, len(sound), FRAME_BYTES):
            self._writer.write(audiosocket.encoded(Kind.SOUND, sound[at : at + FRAME_BYTES]))

    async def close(self) -> None:
        try:
            async with asyncio.timeout(1.0):
                if not self._writer.transport.is_closing():
                    self._writer.write(audiosocket.encoded(Kind.HANG_UP))
                    await self._writer.drain()
                self._writer.close()
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


class AudioSocketDoor:
    """Listens for the PBX and hands every call to `answer`."""

    def __init__(self, answer: Answer, *, idle: float = IDLE, patience: float = 5.0) -> None:
        self._answer = answer
        self._idle = idle
        self._patience = patience
        self._calls: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port; raises Misconfigured when it is taken."""
        try:
            self._server = await asyncio.start_server(self._connected, host, port)
        except OSError as error:
            raise Misconfigured(f"电话线端口 {port} 已被占用(JIAJIA_PHONE__PORT)") from error
        port_taken: int = self._server.sockets[0].getsockname()[1]
        return port_taken

    async def close(self) -> None:
        """Take no more calls and end those that run."""
        if self._server is not None:
            self._server.close()
        for call in tuple(self._calls):
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = asyncio.get_running_loop().create_task(self._take(reader, writer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = AudioSocketLine(reader, writer, idle=self._idle)
        try:
            async with asyncio.timeout(self._patience):
                call = audiosocket.call_of(await audiosocket.read_frame(reader))
        except (FrameRefused, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            logger().warning(LINE_REFUSED, kind=type(error).__name__)
        else:
            await self._answer(str(call), line)
        finally:
            await line.close()
