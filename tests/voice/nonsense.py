"""Sounds without meaning, as lines bring them: hums and songs, many people at once, a language nobody speaks."""

import random
from collections.abc import Iterator

import numpy as np

from tests.voice.phone import recorded, speech, transcripts
from voice.audio import RATE_HZ

SENTENCES = ("cmn_test", "han_test")
LOUDNESS = 2_500.0


def everything() -> Iterator[tuple[str, bytes]]:
    """Yield the kind of each sound and the sound, the same ones every time."""
    yield from (("hum", speech(1.2 + pitch / 200, pitch=pitch)) for pitch in (90, 130, 150, 180, 210, 240))
    yield from (("song", song(seed)) for seed in range(12))
    yield from (("many at once", babble(seed)) for seed in range(20))
    yield from (("backwards", backwards(f"{name}/{n}")) for name in SENTENCES for n in range(0, 36, 2))
    yield from (("in pieces", in_pieces(f"{name}/{n}")) for name in SENTENCES for n in range(1, 36, 3))


def song(seed: int) -> bytes:
    """A voice that wanders up and down without a word."""
    rng = np.random.default_rng(seed)
    count = int(rng.uniform(1, 3) * RATE_HZ)
    at = np.linspace(0, 1, count)
    phase = 2 * np.pi * np.cumsum(np.interp(at, np.linspace(0, 1, 6), rng.uniform(100, 320, 6))) / RATE_HZ
    tones = [np.sin(phase * harmonic + harmonic) * rng.uniform(0.2, 1) / harmonic for harmonic in range(1, 12)]
    return _sound(np.sum(tones, axis=0) * np.interp(at, np.linspace(0, 1, 10), rng.uniform(0.2, 1, 10)))


def babble(seed: int) -> bytes:
    """A room full of people: three to eight sentences at once."""
    rng = random.Random(seed)
    names = [f"{name}/{number}" for name in SENTENCES for number in transcripts(name)]
    voices = [_samples(recorded(rng.choice(names))) for _ in range(rng.choice((3, 4, 6, 8)))]
    mixed = np.zeros(max(map(len, voices)))
    for voice in voices:
        begin = rng.randrange(len(mixed) - len(voice) + 1)
        mixed[begin : begin + len(voice)] += voice / np.sqrt(np.mean(voice**2))
    return _sound(mixed)


def backwards(name: str) -> bytes:
    """A human voice in no language: a recording from its end to its beginning."""
    return _samples(recorded(name))[::-1].astype("<i2").tobytes()


def in_pieces(name: str) -> bytes:
    """A line that breaks: pieces of 0.15 s in any order."""
    samples = _samples(recorded(name))
    pieces = [samples[at : at + 1_200] for at in range(0, len(samples), 1_200)]
    random.Random(name).shuffle(pieces)
    return np.concatenate(pieces).astype("<i2").tobytes()


def _samples(sound: bytes) -> np.ndarray:
    return np.frombuffer(sound, dtype="<i2").astype(float)


def _sound(samples: np.ndarray) -> bytes:
    scaled = samples * LOUDNESS / np.sqrt(np.mean(samples**2))
    return np.clip(scaled, -32_000, 32_000).astype("<i2").tobytes()
