"""Understands recorded messages: in the telephone's process beside the calls, and over HTTP from anywhere else."""

import aiohttp

from bot.errors import FrameRefused, SpeechUnavailable
from bot.guard import shown
from bot.ports import Recognizer
from bot.wire import decode
from voice.decoding import RATE_HZ, decoded
from voice.guesses import Guesses
from voice.vocabulary import Vocabulary

PIECE_BYTES = RATE_HZ  # half a second: a call's decoding fits between two of them
LONGEST = 30.0


class RecordedSpeech:
    """Implements `Transcriber` with the process's own recogniser."""

    def __init__(self, recognizer: Recognizer, vocabulary: Vocabulary) -> None:
        self._recognizer = recognizer
        self._vocabulary = vocabulary

    async def transcribe(self, sound: bytes, kind: str) -> tuple[str, ...]:
        samples = await decoded(sound, kind)
        hearing = self._recognizer.hearing(RATE_HZ)
        await hearing.begin()
        for at in range(0, len(samples), PIECE_BYTES):
            await hearing.feed(samples[at : at + PIECE_BYTES])
        return self._vocabulary.guesses(await hearing.finish())


class HttpTranscriber:
    """Implements `Transcriber` by asking the telephone's process; `url` is its HTTP address."""

    def __init__(self, session: aiohttp.ClientSession, *, url: str, token: str) -> None:
        self._session = session
        self._url = url.rstrip("/") + "/speech"
        self._headers = shown(token)

    async def transcribe(self, sound: bytes, kind: str) -> tuple[str, ...]:
        headers = {**self._headers, "Content-Type": kind}
        wait = aiohttp.ClientTimeout(total=LONGEST, connect=2.0)
        try:
            async with self._session.post(self._url, data=sound, headers=headers, timeout=wait) as answer:
                if answer.status == 415:
                    raise FrameRefused(await answer.text())
                if answer.status != 200:
                    raise SpeechUnavailable(f"the speech process answered {answer.status}")
                return decode(await answer.read(), Guesses).guesses
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SpeechUnavailable(f"no speech process: {type(error).__name__}") from None
