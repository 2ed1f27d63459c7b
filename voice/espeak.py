"""Speaks with espeak-ng, a program of every Linux distribution: small, tireless, understood, not beautiful.

Its own reading of Chinese characters (`cmn`) spells English letters in Debian's 1.51, so pypinyin reads the characters
and espeak-ng the syllables (`cmn-latn-pinyin`).
"""

import asyncio
import shutil
from collections.abc import AsyncIterator

from pypinyin import Style, lazy_pinyin

from bot.errors import SpeechUnavailable
from voice.audio import of_wave
from voice.programs import output_of

WORDS_PER_MINUTE = 230
DEADLINE = 5.0
_PAUSES = str.maketrans("\uff0c、;\uff1b:\uff1a。!\uff01\uff1f", ",,,,,,...?")


class EspeakSynthesizer:
    """Implements `Synthesizer`. Every sentence is one short run of the program; at most `at_once` run together."""

    def __init__(self, *, program: str = "espeak-ng", voice: str = "cmn-latn-pinyin", at_once: int = 4) -> None:
        self._program = program
        self._voice = voice
        self._room = asyncio.Semaphore(at_once)

    def check(self) -> None:
        """Raise SpeechUnavailable, naming what to install, when the program is not there."""
        if shutil.which(self._program) is None:
            raise SpeechUnavailable(f"没有找到 {self._program}:请安装(Debian/Ubuntu:apt install espeak-ng)")

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[bytes]:
        if text.strip():
            yield await run(
                self._program,
                ("-v", self._voice, "-s", str(round(WORDS_PER_MINUTE * speed)), "--stdin", "--stdout"),
                syllables(text),
                self._room,
            )


def syllables(text: str) -> str:
    """Write a text as numbered pinyin with its pauses: 您好,王家 → nin2 hao3 , wang2 jia1."""
    written = lazy_pinyin(text.translate(_PAUSES), style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    return " ".join(written)


async def run(program: str, arguments: tuple[str, ...], text: str, room: asyncio.Semaphore) -> bytes:
    """Give a program a text and take its WAV as the line's sound; raises SpeechUnavailable."""
    async with room:
        wave = await output_of((program, *arguments), text.encode(), deadline=DEADLINE)
    try:
        return of_wave(wave)
    except ValueError as error:
        raise SpeechUnavailable(f"{program} made no sound") from error
