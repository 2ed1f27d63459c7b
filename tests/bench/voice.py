"""Measures the phone line beside a bare Vosk loop on the same recordings, in the same run.

`python -m tests.bench.voice [--only hearing|calls] [--calls 1,5,10]` prints every figure as it comes and one table at
the end: accuracy at 16 kHz and through an 8 kHz telephone band, slots with their grammars, sounds that are no words and
the real-time factor (`hearing`); the time from the end of speech to the first sound, the reaction to barge-in, memory,
and how many calls at once it takes until an answer comes too late (`calls`). It needs ../shared: model and recordings.
"""

import argparse
import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

import psutil
import vosk

from bot.assembly.phone import phrasing_of, vocabulary_of
from bot.clock import utc_now
from bot.log import configure
from bot.messages import Reply, Response
from tests.bench.hearing import KNOWLEDGE, Row, measured
from tests.fakes import ScriptedAnswering, ScriptedDialogue, ScriptedGateway
from tests.voice.phone import AUDIO, MODEL, Pbx, recorded
from voice import audiosocket, prompts
from voice.audio import FRAME_BYTES, FRAME_SECONDS, RATE_HZ, loudness
from voice.audiosocket import Kind
from voice.audiosocket_door import AudioSocketDoor
from voice.cached import CachedSynthesizer
from voice.calls import Calls
from voice.espeak import EspeakSynthesizer
from voice.hours import Hours
from voice.office import Office
from voice.ranking import Ranking
from voice.service import PhoneService
from voice.spoken import SpokenForms
from voice.vosk_recognizer import VoskRecognizer

ANSWER = "租房提取每户每年最多 16800 元,夫妻合并计算。"
AT_ONCE = (1, 5, 10, 15, 20, 30, 40, 60)
LEAST_CALLS = 20  # so many calls make a 95th percentile
LATEST, SOONEST_SILENT = 1.0, 0.2


async def one_call(port: int, number: int, name: str) -> tuple[float, float]:
    """Call, ask once the greeting has begun (barge-in), and time both silences; sound is sent at the pace of life."""
    pbx = await Pbx.dial(port, str(UUID(int=number + 1)))
    loop = asyncio.get_running_loop()
    frames: list[tuple[float, bool]] = []

    async def listen() -> None:
        while (frame := await audiosocket.read_frame(pbx.reader)).kind != Kind.HANG_UP:
            frames.append((loop.time(), loudness(frame.payload) > 150))

    listening = asyncio.create_task(listen())
    said = recorded(name)
    begun, ended = await _pace(pbx, bytes(int(2.5 * RATE_HZ) * 2), said, bytes(int(4.5 * RATE_HZ) * 2))
    pbx.send(Kind.HANG_UP)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await pbx.close()
    stopped = max((at for at, loud in frames if loud and at < begun + 1.5), default=begun)
    answered = next((at for at, loud in frames if loud and at > ended), float("inf"))
    return answered - ended, stopped - begun


async def _pace(pbx: Pbx, before: bytes, said: bytes, behind: bytes) -> tuple[float, float]:
    """Send in real time; return when speech began and ended, by its own sound."""
    loop = asyncio.get_running_loop()
    whole = before + said + behind
    voiced = [
        at for at in range(0, len(said) - FRAME_BYTES, FRAME_BYTES) if loudness(said[at : at + FRAME_BYTES]) > 300
    ]
    first, last = (len(before) + at for at in (voiced[0], voiced[-1]))
    due, begun, ended = loop.time(), 0.0, 0.0
    for at in range(0, len(whole) - FRAME_BYTES, FRAME_BYTES):
        pbx.send(Kind.SOUND, whole[at : at + FRAME_BYTES])
        begun = loop.time() if not begun and at >= first else begun
        ended = loop.time() if not ended and at >= last else ended
        due += FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - loop.time()))
    return begun, ended


def serve(told: Connection) -> None:
    """The telephone in a process of its own, as in life: what its callers do costs it nothing."""
    asyncio.run(_serve(told))


