"""Hears with Vosk: one model per process, one recogniser per turn of a call, decoding off the event loop."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import soxr
import vosk

from bot.errors import SpeechUnavailable
from bot.ports import Hearing
from voice.audio import RATE_HZ
from voice.phrasing import Phrasing
from voice.ranking import MOST, Ranking
from voice.sureness import UNKNOWN, Alternative, Segment, Sureness, bound
from voice.vocabulary import Vocabulary
from voice.vosk_model import located, verified

MODEL_HZ = 16_000
ALTERNATIVES = 10
SOFT = "QQ"  # a sharp cut at 4 kHz leaves the model bands without any sound, which it never learnt: it hears worse
T = TypeVar("T")


class VoskRecognizer:
    """Implements `Recognizer`. `load()` once per process; every call then has its own `hearing()`."""

    def __init__(self, model: Any, *, threads: int = 2, ranking: Ranking | None = None) -> None:
        self._model = model
        self._ranking = ranking or Ranking(Phrasing(()), Vocabulary(()))
        self._sureness = Sureness(self._ranking.phrasing)
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="hearing")

    @classmethod
    def load(
        cls, model: str, *, folder: Path, sha256: str = "", threads: int = 2, ranking: Ranking | None = None
    ) -> "VoskRecognizer":
        """Load a model by path or by its published name; raises SpeechUnavailable naming what to mend."""
        directory = verified(located(model, folder), sha256)
        vosk.SetLogLevel(-1)
        try:
            return cls(vosk.Model(model_path=str(directory)), threads=threads, ranking=ranking)
        except Exception as error:
            raise SpeechUnavailable(f"{directory} 不能载入:模型损坏或与 Vosk 版本不符") from error

    def hearing(self, rate_hz: int = RATE_HZ) -> Hearing:
        return VoskHearing(self._model, self._threads, self._ranking, self._sureness, rate_hz)

    def close(self) -> None:
        """Stop the decoding threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class VoskHearing:
    """Implements `Hearing` for one call; its methods are awaited one after the other."""

    def __init__(self, model: Any, threads: Executor, ranking: Ranking, sureness: Sureness, rate_hz: int) -> None:
        self.sure = True
        self._sureness = sureness
        self._rate_hz = rate_hz
        self._model = model
        self._threads = threads
        self._ranking = ranking
        self._recognizer: Any = None
        self._resampler: soxr.ResampleStream | None = None
        self._bound = False
        self._segments: list[tuple[str, ...]] = []
        self._alternatives: list[Segment] = []

    async def begin(self, words: tuple[str, ...] = ()) -> None:
        await self._off_loop(lambda: self._begin(words))

    async def feed(self, sound: bytes) -> str:
        return await self._off_loop(lambda: self._feed(sound))

    async def finish(self) -> tuple[str, ...]:
        return await self._off_loop(self._finish)

    def _begin(self, words: tuple[str, ...]) -> None:
        known = tuple(word for word in words if self._spells(word))
        grammar = (json.dumps(known, ensure_ascii=False),) if known else ()
        self._recognizer = vosk.KaldiRecognizer(self._model, MODEL_HZ, *grammar)
        self._recognizer.SetMaxAlternatives(ALTERNATIVES)
        self._resampler = soxr.ResampleStream(self._rate_hz, MODEL_HZ, 1, dtype="int16", quality=SOFT)
        self._bound = bool(known)
        self._segments, self._alternatives = [], []

    def _feed(self, sound: bytes, *, last: bool = False) -> str:
        if self._recognizer is None or self._resampler is None:
            raise SpeechUnavailable("feed before begin")
        wide = self._resampler.resample_chunk(np.frombuffer(sound, dtype="<i2"), last=last)
        if len(wide) and self._recognizer.AcceptWaveform(wide.astype("<i2").tobytes()):
            self._keep(self._recognizer.Result())
        partial = json.loads(self._recognizer.PartialResult()).get("partial", "")
        return "".join(best[0] for best in self._segments) + _joined(partial)

    def _finish(self) -> tuple[str, ...]:
        if self._recognizer is None:
            return ()
        self._feed(b"", last=True)
        self._keep(self._recognizer.FinalResult())
        self._recognizer = self._resampler = None
        guesses = _combined(self._segments, MOST)
        self.sure = self._bound or self._sureness.sure(self._alternatives, guesses[0] if guesses else "")
        return guesses

    def _keep(self, result: str) -> None:
        """Keep a segment's guesses: Vosk ends segments by itself, we end turns."""
        found = json.loads(result).get("alternatives", ())
        segment = tuple(Alternative(words=tuple(one["text"].split()), score=float(one["confidence"])) for one in found)
        heard = bound(segment)[:MOST] if self._bound else self._ranked(segment)
        if heard:
            self._segments.append(heard)
            self._alternatives.append(segment)

    def _ranked(self, segment: Segment) -> tuple[str, ...]:
        return self._ranking.ranked(tuple((one.text, one.score) for one in segment))

    def _spells(self, word: str) -> bool:
        """A grammar may only hold words of the model's own list."""
        return word == UNKNOWN or all(self._model.vosk_model_find_word(part) >= 0 for part in word.split())

    async def _off_loop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _joined(text: str) -> str:
    """Chinese has no spaces; what the grammar did not cover is no word."""
    return "".join(part for part in text.split() if not part.startswith("["))


def _combined(segments: list[tuple[str, ...]], most: int) -> tuple[str, ...]:
    """Put segments together: the best of all, then the best with one segment's other guesses, the last first."""
    if not segments:
        return ()
    best = [guesses[0] for guesses in segments]
    whole = ["".join(best)]
    for at in range(len(segments) - 1, -1, -1):
        whole += ["".join([*best[:at], guess, *best[at + 1 :]]) for guess in segments[at][1:]]
    return tuple(dict.fromkeys(whole))[:most]
