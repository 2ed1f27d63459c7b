"""Engines, the cache and the recordings speak by one contract."""

import io
import shutil
import stat
import wave
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SpeechUnavailable
from tests.contracts.synthesizer import SynthesizerContract, spoken
from tests.voice.phone import speech
from voice.audio import RATE_HZ
from voice.cached import CachedSynthesizer, RecordedPrompts, recordings
from voice.espeak import EspeakSynthesizer, syllables
from voice.http_voice import HttpSynthesizer
from voice.piper import PiperSynthesizer

NEEDS_ESPEAK = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: apt install espeak-ng"
)


def wav(sound: bytes, rate_hz: int = RATE_HZ) -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(sound)
    return kept.getvalue()


class ToneVoice:
    """Speaks a tone as long as its text."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.made = 0

    async def speak(self, text: str, *, speed: float = 1.0):
        if self.broken:
            raise SpeechUnavailable("scripted")
        if text.strip():
            self.made += 1
            yield speech(0.2 * len(text) / speed)


class TestTone(SynthesizerContract):
    def synthesizer(self):
        return ToneVoice()

    def broken(self):
        return ToneVoice(broken=True)


class TestCached(SynthesizerContract):
    def synthesizer(self):
        return CachedSynthesizer(ToneVoice())

    def broken(self):
        return CachedSynthesizer(ToneVoice(broken=True))

    async def test_the_same_words_are_made_once(self):
        voice = ToneVoice()
        cached = CachedSynthesizer(voice)

        assert await spoken(cached, "您好") == await spoken(cached, "您好")
        await spoken(cached, "您好", speed=0.8)
        assert voice.made == 2

    async def test_the_cache_forgets_the_oldest_beyond_its_size(self):
        voice = ToneVoice()
        cached = CachedSynthesizer(voice, kept_bytes=70_000)

        for text in [f"第{n}句话" for n in range(20)] + ["第0句话"]:
            await spoken(cached, text)

        assert voice.made == 21


class TestRecorded(SynthesizerContract):
    def synthesizer(self):
        return RecordedPrompts({}, ToneVoice())

    def broken(self):
        return RecordedPrompts({}, ToneVoice(broken=True))

    async def test_a_recording_is_played_instead_of_the_voice(self, tmp_path):
        (tmp_path / "hello.txt").write_text("您好。", encoding="utf-8")
        (tmp_path / "hello.wav").write_bytes(wav(speech(0.4)))

        voice = RecordedPrompts(recordings(tmp_path), ToneVoice(broken=True))

        assert await spoken(voice, "您好。") == speech(0.4)

    def test_a_recording_that_cannot_be_read_is_named(self, tmp_path):
        (tmp_path / "hello.txt").write_text("您好。", encoding="utf-8")

        with pytest.raises(SpeechUnavailable, match=r"hello\.wav"):
            recordings(tmp_path)


@NEEDS_ESPEAK
class TestEspeak(SynthesizerContract):
    def synthesizer(self):
        return EspeakSynthesizer()

    def broken(self):
        return EspeakSynthesizer(program="no-such-program")


class TestPiper(SynthesizerContract):
    """A stand-in program takes piper's arguments: the voice file itself is not in the repository."""

    @pytest.fixture(autouse=True)
    def _program(self, tmp_path):
        self._voice = tmp_path / "voice.onnx"
        self._voice.touch()
        for name, seconds in (("1.00", 0.6), ("1.43", 0.9)):
            (tmp_path / f"{name}.wav").write_bytes(wav(speech(seconds * 22_050 / RATE_HZ), 22_050))
        self._piper = tmp_path / "piper"
        self._piper.write_text(f'#!/bin/sh\ncat > /dev/null\ncat "{tmp_path}/$4.wav"\n')
        self._piper.chmod(self._piper.stat().st_mode | stat.S_IXUSR)

    def synthesizer(self):
        return PiperSynthesizer(voice=self._voice, program=str(self._piper))

    def broken(self):
        return PiperSynthesizer(voice=self._voice, program="no-such-program")

    def test_a_missing_voice_file_is_named(self, tmp_path):
        with pytest.raises(SpeechUnavailable, match="JIAJIA_PHONE__VOICE"):
            PiperSynthesizer(voice=tmp_path / "none.onnx").check()


@asynccontextmanager
async def engine(status: int = 200, body: bytes = b""):
    async def speak(request):
        asked = await request.json()
        return web.Response(status=status, body=body or wav(speech(0.2 * len(asked["text"]) / asked["speed"])))

    app = web.Application()
    app.router.add_post("/", speak)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield HttpSynthesizer(session, url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    finally:
        await runner.cleanup()


async def test_an_http_engine_speaks():
    async with engine() as voice:
        assert len(await spoken(voice, "您好")) == len(speech(0.4))


@pytest.mark.parametrize(("status", "body"), [(500, b""), (200, b"no sound"), (404, b"")])
async def test_an_http_engine_that_fails_is_unavailable(status, body):
    async with engine(status, body) as voice:
        with pytest.raises(SpeechUnavailable):
            await spoken(voice, "您好")


async def test_an_http_engine_that_is_not_there_is_unavailable():
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SpeechUnavailable):
            await spoken(HttpSynthesizer(session, url="http://127.0.0.1:9/"), "您好")


def test_characters_are_read_by_pinyin():
    assert syllables("您好,女人") == "nin2 hao3 , nv3 ren2"


@NEEDS_ESPEAK
def test_a_missing_espeak_is_named_with_how_to_get_it():
    EspeakSynthesizer().check()
    with pytest.raises(SpeechUnavailable, match="apt install"):
        EspeakSynthesizer(program="no-such-program").check()
