"""What every Synthesizer must hold. Subclass, and provide `synthesizer()` and `broken()`."""

import asyncio

import pytest

from bot.errors import SpeechUnavailable
from bot.ports import Synthesizer
from voice.audio import SAMPLE_BYTES, loudness, seconds


class SynthesizerContract:
    """Sound comes as the line wants it, or SpeechUnavailable and nothing else."""

    def synthesizer(self) -> Synthesizer:
        raise NotImplementedError

    def broken(self) -> Synthesizer:
        """Return one whose engine is not there."""
        raise NotImplementedError

    async def test_words_become_sound_of_whole_samples(self):
        sound = await spoken(self.synthesizer(), "您好。")

        assert 0.3 < seconds(sound) < 5
        assert len(sound) % SAMPLE_BYTES == 0
        assert loudness(sound) > 100

    async def test_no_words_are_no_sound(self):
        assert await spoken(self.synthesizer(), " ") == b""

    async def test_slower_is_longer(self):
        fast, slow = [await spoken(self.synthesizer(), "租房提取", speed=speed) for speed in (1.0, 0.7)]

        assert len(slow) > len(fast)

    async def test_several_calls_speak_at_once(self):
        voice = self.synthesizer()

        sounds = await asyncio.gather(*(spoken(voice, text) for text in ("您好。", "再见。", "您好。")))

        assert all(sounds)
        assert sounds[0] == sounds[2]

    async def test_a_missing_engine_is_named_as_ours(self):
        with pytest.raises(SpeechUnavailable):
            await spoken(self.broken(), "您好。")


async def spoken(voice: Synthesizer, text: str, *, speed: float = 1.0) -> bytes:
    return b"".join([piece async for piece in voice.speak(text, speed=speed)])
