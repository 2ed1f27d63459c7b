"""Says again without making again: sound kept by text and speed, and prompts a person has recorded."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path

from bot.errors import SpeechUnavailable
from bot.ports import Synthesizer
from voice.audio import of_wave
from voice.spoken import sentences

KEPT_BYTES = 64 * 1024 * 1024  # about an hour of speech


class CachedSynthesizer:
    """Implements `Synthesizer` around one voice. What was begun but not finished is not kept."""

    def __init__(self, voice: Synthesizer, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._voice = voice
        self._most = kept_bytes
        self._held = 0
        self._kept: OrderedDict[tuple[str, float], bytes] = OrderedDict()

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[bytes]:
        key = (text, round(speed, 2))
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            yield kept
            return
        pieces = []
        async for piece in self._voice.speak(text, speed=speed):
            pieces.append(piece)
            yield piece
        self._keep(key, b"".join(pieces))

    async def warm(self, texts: Iterable[str]) -> None:
        """Make the fixed prompts before the first call; raises SpeechUnavailable."""
        for text in texts:
            for sentence in sentences(text):
                async for _ in self.speak(sentence):
                    pass

    def _keep(self, key: tuple[str, float], sound: bytes) -> None:
        if key in self._kept or len(sound) > self._most // 10:
            return
        self._kept[key] = sound
        self._held += len(sound)
        while self._held > self._most:
            _, oldest = self._kept.popitem(last=False)
            self._held -= len(oldest)


class RecordedPrompts:
    """Implements `Synthesizer`: what a person has recorded is played, everything else `otherwise` says."""

    def __init__(self, recorded: Mapping[str, bytes], otherwise: Synthesizer) -> None:
        self._recorded = recorded
        self._otherwise = otherwise

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[bytes]:
        sound = self._recorded.get(text)
        if sound is not None:
            yield sound
            return
        async for piece in self._otherwise.speak(text, speed=speed):
            yield piece


def recordings(folder: Path) -> dict[str, bytes]:
    """Read a folder of recorded sentences: each WAV beside a .txt that holds its words; raises SpeechUnavailable."""
    found = {}
    for words in sorted(folder.glob("*.txt")):
        file = words.with_suffix(".wav")
        try:
            found[words.read_text(encoding="utf-8").strip()] = of_wave(file.read_bytes())
        except (OSError, ValueError) as error:
            raise SpeechUnavailable(f"录音 {file} 读不出来:要单声道 16 位 WAV") from error
    return found
