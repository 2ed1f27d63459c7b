"""Bounds how much sound a line may bring: a phone sends one second of sound a second, never ten."""

from collections.abc import Callable

from voice.audio import RATE_HZ, SAMPLE_BYTES

BURST = 5.0  # seconds of sound that may arrive at once, after a network hiccup
ENOUGH = 60.0  # seconds too many after which the line is taken for broken


class Flood:
    """Counts the sound of one line against the clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._bytes = 0
        self._dropped = 0.0

    def passes(self, sound: bytes) -> bool:
        """Return whether this sound may be heard; what comes faster than life is dropped."""
        ahead = self._bytes / (RATE_HZ * SAMPLE_BYTES) - (self._clock() - self._began)
        if ahead > BURST:
            self._dropped += len(sound) / (RATE_HZ * SAMPLE_BYTES)
            return False
        self._bytes += len(sound)
        return True

    @property
    def broken(self) -> bool:
        return self._dropped > ENOUGH
