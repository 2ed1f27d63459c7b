"""Turns a recorded message into sound the recogniser takes: WAV and plain samples here, everything else by ffmpeg."""

import io
import re
import shutil
import wave

from bot.errors import FrameRefused, SpeechUnavailable
from voice.audio import SAMPLE_BYTES, resampled
from voice.programs import output_of

RATE_HZ = 16_000
LONGEST_BYTES = 120 * RATE_HZ * SAMPLE_BYTES  # two minutes; WeChat ends a message at one
DEADLINE = 10.0
_SAMPLES = re.compile(r"audio/l16;\s*rate=(8000|16000)")
_FFMPEG = ("-loglevel", "quiet", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", str(RATE_HZ), "pipe:1")


async def decoded(data: bytes, kind: str) -> bytes:
    """Return a recording as 16 kHz, 16 bit, mono; raises FrameRefused when it is none, SpeechUnavailable."""
    samples = _SAMPLES.fullmatch(kind)
    if samples:
        if len(data) % SAMPLE_BYTES:
            raise FrameRefused("half a sample")
        return resampled(data, int(samples[1]), RATE_HZ)[:LONGEST_BYTES]
    if kind in ("audio/wav", "audio/x-wav", "audio/wave"):
        return _of_wave(data)[:LONGEST_BYTES]
    if not kind.startswith("audio/"):
        raise FrameRefused("not a kind of sound")
    return (await _by_ffmpeg(data))[:LONGEST_BYTES]


def _of_wave(data: bytes) -> bytes:
    try:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, SAMPLE_BYTES):
                raise FrameRefused("not mono 16 bit")
            return resampled(file.readframes(len(data) // SAMPLE_BYTES), file.getframerate(), RATE_HZ)
    except (wave.Error, EOFError) as error:
        raise FrameRefused("not a WAV file") from error


async def _by_ffmpeg(data: bytes) -> bytes:
    if shutil.which("ffmpeg") is None:
        raise SpeechUnavailable("没有找到 ffmpeg:请安装(Debian/Ubuntu:apt install ffmpeg)")
    try:
        sound = await output_of(("ffmpeg", *_FFMPEG), data, deadline=DEADLINE)
    except SpeechUnavailable as error:
        raise FrameRefused("ffmpeg could not read it") from error
    if not sound:
        raise FrameRefused("ffmpeg could not read it")
    return sound
