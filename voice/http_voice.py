"""Speaks with an engine behind HTTP: text goes out as JSON, a WAV file comes back."""

from collections.abc import AsyncIterator

import aiohttp

from bot.errors import SpeechUnavailable
from bot.wire import to_builtins
from voice.audio import of_wave


class HttpSynthesizer:
    """Implements `Synthesizer`. POSTs `{"text", "voice", "speed", "length_scale"}`, takes the answer as a mono WAV.

    `length_scale` is what piper's own server calls the inverse of `speed`.
    """

    def __init__(self, session: aiohttp.ClientSession, *, url: str, voice: str = "", deadline: float = 3.0) -> None:
        self._session = session
        self._url = url
        self._voice = voice
        self._deadline = aiohttp.ClientTimeout(total=deadline)

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[bytes]:
        if not text.strip():
            return
        asked = to_builtins({"text": text, "voice": self._voice, "speed": speed, "length_scale": round(1 / speed, 2)})
        try:
            async with self._session.post(self._url, json=asked, timeout=self._deadline) as answer:
                answer.raise_for_status()
                sound = of_wave(await answer.read())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise SpeechUnavailable("the voice engine gave no sound") from error
        yield sound