async def _serve(told: Connection) -> None:
    vosk.SetLogLevel(-1)
    configure(level="WARNING")
    vocabulary, phrasing = vocabulary_of(KNOWLEDGE), phrasing_of(KNOWLEDGE)
    voice = CachedSynthesizer(EspeakSynthesizer())
    await voice.warm(prompts.ALL)
    answering = ScriptedAnswering(ScriptedDialogue(lambda _: _answered()))
    service = PhoneService(
        office=Office(gateway=ScriptedGateway(answering), forms=SpokenForms(), hours=Hours("", utc_now)),
        recognizer=VoskRecognizer.load(str(MODEL), folder=Path(), ranking=Ranking(phrasing, vocabulary)),
        synthesizer=voice,
        vocabulary=vocabulary,
        phrasing=phrasing,
        calls=Calls(time.monotonic),
        capacity=1_000,
    )
    told.send(await AudioSocketDoor(service.answer).open("127.0.0.1", 0))
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """So many calls at once: how they went, and what they cost the telephone's process."""

    calls: int
    answered: list[float]
    silenced: list[float]
    cpu: float
    rss_bytes: int

    @property
    def late(self) -> bool:
        return _percentile(self.answered, 0.95) > LATEST

    def row(self, idle_bytes: int) -> Row:
        cost = f"CPU {self.cpu:.0%}, {(self.rss_bytes - idle_bytes) / self.calls / 1_048_576:.1f} MB a call"
        times = f"answer {_spread(self.answered)}, silent {_spread(self.silenced)}"
        targets = f"p50 ≤ 0.6, p95 ≤ {LATEST:g}; ≤ {SOONEST_SILENT:g} s"
        return Row(what=f"{self.calls} at once: p50 / p95", measured=f"{times}; {cost}", target=targets)


def calling(at_once: tuple[int, ...]) -> Iterator[Row]:
    """Yield a row for every number of calls at once, until twice in a row an answer in twenty comes too late."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=serve, args=(its,), daemon=True)
    process.start()
    port, telephone = mine.recv(), psutil.Process(process.pid)
    idle, held, late = telephone.memory_info().rss, "none", False
    try:
        for count in at_once:
            load = _loaded(port, telephone, count)
            yield load.row(idle)
            if load.late and late:
                break
            late = load.late
            held = held if late else f"{count} (CPU {load.cpu:.0%} of one core)"
        yield Row(what="most calls at once with p95 in time", measured=held, target="≥ 10 a core")
    finally:
        process.terminate()
        process.join()


def _loaded(port: int, telephone: psutil.Process, count: int) -> Load:
    began, busy = time.monotonic(), sum(telephone.cpu_times()[:2])
    times = asyncio.run(_laps(port, count))
    return Load(
        calls=count,
        answered=[pair[0] for pair in times],
        silenced=[pair[1] for pair in times],
        cpu=(sum(telephone.cpu_times()[:2]) - busy) / (time.monotonic() - began),
        rss_bytes=telephone.memory_info().rss,
    )


async def _laps(port: int, count: int) -> list[tuple[float, float]]:
    times: list[tuple[float, float]] = []
    for lap in range(min(5, -(-LEAST_CALLS // count))):
        numbers = [(100 * count + 10_000 * lap + n, f"cmn_test/{(5 * lap + n) % 24}") for n in range(count)]
        times += await asyncio.gather(*(one_call(port, number, name) for number, name in numbers))
    return times


def _answered() -> Response:
    return Response(replies=(Reply(text=ANSWER),))


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.2f} / {_percentile(times, 0.95):.2f} s"


def _percentile(times: list[float], part: float) -> float:
    return sorted(times)[min(int(len(times) * part), len(times) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", default=",".join(map(str, AT_ONCE)), help="numbers of calls at once")
    parser.add_argument("--only", choices=("hearing", "calls"), default="")
    asked = parser.parse_args()
    if not MODEL.is_dir() or not AUDIO.is_dir():
        print(f"the phone is not measured: no Vosk model at {MODEL} or no recorded speech at {AUDIO} (../shared)")
        return
    vosk.SetLogLevel(-1)
    rows: list[Row] = []
    if asked.only != "hearing":  # first, while the machine is as free as it was found
        for row in calling(tuple(int(n) for n in asked.calls.split(","))):
            print(row, flush=True)
            rows.append(row)
    if asked.only != "calls":
        rows += measured()
    load = f"load {psutil.getloadavg()[0]:.1f}"
    print("\n".join(["", f"| the phone, {load} | measured | target |", "|---|---|---|", *map(str, rows)]))


if __name__ == "__main__":
    main()
