"""Bounds how much a line may bring: a phone sends one second of sound a second, never ten, in some fifty frames."""

from collections.abc import Callable

from voice.audio import FRAME_SECONDS, seconds

BURST = 5.0  # seconds of sound that may arrive at once, after a network hiccup
ENOUGH = 60.0  # seconds too many after which the line is taken for broken
LEAST = FRAME_SECONDS / 4  # what a frame counts for, however little is in it: a key, or nothing


class Flood:
    """Counts what one line brings against the clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._taken = self._dropped = 0.0

    def passes(self, brought: bytes) -> bool:
        """Return whether this frame may be heard; what comes faster than life is dropped."""
        lasts = max(LEAST, seconds(brought))
        if self._taken - (self._clock() - self._began) > BURST:
            self._dropped += lasts
            return False
        self._taken += lasts
        return True

    @property
    def broken(self) -> bool:
        return self._dropped > ENOUGH
