"""Publishes knowledge under load: `python -m tests.bench.swap` counts turns dropped and turns mixing two versions."""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.assembly.environments import ROOT
from bot.assembly.programs import free_port, train
from bot.errors import Misconfigured
from bot.settings import load
from knowledge_base.building import Builder
from knowledge_base.entries import Content
from knowledge_base.shelf import Shelf

MARKS = ("〔甲〕", "〔乙〕")
BROKEN = "20000101-000000-broken"
START, PATIENCE, TURNS_A_VISIT = 300.0, 30.0, 8


@dataclass(slots=True)
class Count:
    """What happened to the turns."""

    turns: int = 0
    dropped: int = 0
    mixed: int = 0
    marked: Counter[str] = field(default_factory=Counter)
    seen: list[tuple[float, str]] = field(default_factory=list)

    def take(self, replies: str) -> None:
        """Count one answered turn by the marks in it."""
        found = [mark for mark in MARKS if mark in replies]
        self.turns += 1
        self.mixed += len(found) > 1
        if len(found) == 1:
            self.marked[found[0]] += 1
            self.seen.append((time.perf_counter(), found[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Swaps:
    """The figures of one run; `in_effect` are seconds from each publish to the first answer out of it."""

    turns: int
    turns_per_second: float
    dropped: int
    mixed: int
    publishes: int
    in_effect: tuple[float, ...]
    answered_after_broken: int


def prepare(home: Path, sources: Path, from_home: Path) -> tuple[Shelf, tuple[str, str]]:
    """Copy the shelf and put two versions on it that differ in a mark at the end of every answer."""
    shutil.copytree(from_home, home)
    shelf = Shelf(home)
    content = shelf.content(shelf.current())
    builder = Builder(sources, shelf, lambda: datetime.now(UTC))
    first, second = (builder.build_from(_marked(content, mark), publish=False).version for mark in MARKS)
    broken = home / BROKEN
    shutil.copytree(home / second, broken)
    manifest = json.loads((broken / "manifest.json").read_text(encoding="utf-8"))
    (broken / "manifest.json").write_text(json.dumps({**manifest, "version": BROKEN, "learned": "gone"}))
    shelf.point(first, datetime.now(UTC), "bench")
    return shelf, (first, second)


def _marked(content: Content, mark: str) -> Content:
    entries = (
        replace(entry, answer=replace(entry.answer, screen=f"{entry.answer.screen}{mark}")) for entry in content.entries
    )
    return replace(content, entries=tuple(entries))


@asynccontextmanager
async def product(folder: Path, home: Path) -> AsyncIterator[int]:
    """`python -m bot run` on its own ports, databases and shelf; yields the gateway's port."""
    port = free_port()
    names = {
        "GATEWAY__PORT": port,
        "GATEWAY__MESSAGES_PER_MINUTE": 60_000,
        "ACTIONS__PORT": free_port(),
        "RASA__PORT": free_port(),
        "FUND__PORT": free_port(),
        "FUND__STORE": f"sqlite:///{folder}/sandbox.db",
        "RASA__TRACKER": f"sqlite:///{folder}/tracker.db",
        "STORE__URL": f"sqlite:///{folder}/jiajia.db",
        "KNOWLEDGE__VERSIONS": home,
    }
    environment = {**os.environ, **{f"JIAJIA_{name}": str(value) for name, value in names.items()}}
    log = folder / "run.log"
    with log.open("wb") as said:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stdout=said, stderr=said
        )
        try:
            async with asyncio.timeout(START):
                while "✔".encode() not in log.read_bytes():
                    if child.returncode is not None:
                        raise Misconfigured(f"the product did not start:\n{log.read_text()[-2000:]}")
                    await asyncio.sleep(0.3)
            yield port
        finally:
            if child.returncode is None:
                child.terminate()
                await child.wait()


async def _visitor(url: str, number: int, questions: tuple[str, ...], count: Count, until: float) -> None:
    """One citizen after another asks a few questions; whoever is not answered in time was dropped."""
    at = number
    async with aiohttp.ClientSession() as session:
        while time.perf_counter() < until:
            async with session.ws_connect(url) as socket:
                await socket.send_json({"type": "hello", "session": "", "seq": 0})
                await socket.receive_json()
                for turn in range(TURNS_A_VISIT):
                    if time.perf_counter() >= until:
                        break
                    await socket.send_json(
                        {"type": "message", "id": f"swap-{number}-{at}-{turn}", "text": questions[at % len(questions)]}
                    )
                    at += 7
                    await _answered(socket, f"swap-{number}-{at - 7}-{turn}", count)


async def _answered(socket: aiohttp.ClientWebSocketResponse, message: str, count: Count) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await socket.receive_json()
                if frame["type"] == "refused":
                    count.dropped += 1
                    return
                if frame["type"] == "turn" and frame["turn"]["message_id"] == message:
                    if frame["turn"]["error"] or not frame["turn"]["replies"]:
                        count.dropped += 1
                    count.take(json.dumps(frame["turn"]["replies"], ensure_ascii=False))
                    return
    except (TimeoutError, TypeError):
        count.dropped += 1


async def measure(seconds: float = 24.0, clients: int = 4, every: float = 4.0) -> Swaps:
    """Ask all the time, publish every few seconds, once a version that cannot be loaded."""
    settings = load()
    await asyncio.to_thread(train, settings, said=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shelf, versions = prepare(folder / "home", settings.knowledge.directory, settings.knowledge.versions)
        content = shelf.content(versions[0])
        questions = tuple(entry.title for entry in content.entries)
        async with product(folder, shelf.home) as port:
            return await _under_load(f"http://127.0.0.1:{port}/ws", shelf, versions, questions, seconds, clients, every)


async def _under_load(
    url: str, shelf: Shelf, versions: tuple[str, str], questions: tuple[str, ...], seconds: float, clients: int,
    every: float,
) -> Swaps:  # fmt: skip
    count, started = Count(), time.perf_counter()
    until = started + seconds
    asking = [asyncio.create_task(_visitor(url, number, questions, count, until)) for number in range(clients)]
    published: list[tuple[float, str]] = []
    broken_at = 0.0
    turn = 1
    while time.perf_counter() + every < until:
        await asyncio.sleep(every)
        shelf.point(versions[turn % 2], datetime.now(UTC), "bench")
        published.append((time.perf_counter(), MARKS[turn % 2]))
        turn += 1
        if turn == 3:
            await asyncio.sleep(every)
            shelf.point(BROKEN, datetime.now(UTC), "bench")
            broken_at = time.perf_counter()
    await asyncio.gather(*asking)
    effects = [
        min((at - moment for at, mark in count.seen if at > moment and mark == name), default=float("inf"))
        for moment, name in published
    ]
    return Swaps(
        turns=count.turns,
        turns_per_second=round(count.turns / (time.perf_counter() - started), 1),
        dropped=count.dropped,
        mixed=count.mixed,
        publishes=len(published),
        in_effect=tuple(round(effect, 2) for effect in effects),
        answered_after_broken=sum(at > broken_at for at, _ in count.seen) if broken_at else 0,
    )


def main() -> None:
    """Print the figures of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=24.0)
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    print(json.dumps(asdict(asyncio.run(measure(options.seconds, options.clients))), ensure_ascii=False))


if __name__ == "__main__":
    main()
