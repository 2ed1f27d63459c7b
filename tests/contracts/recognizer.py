"""What every Recognizer must hold. Subclass, and provide `recognizer()` and the sound of something it understands."""

import asyncio

from bot.ports import Recognizer

CHUNK_BYTES = 1_600


class RecognizerContract:
    """A hearing hears its own call only, in turns."""

    def recognizer(self) -> Recognizer:
        raise NotImplementedError

    def sound(self) -> bytes:
        """Return speech of `words()`, with some silence after it."""
        raise NotImplementedError

    def words(self) -> str:
        raise NotImplementedError

    async def test_what_was_said_is_the_best_guess(self):
        hearing = self.recognizer().hearing()

        assert (await heard(hearing, self.sound()))[0] == self.words()

    async def test_a_turn_begins_with_nothing_of_the_last(self):
        hearing = self.recognizer().hearing()
        await heard(hearing, self.sound())

        assert (await heard(hearing, self.sound()))[0] == self.words()

    async def test_words_are_told_before_the_turn_is_over(self):
        hearing = self.recognizer().hearing()
        await hearing.begin()

        partial = [await hearing.feed(piece) for piece in pieces(self.sound())]

        assert partial[-1]

    async def test_silence_is_no_words(self):
        assert await heard(self.recognizer().hearing(), bytes(16_000)) == ()

    async def test_finishing_what_was_not_begun_is_no_error(self):
        assert await self.recognizer().hearing().finish() == ()

    async def test_calls_do_not_hear_each_other(self):
        recognizer = self.recognizer()

        both = await asyncio.gather(
            heard(recognizer.hearing(), self.sound()), heard(recognizer.hearing(), bytes(16_000))
        )

        assert both[0][0] == self.words()
        assert both[1] == ()


def pieces(sound: bytes) -> list[bytes]:
    return [sound[at : at + CHUNK_BYTES] for at in range(0, len(sound), CHUNK_BYTES)]


async def heard(hearing, sound: bytes, words: tuple[str, ...] = ()) -> tuple[str, ...]:
    await hearing.begin(words)
    for piece in pieces(sound):
        await hearing.feed(piece)
    return await hearing.finish()
