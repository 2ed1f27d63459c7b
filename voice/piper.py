"""Speaks with piper, a neural voice from a local file, where the machine has room for one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from bot.errors import SpeechUnavailable
from voice.espeak import run


class PiperSynthesizer:
    """Implements `Synthesizer`. `voice` is a piper voice file (`zh_CN-huayan-medium.onnx`, its .json beside it)."""

    def __init__(self, *, voice: Path, program: str = "piper", at_once: int = 2) -> None:
        self._voice = voice
        self._program = program
        self._room = asyncio.Semaphore(at_once)

    def check(self) -> None:
        """Raise SpeechUnavailable when the voice file is not there."""
        if not self._voice.is_file():
            raise SpeechUnavailable(f"没有找到声音文件 {self._voice}(JIAJIA_PHONE__VOICE)")

    async def speak(self, text: str, *, speed: float = 1.0) -> AsyncIterator[bytes]:
        if text.strip():
            arguments = ("--model", str(self._voice), "--length_scale", f"{1 / speed:.2f}", "--output_file", "-")
            yield await run(self._program, arguments, text.replace("\n", " "), self._room)
