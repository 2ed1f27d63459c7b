"""Voice messages that WeChat did not write down: fetched, understood, and said back; plainly refused otherwise."""

import asyncio
import io
import os
import shutil
import sys
import wave
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import av
import pytest
from aiohttp.test_utils import unused_port

from bot.errors import FrameRefused, SpeechUnavailable
from bot.messages import Voice
from tests.channels.wechat.account import account
from tests.channels.wechat.platform import openid
from tests.channels.wechat.test_once import settled
from tests.fakes import ScriptedAnswering
from tests.voice.phone import AUDIO, MODEL, NEEDS_AUDIO, NEEDS_MODEL
from voice.decoding import decoded
from voice.transcribing import HttpTranscriber

WANG = openid("王")
NEEDS_FFMPEG = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg: apt install ffmpeg")


class Scripted:
    """Implements `Transcriber`: the words for a recording, or the error raised for it."""

    def __init__(self, *heard: str, error: Exception | None = None) -> None:
        self.heard, self.error, self.asked = heard, error, []

    async def transcribe(self, sound: bytes, kind: str) -> tuple[str, ...]:
        self.asked.append((sound, kind))
        if self.error:
            raise self.error
        return self.heard


def amr(wav: bytes) -> bytes:
    """Encode as WeChat's client records: AMR-NB, 8 kHz, mono, 12.2 kbit/s."""
    written = io.BytesIO()
    with av.open(io.BytesIO(wav)) as source, av.open(written, "w", format="amr") as target:
        stream = target.add_stream("libopencore_amrnb", rate=8_000, layout="mono", bit_rate=12_200)
        narrow = av.AudioResampler(format="s16", layout="mono", rate=8_000)
        for frame in source.decode(audio=0):
            for piece in narrow.resample(frame):
                target.mux(stream.encode(piece))
        for piece in narrow.resample(None):
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return written.getvalue()


async def spoken(running, *, media: bytes = b"#!AMR\n", **more: object) -> list[str]:
    running.platform.media["m-1"] = media
    await running.platform.send(WANG, "voice", **({"MediaId": "m-1", "Format": "amr"} | more))
    await settled(running)
    return running.platform.phones[WANG].texts


async def test_a_recording_is_fetched_understood_and_said_back(tmp_path):
    ears, answering = Scripted("租房能提多少", "租房能替多少"), ScriptedAnswering()
    async with account(tmp_path, answering, transcriber=ears) as running:
        texts = await spoken(running, media=b"#!AMR\nabc")

    assert ears.asked == [(b"#!AMR\nabc", "audio/amr")]
    assert answering.dialogue.asked[0].attachments == (Voice(media="m-1", heard=("租房能提多少", "租房能替多少")),)
    assert texts[0].startswith("听到您说:“租房能提多少”\n\n")


async def test_what_the_platform_wrote_down_is_taken_as_it_is(tmp_path):
    ears, answering = Scripted("别的"), ScriptedAnswering()
    async with account(tmp_path, answering, transcriber=ears) as running:
        await spoken(running, Recognition="买房能提多少")

    assert (ears.asked, answering.dialogue.asked[0].attachments[0].heard) == ([], ("买房能提多少",))


@pytest.mark.parametrize(
    ("ears", "says"),
    [
        (None, "直接打字"),
        (Scripted(error=SpeechUnavailable("down")), "直接打字"),
        (Scripted(error=FrameRefused("no sound")), "再说一遍"),
        (Scripted(), "再说一遍"),
    ],
    ids=["no recogniser", "recogniser down", "no sound", "no words"],
)
async def test_what_cannot_be_heard_is_told_plainly(tmp_path, ears, says):
    async with account(tmp_path, transcriber=ears) as running:
        texts = await spoken(running)

    assert len(texts) == 1
    assert says in texts[0]


async def test_a_recording_wechat_no_longer_has_is_told_plainly(tmp_path):
    async with account(tmp_path, transcriber=Scripted("好")) as running:
        await running.platform.send(WANG, "voice", MediaId="gone", Format="amr")
        await settled(running)

    assert "直接打字" in running.platform.phones[WANG].texts[0]


async def test_a_token_that_ended_is_replaced_before_the_recording_is_given_up(tmp_path):
    async with account(tmp_path, transcriber=Scripted("租房")) as running:
        await running.channel.api.tokens.current()
        running.platform.invalidate()
        texts = await spoken(running)

    assert "租房" in texts[0]


@NEEDS_FFMPEG
async def test_amr_as_phones_record_it_is_decoded():
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(16_000))

    assert len(await decoded(amr(written.getvalue()), "audio/amr")) == pytest.approx(32_000, abs=2_000)


@asynccontextmanager
async def speech_process():
    """`python -m voice` with Vosk, as `make run` starts it."""
    port, token = unused_port(), "test-token"
    names = {"PHONE_TOKEN": token, "PHONE__MODEL": str(MODEL), "PHONE__HTTP_PORT": str(port)}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "voice"),
        cwd=Path(__file__).parents[3],
        env=os.environ | {f"JIAJIA_{name}": value for name, value in names.items()},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(120):
            assert child.stdout is not None
            while "✔".encode() not in await child.stdout.readline():
                assert child.returncode is None
        async with aiohttp.ClientSession() as session:
            yield HttpTranscriber(session, url=f"http://127.0.0.1:{port}", token=token)
    finally:
        child.terminate()
        await child.wait()


@pytest.mark.model
@NEEDS_FFMPEG
@NEEDS_MODEL
@NEEDS_AUDIO
async def test_a_recorded_person_is_heard_from_amr_by_vosk_in_its_own_process(tmp_path):
    said = amr((AUDIO / "cmn_test" / "4-16k.wav").read_bytes())
    answering = ScriptedAnswering()
    async with speech_process() as ears, account(tmp_path, answering, transcriber=ears) as running:
        texts = await spoken(running, media=said)

    assert "可以提取公积金" in answering.dialogue.asked[0].attachments[0].heard[0]
    assert texts[0].startswith("听到您说:")
