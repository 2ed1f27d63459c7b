"""Tells speech from noise, frame by frame: WebRTC's detector, and a floor that learns how loud the line itself is."""

from collections import deque

import webrtcvad

from voice.audio import FRAME_BYTES, RATE_HZ, loudness

STRICTNESS = 2
WINDOW, NEEDED = 10, 7  # 140 ms of speech within 200 ms start a turn; a click or a breath does not
LOUDER_THAN_LINE = 2.5
QUIETEST = 120.0
LEARNING = 0.02


class Activity:
    """Follows one line's sound; `voiced` is fed whole frames of 20 ms."""

    def __init__(self) -> None:
        self._detector = webrtcvad.Vad(STRICTNESS)
        self._floor = QUIETEST
        self._recent: deque[bool] = deque(maxlen=WINDOW)

    def voiced(self, frame: bytes) -> bool:
        """Return whether this frame is somebody speaking."""
        loud = loudness(frame)
        speech = len(frame) == FRAME_BYTES and bool(self._detector.is_speech(frame, RATE_HZ))
        if not speech or loud < self._floor:
            self._floor += LEARNING * (loud - self._floor)
        speech = speech and loud > max(QUIETEST, self._floor * LOUDER_THAN_LINE)
        self._recent.append(speech)
        return speech

    @property
    def started(self) -> bool:
        """Whether the last frames are a person beginning to speak."""
        return sum(self._recent) >= NEEDED

    def restart(self) -> None:
        """Forget the last frames, so that the next turn needs its own beginning."""
        self._recent.clear()
