"""One call's mouth: speaks at the pace of life, sentence by sentence, and can be stopped, held and resumed."""

import asyncio
from collections.abc import AsyncIterator

from bot.errors import SpeechUnavailable
from bot.ports import Synthesizer
from voice.audio import FRAME_BYTES, FRAME_SECONDS, SILENCE, louder
from voice.line import Line
from voice.spoken import sentences

AHEAD_FRAMES = 3  # sent before their time, so that a late loop is not a gap in the sound
MADE_FRAMES = 500  # ten seconds made in advance, no more
LOUDEST_GAIN, LOUDER_STEP = 4.0, 1.6
SLOWEST, SLOWER_STEP = 0.6, 0.8


class Mouth:
    """Speaks into one line. One `say` at a time."""

    def __init__(self, line: Line, synthesizer: Synthesizer, *, frame_seconds: float = FRAME_SECONDS) -> None:
        self._line = line
        self._synthesizer = synthesizer
        self._frame_seconds = frame_seconds
        self._stopped = asyncio.Event()
        self._going = asyncio.Event()
        self._going.set()
        self.speaking = False
        self.gain = 1.0
        self.speed = 1.0

    def stop(self) -> None:
        """Fall silent now; the running `say` returns False."""
        self._stopped.set()
        self._going.set()

    def hold(self) -> None:
        """Fall silent for a moment, until `resume` or `stop`."""
        if self.speaking:
            self._going.clear()

    def resume(self) -> None:
        """Go on where it was held."""
        self._going.set()

    def turn_up(self) -> None:
        self.gain = min(self.gain * LOUDER_STEP, LOUDEST_GAIN)

    def slow_down(self) -> None:
        self.speed = max(self.speed * SLOWER_STEP, SLOWEST)

    async def say(self, text: str) -> bool:
        """Speak; return whether it was heard to its end. Raises SpeechUnavailable."""
        self._stopped.clear()
        self._going.set()
        self.speaking = True
        frames: asyncio.Queue[bytes | None] = asyncio.Queue(MADE_FRAMES)
        making = asyncio.create_task(self._make(text, frames))
        try:
            finished = await self._play(frames)
            if finished:
                await making
            return finished
        finally:
            self.speaking = False
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)

    async def breathe(self) -> None:
        """Send silence while nothing is said, for ever: trunks and firewalls drop calls that carry no sound."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + self._frame_seconds, loop.time() - self._frame_seconds)
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not (self.speaking and self._going.is_set()):
                await self._line.send(SILENCE)

    async def _make(self, text: str, frames: asyncio.Queue[bytes | None]) -> None:
        try:
            for sentence in sentences(text):
                async for frame in _framed(self._synthesizer.speak(sentence, speed=self.speed)):
                    await frames.put(frame)
        except SpeechUnavailable:
            await frames.put(None)
            raise
        await frames.put(None)

    async def _play(self, frames: asyncio.Queue[bytes | None]) -> bool:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if not self._going.is_set():
                await self._going.wait()
                due = loop.time()
            if self._stopped.is_set():
                return False
            frame = await self._next(frames)
            if frame is None:
                break
            await self._line.send(louder(frame, self.gain))
            due = max(due + self._frame_seconds, loop.time() - self._frame_seconds)
            await asyncio.sleep(max(0.0, due - loop.time() - AHEAD_FRAMES * self._frame_seconds))
        if self._stopped.is_set():
            return False
        await asyncio.sleep(max(0.0, due - loop.time()))
        return True

    async def _next(self, frames: asyncio.Queue[bytes | None]) -> bytes | None:
        """Wait for the next frame, but not longer than until somebody stops us."""
        if not frames.empty():
            return frames.get_nowait()
        made = asyncio.ensure_future(frames.get())
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({made, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return made.result() if made.done() else None
        finally:
            made.cancel()
            stopped.cancel()


async def _framed(sound: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Cut sound into frames of the line; the last one is filled with silence."""
    rest = b""
    async for piece in sound:
        rest += piece
        while len(rest) >= FRAME_BYTES:
            yield rest[:FRAME_BYTES]
            rest = rest[FRAME_BYTES:]
    if rest:
        yield rest.ljust(FRAME_BYTES, b"\0")
