"""A scripted day on WeChat: followers write, gateways are killed at random moments, every answer arrives once.

`python -m tests.system.wechat_day --users 500 --messages 20` prints the figures.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web

from bot.store.database import Database
from tests.channels.wechat.account import open_count, states
from tests.channels.wechat.databases import postgres
from tests.channels.wechat.platform import Platform, openid

ROOT = Path(__file__).parents[2]
PATIENCE = 2.5  # WeChat's five seconds
SLOW_SHARE, SLOW = 0.04, (2.2, 3.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How it went."""

    messages: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    astray: int
    kills: int
    passive: int
    by_message: int
    redelivered: int
    asked_again: int
    unresolved: int
    tokens_fetched: int
    seconds: float
    why: tuple[str, ...] = ()


class Dialogue:
    """Answers with the message's own mark; counts how often it was asked (a wish's key is its message id)."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.asked: Counter[tuple[str, str]] = Counter()

    async def respond(self, request: web.Request) -> web.Response:
        asked = await request.json()
        key = (asked["sender"], asked["id"])
        self.asked[key] += 1
        slow = self.dice.random() < SLOW_SHARE
        await asyncio.sleep(self.dice.uniform(*SLOW) if slow else self.dice.uniform(0.0, 0.03))
        return web.Response(text=f"〔{asked['text']}〕的答复")


class Gateways:
    """Several real processes; `next_url` takes them in turn and passes over a refused connection, as nginx does."""

    def __init__(self, count: int, database: str, platform: str, dialogue: str) -> None:
        self._arguments = (database, platform, dialogue)
        self.ports = [_free_port() for _ in range(count)]
        self.processes: list[asyncio.subprocess.Process] = []
        self._started: list[asyncio.subprocess.Process] = []
        self._turn = itertools.count()
        self.kills = 0

    async def start(self) -> None:
        self.processes = [await self._one(port) for port in self.ports]

    def next_url(self) -> str:
        in_turn = (next(self._turn) % len(self.ports) for _ in self.ports)
        number = next((number for number in in_turn if self.processes[number].returncode is None), 0)
        return f"http://127.0.0.1:{self.ports[number]}/wechat"

    async def kill_one(self, dice: random.Random) -> None:
        number = dice.randrange(len(self.ports))
        self.processes[number].kill()
        await self.processes[number].wait()
        self.kills += 1
        await asyncio.sleep(dice.uniform(0.0, 0.5))
        self.processes[number] = await self._one(self.ports[number])

    async def stop(self) -> None:
        for process in self._started:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _one(self, port: int) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.system.wechat_gateway", *self._arguments, str(port)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self._started.append(process)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n", "a gateway did not start"
        return process


async def day(
    users: int, messages: int, *, gateways: int = 3, together: int = 24, seed: int = 1, on_postgres: bool = False
) -> Day:
    """Live through it."""
    dice = random.Random(seed)
    started = time.monotonic()
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = await stack.enter_async_context(postgres()) if on_postgres else f"sqlite:///{folder / 'day.db'}"
        platform = await stack.enter_async_context(Platform(patience=PATIENCE).running())
        dialogue = Dialogue(dice)
        url = await stack.enter_async_context(served(dialogue.respond))
        await (await Database.open(database)).close()
        farm = Gateways(gateways, database, platform.url, url)
        stack.push_async_callback(farm.stop)
        await farm.start()
        platform.gateway = farm.next_url
        killer = asyncio.create_task(_kill(farm, dice))
        places = asyncio.Semaphore(together)
        names = [f"u{number}" for number in range(users)]
        await asyncio.gather(*(_follower(platform, name, messages, places, dice) for name in names))
        killer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killer
        await _settled(database, platform)
        rows = await states(database)
        marks = {f"{name}m{number}": openid(name) for name in names for number in range(messages)}
        told = _told(platform, dialogue, farm, marks, time.monotonic() - started)
        return replace(told, why=_why(platform, rows, told.lost + told.doubled))


async def _follower(
    platform: Platform, name: str, messages: int, places: asyncio.Semaphore, dice: random.Random
) -> None:
    """Write one message after another; now and then the next before the last is answered."""
    pending: list[asyncio.Task[str]] = []
    for number in range(messages):
        async with places:
            task = asyncio.create_task(platform.say(openid(name), f"{name}m{number}"))
            pending.append(task)
            if dice.random() > 0.1:
                await task
        await asyncio.sleep(dice.uniform(0.0, 0.2))
    await asyncio.gather(*pending)


async def _kill(farm: Gateways, dice: random.Random) -> None:
    while True:
        await asyncio.sleep(dice.uniform(1.0, 5.0))
        await farm.kill_one(dice)


async def _settled(database_url: str, platform: Platform) -> None:
    """Wait until nothing is on its way any more; the sweeps need a lease or two."""
    database = await Database.open(database_url)
    try:
        for _ in range(480):
            if await open_count(database) == 0:
                return
            await asyncio.sleep(0.25)
    finally:
        await database.close()


def _why(platform: Platform, rows: dict[str, str], marks: tuple[str, ...]) -> tuple[str, ...]:
    """Say of everything that went wrong how WeChat delivered it and what its receipt says."""
    ids = {text: message_id for message_id, text in platform.said.items()}
    outcomes: dict[str, list[str]] = {}
    for name, _, outcome in platform.deliveries:
        outcomes.setdefault(name, []).append(outcome)
    unmarked = {who: [text for text in phone.texts if "〔" not in text] for who, phone in platform.phones.items()}
    return tuple(
        f"{mark}: {outcomes.get(ids[mark])} → {rows.get(ids[mark], 'never received')}; "
        f"also seen: {unmarked[openid(mark.partition('m')[0])]}"
        for mark in marks
    )


def _told(platform: Platform, dialogue: Dialogue, farm: Gateways, marks: dict[str, str], seconds: float) -> Day:
    seen: Counter[str] = Counter()
    astray = 0
    for who, phone in platform.phones.items():
        for text in phone.texts:
            for part in text.split("〔")[1:]:
                mark = part.split("〕")[0]
                seen[mark] += 1
                astray += marks.get(mark) != who
    ways = Counter(way for phone in platform.phones.values() for way, _ in phone.seen)
    return Day(
        messages=len(marks),
        lost=tuple(mark for mark in marks if not seen[mark]),
        doubled=tuple(mark for mark in marks if seen[mark] > 1),
        astray=astray,
        kills=farm.kills,
        passive=ways["passive"],
        by_message=ways["message"],
        redelivered=sum(attempt > 1 for _, attempt, _ in platform.deliveries),
        asked_again=sum(count - 1 for count in dialogue.asked.values()),
        unresolved=ways["system"],
        tokens_fetched=platform.fetches,
        seconds=round(seconds, 1),
    )


@contextlib.asynccontextmanager
async def served(respond: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """Serve the dialogue at an address of its own."""
    app = web.Application()
    app.router.add_post("/", respond)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def _free_port() -> int:
    """A port below those the system hands out: a restarted gateway finds its own free again."""
    while True:
        port = random.SystemRandom().randrange(18_000, 30_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--messages", type=int, default=20)
    parser.add_argument("--together", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gateways", type=int, default=3)
    parser.add_argument("--postgres", action="store_true", help="on the server JIAJIA_TEST_POSTGRES names")
    options = parser.parse_args()
    told = asyncio.run(
        day(
            options.users,
            options.messages,
            gateways=options.gateways,
            together=options.together,
            seed=options.seed,
            on_postgres=options.postgres,
        )
    )
    print(
        replace(told, lost=told.lost[:10], doubled=told.doubled[:10], why=told.why[:10]),
        len(told.lost),
        "lost",
        len(told.doubled),
        "doubled",
    )
    return int(bool(told.lost or told.doubled or told.astray))


if __name__ == "__main__":
    sys.exit(main())
