"""One call's ears: finds where speech begins and ends, and has it understood as it comes."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.errors import SpeechUnavailable
from bot.log import logger
from bot.ports import Hearing
from voice import commands
from voice.activity import Activity
from voice.audio import FRAME_BYTES, FRAME_SECONDS, seconds
from voice.phrasing import Phrasing
from voice.slots import NO, OPEN, YES, Slot
from voice.turn_end import NO_PHRASING, silence_wanted
from voice.vocabulary import Vocabulary

EARS_LOST = "ears.lost"
BEFORE_FRAMES = 20  # kept from before the start was sure, so that no first syllable is lost
DECODED_BYTES = 5 * FRAME_BYTES
LONGEST_SECONDS = 30.0
FEW = 3  # so few syllables take, with a breath before them, no longer than
BREATH, LONGEST_SYLLABLE = 0.7, 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Somebody seems to speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words are understood: it is speech, not noise."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A turn is over: the guesses, best first; none means it was noise or not understood."""

    guesses: tuple[str, ...]
    seconds: float


class Ears:
    """Fed the line's sound; yields what happens. Without a recogniser it hears nothing, and the call goes by keys."""

    def __init__(self, hearing: Hearing | None, vocabulary: Vocabulary, phrasing: Phrasing = NO_PHRASING) -> None:
        self._hearing = hearing
        self._vocabulary = vocabulary
        self._phrasing = phrasing
        self._activity = Activity()
        self._rest = b""
        self._before: deque[bytes] = deque(maxlen=BEFORE_FRAMES)
        self._pending = b""
        self._heard = ""
        self._spoken = b""
        self._silent = 0.0
        self.slot = OPEN
        self.speaking = False

    @property
    def deaf(self) -> bool:
        return self._hearing is None

    def expect(self, slot: Slot) -> None:
        """Set what is expected from the next turn on."""
        self.slot = slot

    async def feed(self, sound: bytes) -> AsyncIterator[Began | Words | Utterance]:
        """Take some of the line's sound, of any length."""
        if self._hearing is None:
            return
        data = self._rest + sound
        whole = len(data) // FRAME_BYTES * FRAME_BYTES
        self._rest = data[whole:]
        for at in range(0, whole, FRAME_BYTES):
            try:
                async for event in self._frame(self._hearing, data[at : at + FRAME_BYTES]):
                    yield event
            except SpeechUnavailable:
                logger().error(EARS_LOST)
                self._hearing, self.speaking = None, False
                yield Utterance(guesses=(), seconds=0.0)
                return

    async def _frame(self, hearing: Hearing, frame: bytes) -> AsyncIterator[Began | Words | Utterance]:
        voiced = self._activity.voiced(frame)
        if not self.speaking:
            self._before.append(frame)
            if self._activity.started:
                await self._begin(hearing)
                yield Began()
            return
        self._pending += frame
        self._spoken += frame
        self._silent = 0.0 if voiced else self._silent + FRAME_SECONDS
        if len(self._pending) >= DECODED_BYTES:
            before, self._heard = self._heard, await hearing.feed(self._pending)
            self._pending = b""
            if self._heard and not before:
                yield Words(text=self._heard)
        if self._over():
            yield await self._finish(hearing)

    def _over(self) -> bool:
        return (
            self._silent >= silence_wanted(self.slot, self._heard, self._phrasing)
            or seconds(self._spoken) > LONGEST_SECONDS
        )

    async def _begin(self, hearing: Hearing) -> None:
        await hearing.begin(self.slot.words)
        self.speaking, self._silent, self._heard = True, 0.0, ""
        self._pending = self._spoken = b"".join(self._before)
        self._before.clear()

    async def _finish(self, hearing: Hearing) -> Utterance:
        if self._pending:
            await hearing.feed(self._pending)
        guesses = self._vocabulary.guesses(await hearing.finish())
        lasted = seconds(self._spoken) - self._silent
        if guesses and not self._believed(hearing, guesses, lasted):
            guesses = ()
        self.speaking, self._pending, self._spoken = False, b"", b""
        self._activity.restart()
        return Utterance(guesses=guesses, seconds=lasted)

    def _believed(self, hearing: Hearing, guesses: tuple[str, ...], lasted: float) -> bool:
        """Whether this was said to us: of hums and of other people's talk a recogniser makes words, too."""
        drawn = len(guesses[0]) <= FEW and lasted > BREATH + LONGEST_SYLLABLE * len(guesses[0])
        return not self.slot.asks or (not drawn and (hearing.sure or _steers(self.slot, guesses)))


def _steers(slot: Slot, guesses: tuple[str, ...]) -> bool:
    """Whether this is one of the few words that are no question and yet an answer."""
    return guesses[0] in YES | NO | set(slot.labels) or commands.said(guesses) is not None
