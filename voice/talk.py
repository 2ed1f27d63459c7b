"""The floor of one call: says things, and waits for the caller's next word, key or silence."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.log import logger
from voice.ears import Began, Ears, Utterance, Words
from voice.line import Ended, Key, Line, Sound
from voice.mouth import Mouth
from voice.slots import Slot

SPEECH_ENDED = "speech.ended"
T = TypeVar("T")
BROKEN = "broken"  # our own fault: nobody said why
SHORTEST_SPEECH = 0.5  # seconds; what is shorter and not understood was a cough


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The caller spoke: the guesses, best first; none when it was speech nobody could understand."""

    guesses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The caller pressed a key."""

    key: str


class CallerLeft(Exception):
    """The line is gone; unwinds whatever was being said."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Talk:
    """Runs the line's ears and mouth together: a key silences at once, speech holds, understood speech silences."""

    def __init__(self, line: Line, ears: Ears, mouth: Mouth) -> None:
        self._line = line
        self._ears = ears
        self.mouth = mouth
        self._events: asyncio.Queue[Said | Pressed] = asyncio.Queue(maxsize=200)
        self._left = asyncio.Event()
        self._floor = asyncio.Lock()
        self._why = BROKEN
        self._firmly = False
        self._understood = False

    async def listen(self) -> None:
        """Follow the line until it ends; runs beside the conversation, which ends with it whatever ended it."""
        try:
            while True:
                heard = await self._line.receive()
                if isinstance(heard, Sound):
                    await self._sound(heard.data)
                elif isinstance(heard, Key):
                    self._note(Pressed(key=heard.key))
                elif isinstance(heard, Ended):
                    self._why = heard.why
                    return
        finally:
            self._left.set()
            self.mouth.stop()

    async def say(self, text: str, *, expects: Slot | None = None) -> bool:
        """Speak unless the caller is ahead of us; return whether it was heard to its end. Raises CallerLeft.

        `expects` is what this asks for: people answer before a question is over.
        """
        self._check()
        if expects is not None:
            self._ears.expect(expects)
        if not text:
            return False
        async with self._floor:
            if not self._events.empty():
                return False
            heard = await self.mouth.say(text)
        self._check()
        return heard

    async def say_firmly(self, text: str) -> None:
        """Speak something that must be heard to its end: nothing but hanging up stops it. Raises CallerLeft."""
        self._check()
        self._firmly = True
        try:
            async with self._floor:
                await self.mouth.say(text)
        finally:
            self._firmly = False
        self._check()

    async def next(self, slot: Slot, patience: float) -> Said | Pressed | None:
        """Wait for the caller; None after `patience` seconds without a word. Raises CallerLeft."""
        self._ears.expect(slot)
        while True:
            self._check()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    return await self._first()
            if not self._ears.speaking:
                self._check()
                return None

    def forget(self) -> None:
        """Drop what was said or pressed before now."""
        while not self._events.empty():
            self._events.get_nowait()

    async def while_there(self, work: "asyncio.Future[T]") -> T:
        """Wait for some work, but not longer than the caller does. Raises CallerLeft."""
        left = asyncio.ensure_future(self._left.wait())
        both: set[asyncio.Future[Any]] = {work, left}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise CallerLeft(self._why)
        finally:
            left.cancel()

    async def _first(self) -> Said | Pressed:
        event = asyncio.ensure_future(self._events.get())
        try:
            return await self.while_there(event)
        finally:
            event.cancel()

    async def _sound(self, data: bytes) -> None:
        async for event in self._ears.feed(data):
            if isinstance(event, Began):
                if not self._firmly:
                    self.mouth.hold()
            elif isinstance(event, Words):
                self._understood = True
                if not self._firmly:
                    self.mouth.stop()
            elif isinstance(event, Utterance):
                self._ended(event)

    def _ended(self, utterance: Utterance) -> None:
        understood, self._understood = self._understood, False
        logger().debug(SPEECH_ENDED, seconds=round(utterance.seconds, 2), guesses=len(utterance.guesses))
        if utterance.guesses:
            self._note(Said(guesses=utterance.guesses))
        elif understood:
            self._note(Said(guesses=()))  # we fell silent for it: say that it was not understood in the end
        elif self.mouth.speaking:
            self.mouth.resume()  # a false alarm: go on where it was
        elif utterance.seconds >= SHORTEST_SPEECH:
            self._note(Said(guesses=()))

    def _note(self, event: Said | Pressed) -> None:
        if self._firmly and isinstance(event, Said):
            return
        with contextlib.suppress(asyncio.QueueFull):
            self._events.put_nowait(event)
        if not self._firmly:
            self.mouth.stop()

    def _check(self) -> None:
        if self._left.is_set():
            raise CallerLeft(self._why)
