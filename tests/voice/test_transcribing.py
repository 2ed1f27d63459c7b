"""Recorded messages: what kinds of sound are taken, what comes back, and over which door."""

import io
import shutil
import subprocess
import wave
from contextlib import asynccontextmanager

import aiohttp
import av
import pytest
from aiohttp import web

from bot.errors import FrameRefused, SpeechUnavailable
from bot.guard import Guard
from tests.voice.phone import AUDIO, MODEL, NEEDS_AUDIO, NEEDS_MODEL, ScriptedRecognizer, speech
from voice.decoding import decoded
from voice.speech_door import SpeechDoor
from voice.transcribing import HttpTranscriber, RecordedSpeech
from voice.vocabulary import Vocabulary

L16 = "audio/l16;rate=8000"
NEEDS_FFMPEG = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg: apt install ffmpeg")


@asynccontextmanager
async def speech_process(transcriber, *, token="secret"):
    app = web.Application()
    SpeechDoor(transcriber, Guard("secret")).mount(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield HttpTranscriber(session, url=f"http://127.0.0.1:{runner.addresses[0][1]}", token=token)
    await runner.cleanup()


def wav(samples: bytes, rate_hz: int = 8_000, channels: int = 1) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples)
    return written.getvalue()


def as_ffmpeg(data: bytes, *options: str) -> bytes:
    command = ["ffmpeg", "-loglevel", "quiet", "-i", "pipe:0", *options, "pipe:1"]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=30).stdout


async def test_a_message_is_understood_and_put_right_over_the_door():
    transcriber = RecordedSpeech(ScriptedRecognizer(("公鸡金", "工鸡金")), Vocabulary(["公积金"]))

    async with speech_process(transcriber) as asked:
        guesses = await asked.transcribe(speech(1.0), L16)

    assert guesses == ("公积金",)


async def test_without_the_token_or_a_recogniser_nothing_is_understood():
    transcriber = RecordedSpeech(ScriptedRecognizer(("公积金",)), Vocabulary([]))

    async with speech_process(transcriber, token="guessed") as stranger, speech_process(None) as deaf:
        for asked in (stranger, deaf):
            with pytest.raises(SpeechUnavailable):
                await asked.transcribe(speech(1.0), L16)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\1", L16),
        (b"RIFF", "audio/wav"),
        (wav(speech(0.5), channels=2), "audio/wav"),
        (b"hello", "text/plain"),
        pytest.param(b"hello", "audio/amr", marks=NEEDS_FFMPEG),
    ],
    ids=["half a sample", "no wave", "stereo", "no sound", "no amr"],
)
async def test_what_is_no_sound_is_refused_over_the_door(data, kind):
    transcriber = RecordedSpeech(ScriptedRecognizer(("公积金",)), Vocabulary([]))

    async with speech_process(transcriber) as asked:
        with pytest.raises(FrameRefused):
            await asked.transcribe(data, kind)


@pytest.mark.parametrize(("data", "kind"), [(speech(1.0), L16), (wav(speech(1.0)), "audio/wav")])
async def test_a_second_stays_a_second_at_sixteen_kilohertz(data, kind):
    assert len(await decoded(data, kind)) == pytest.approx(32_000, abs=64)


@NEEDS_FFMPEG
async def test_what_phones_record_is_decoded():
    compressed = as_ffmpeg(wav(speech(1.0)), "-f", "mp3")

    assert len(await decoded(compressed, "audio/mpeg")) == pytest.approx(32_000, abs=6_000)  # mp3 fills its frames


@pytest.mark.model
@NEEDS_MODEL
@NEEDS_AUDIO
async def test_a_recorded_person_is_understood_by_vosk():
    from voice.vosk_recognizer import VoskRecognizer

    recognizer = VoskRecognizer.load(str(MODEL), folder=MODEL)
    data = (AUDIO / "cmn_test" / "4-16k.wav").read_bytes()

    guesses = await RecordedSpeech(recognizer, Vocabulary([])).transcribe(data, "audio/wav")
    recognizer.close()

    assert "可以提取公积金" in guesses[0]


def in_amr(sound: bytes) -> bytes:
    """Encode as WeChat records: AMR-NB, 8 kHz; ffmpeg itself only reads it."""
    written = io.BytesIO()
    with av.open(io.BytesIO(sound)) as source, av.open(written, "w", format="amr") as target:
        stream = target.add_stream("libopencore_amrnb", rate=8_000, layout="mono")
        narrow = av.AudioResampler(format="s16", layout="mono", rate=8_000)
        for frame in (*source.decode(audio=0), None):
            for piece in narrow.resample(frame):
                target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return written.getvalue()


def in_speex(sound: bytes) -> bytes:
    return as_ffmpeg(sound, "-c:a", "libspeex", "-f", "ogg")


@pytest.mark.model
@NEEDS_MODEL
@NEEDS_AUDIO
@NEEDS_FFMPEG
@pytest.mark.parametrize(("encoded", "kind"), [(in_amr, "audio/amr"), (in_speex, "audio/speex")])
async def test_what_a_phone_recorded_is_understood_over_the_door(encoded, kind):
    from voice.vosk_recognizer import VoskRecognizer

    recognizer = VoskRecognizer.load(str(MODEL), folder=MODEL)
    sound = (AUDIO / "cmn_test" / "4-16k.wav").read_bytes()
    async with speech_process(RecordedSpeech(recognizer, Vocabulary([]))) as asked:
        guesses = await asked.transcribe(encoded(sound), kind)
    recognizer.close()

    assert any("提取公积金" in guess for guess in guesses)
