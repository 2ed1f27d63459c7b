"""Sentences nobody recorded, put together from syllables of people who said something else (../shared/audio).

Written are the characters they were cut from: 到数地 sounds like 倒数第, one tone aside.
"""

import wave

import numpy as np

from tests.voice.phone import AUDIO
from voice.audio import resampled

RATE_HZ = 16_000
FLOOR = 300
CUT = {
    "到": ("han_test/23", 2.34, 2.64),
    "数": ("han_test/20", 2.13, 2.52),
    "地": ("han_test/23", 2.78, 3.08),
    "位": ("han_test/19", 0.64, 0.88),
}
WHOLE = {"是": "han_slot/0", "二": "han_slot/16", "三": "han_slot/17", "四": "han_slot/18", "八": "han_slot/22"}


def spliced(syllables: str) -> bytes:
    """Return the sound of these syllables one after the other, as the line brings it."""
    return resampled(b"".join(_syllable(one) for one in syllables), RATE_HZ)


def _syllable(character: str) -> bytes:
    if character in WHOLE:
        samples = np.frombuffer(_recording(WHOLE[character]), dtype="<i2")
        loud = np.flatnonzero(np.abs(samples.astype(int)) > FLOOR)
        around = RATE_HZ // 25
        return samples[max(0, loud[0] - around) : loud[-1] + around].tobytes()
    name, begin, end = CUT[character]
    return _recording(name)[int(begin * RATE_HZ) * 2 : int(end * RATE_HZ) * 2]


def _recording(name: str) -> bytes:
    with wave.open(str(AUDIO / f"{name}-16k.wav")) as file:
        return file.readframes(file.getnframes())
