"""The sound of the line: 8 kHz, 16 bit, mono, little-endian, in frames of 20 ms."""

import array
import io
import sys
import wave

import numpy as np
import soxr

RATE_HZ = 8_000
SAMPLE_BYTES = 2
FRAME_SECONDS = 0.02
FRAME_BYTES = int(RATE_HZ * FRAME_SECONDS) * SAMPLE_BYTES
SILENCE = bytes(FRAME_BYTES)
LOUDEST = 32_767


def seconds(sound: bytes) -> float:
    """Return how long a piece of sound lasts."""
    return len(sound) / (RATE_HZ * SAMPLE_BYTES)


def resampled(sound: bytes, rate_hz: int, wanted_hz: int = RATE_HZ) -> bytes:
    """Bring mono 16-bit sound of any rate to the line's, or another."""
    if rate_hz == wanted_hz:
        return sound
    samples = np.frombuffer(sound[: len(sound) // SAMPLE_BYTES * SAMPLE_BYTES], dtype="<i2")
    return bytes(soxr.resample(samples, rate_hz, wanted_hz).astype("<i2").tobytes())


def of_wave(data: bytes) -> bytes:
    """Return the sound of a mono 16-bit WAV file at the line's rate; raises ValueError when it is not one.

    Engines that write to a pipe cannot know the length beforehand, so the header's length is not believed.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, SAMPLE_BYTES):
                raise ValueError("not mono 16 bit")
            return resampled(file.readframes(len(data) // SAMPLE_BYTES), file.getframerate())
    except (wave.Error, EOFError) as error:
        raise ValueError(str(error)) from error


def louder(sound: bytes, gain: float) -> bytes:
    """Amplify without wrapping around."""
    if gain == 1.0:
        return sound
    samples = np.frombuffer(sound, dtype="<i2").astype(np.float32) * gain
    return bytes(np.clip(samples, -LOUDEST, LOUDEST).astype("<i2").tobytes())


def loudness(sound: bytes) -> float:
    """Return the root mean square of some sound, 0..32767."""
    samples = array.array("h", sound[: len(sound) // SAMPLE_BYTES * SAMPLE_BYTES])
    if sys.byteorder == "big":
        samples.byteswap()
    return float(np.sqrt(np.mean(np.square(np.asarray(samples, dtype=np.float64))))) if samples else 0.0
