"""`make bench`: turns through the gateway, the same model asked directly, and the stock shape, all in one run."""

import asyncio
import json
import os
import signal
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import aiohttp
import psutil

from bot.assembly.environments import RASA, ROOT
from bot.assembly.programs import free_port, train
from bot.assembly.rasa_process import RasaProcess
from bot.assembly.training import Training, ensure_model
from bot.errors import Misconfigured
from bot.settings import load
from tests.bench.load import Ask, Figures, drive

WARM, SECONDS, ROUNDS = 0.7, 3.0, 5
THROUGH, DIRECTLY, STOCK_SHAPE = "through the gateway", "same model, directly", "stock shape (DIET), directly"
STOCK = Path("tests/bench/stock")
START = 180.0
PROBES = ROOT / "knowledge_base" / "evaluation" / "probes"


def questions(most: int = 200) -> tuple[str, ...]:
    """Policy questions nobody trained on, evenly from every topic."""
    rows = [
        line.split("\t")[1] for path in sorted(PROBES.glob("*.tsv")) for line in path.read_text("utf-8").splitlines()
    ]
    return tuple(rows[1 :: max(1, len(rows) // most)])


class Product:
    """`python -m bot run` in its own process, on free ports and its own database."""

    def __init__(self, folder: Path) -> None:
        self.gateway, self.actions, self.rasa, self._fund = (free_port() for _ in range(4))
        self._folder = folder
        self._child: asyncio.subprocess.Process | None = None

    async def start(self) -> float:
        """Start and return the seconds until it is ready."""
        started = time.perf_counter()
        names = {
            "GATEWAY__PORT": self.gateway,
            "GATEWAY__MESSAGES_PER_MINUTE": 60_000,
            "ACTIONS__PORT": self.actions,
            "RASA__PORT": self.rasa,
            "RASA__TRACKER": f"sqlite:///{self._folder}/tracker.db",
            "FUND__PORT": self._fund,
            "FUND__STORE": f"sqlite:///{self._folder}/sandbox.db",
            "STORE__URL": f"sqlite:///{self._folder}/bench.db",
            "LOG__LEVEL": "WARNING",
        }
        environment = {**os.environ, **{f"JIAJIA_{name}": str(value) for name, value in names.items()}}
        self._child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
        )
        assert self._child.stdout
        async with asyncio.timeout(START):
            while line := await self._child.stdout.readline():
                if "✔".encode() in line:
                    return time.perf_counter() - started
        raise Misconfigured("the product did not start")

    async def stop(self) -> None:
        """Ctrl-C, and wait."""
        if self._child and self._child.returncode is None:
            self._child.terminate()
            await self._child.wait()

    def processes(self) -> tuple[psutil.Process, psutil.Process]:
        """The gateway and its Rasa."""
        gateway = psutil.Process(self._child.pid if self._child else 0)
        return gateway, gateway.children()[0]


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[tuple[Product, float]]:
    """The product and how long it took to be ready; stopped half way, also its start, it is ended."""
    product = Product(folder)
    try:
        yield product, await product.start()
    finally:
        await product.stop()


TURNS_A_VISIT = 8
Row = tuple[str, int, Figures]


@asynccontextmanager
async def through_gateway(port: int, clients: int) -> AsyncIterator[list[Ask]]:
    """Citizens one after another, each with a new session and a few questions; opening the socket is counted in."""
    async with aiohttp.ClientSession() as session:
        yield [_Visitor(session, f"http://127.0.0.1:{port}/ws").ask for _ in range(clients)]


class _Visitor:
    """One citizen at a time."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url, self._count = session, url, 0
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def ask(self, text: str) -> None:
        """Ask one question and wait for its turn; raises ValueError for anything but an answer."""
        if self._count % TURNS_A_VISIT == 0:
            await self._enter()
        self._count += 1
        assert self._socket
        message = f"bench-{self._count}"
        await self._socket.send_json({"type": "message", "id": message, "text": text})
        async with asyncio.timeout(30):
            while True:
                frame = await self._socket.receive_json()
                if frame["type"] == "refused":
                    raise ValueError(frame["code"])
                if frame["type"] == "turn" and frame["turn"]["message_id"] == message:
                    if not frame["turn"]["replies"] or frame["turn"]["error"]:
                        raise ValueError(frame["turn"]["error"])
                    return

    async def _enter(self) -> None:
        if self._socket:
            await self._socket.close()
        self._socket = await self._session.ws_connect(self._url)
        await self._socket.send_json({"type": "hello", "session": "", "seq": 0})
        await self._socket.receive_json()


@asynccontextmanager
async def directly(port: int, clients: int) -> AsyncIterator[list[Ask]]:
    """Rasa's REST channel asked the same way: a new sender every few questions."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        run = uuid.uuid4().hex[:8]

        def asker(number: int) -> Ask:
            count = 0

            async def ask(text: str) -> None:
                nonlocal count
                sender = f"direct-{run}-{number}-{clients}-{count // TURNS_A_VISIT}"
                count += 1
                metadata = {"channel": "web", "message_id": str(count), "today": time.strftime("%Y-%m-%d")}
                body = {"sender": sender, "message": text, "metadata": metadata}
                async with session.post(f"http://127.0.0.1:{port}/webhooks/rest/webhook", json=body) as response:
                    if not await response.json():
                        raise ValueError("silence")

            return ask

        yield [asker(number) for number in range(clients)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to be answered, and the processes that spend their time on it."""

    name: str
    port: int
    clients: Callable[[int, int], AbstractAsyncContextManager[list[Ask]]]
    processes: Sequence[psutil.Process]


Rounds = dict[tuple[str, int], list[Figures]]


async def measure(ways: Sequence[Way], asked: Sequence[str]) -> Rounds:
    """One and eight clients, the ways in turn: a machine's speed drifts by a third within minutes, for all alike."""
    rounds: Rounds = defaultdict(list)
    for clients in (1, 8):
        for _ in range(ROUNDS):
            for way in ways:
                figures = await _round(way, clients, asked)
                rounds[way.name, clients].append(figures)
                print(line(way.name, clients, figures), file=sys.stderr, flush=True)  # a run cut short is not lost
    return rounds


def compared(rounds: Rounds, value: Callable[[Figures], float], one: str, other: str, clients: int) -> list[float]:
    """How many times `one`'s value is `other`'s, round by round, lowest first: two ways are compared within a round."""
    pairs = zip(rounds[one, clients], rounds[other, clients], strict=True)
    return sorted(value(first) / value(second) for first, second in pairs)


async def _round(way: Way, clients: int, asked: Sequence[str]) -> Figures:
    async with way.clients(way.port, clients) as asks:
        await drive(asks, asked, WARM)
        before = _cpu_seconds(way.processes)
        figures = await drive(asks, asked, SECONDS)
        spent = (_cpu_seconds(way.processes) - before) / max(1.0, figures.turns_per_second * SECONDS)
        return replace(figures, cpu_ms=spent * 1000)


def _middle(rounds: Sequence[Figures]) -> Figures:
    """The round that counts in the table, with the CPU its processes spent, which a busy machine bends least."""
    return sorted(rounds, key=lambda figures: figures.p50_ms)[len(rounds) // 2]


def _cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _resident(process: psutil.Process) -> int:
    """MiB."""
    return int(process.memory_info().rss // 2**20)


def stock_training() -> Training:
    """The stock shape on the same domain and the same examples, kept under var/bench/."""
    return Training(
        root=ROOT,
        work=ROOT / "var" / "bench",
        python=ROOT / RASA.folder / "bin" / "python",
        config=STOCK / "config.yml",
    )


def stock_model(training: Training) -> Path:
    """The stock shape's model, trained on our present examples if they changed."""
    ours = ROOT / "var" / "generated" / "policy_question.yml"
    training.generated.parent.mkdir(parents=True, exist_ok=True)
    training.generated.write_bytes(ours.read_bytes())
    return ensure_model(training)


@asynccontextmanager
async def stock(actions: int, folder: Path) -> AsyncIterator[tuple[int, psutil.Process]]:
    """Serve the stock shape beside our actions, in the environment of whoever types `rasa run`: port and process."""
    training = stock_training()
    model, port = stock_model(training), free_port()
    rasa = RasaProcess(
        python=training.python,
        root=ROOT,
        model=model,
        port=port,
        log=folder / "stock.log",
        extra={"RASA_ACTION_ENDPOINT": f"http://127.0.0.1:{actions}/webhook"},
        files=STOCK,
    )
    await rasa.start()
    try:
        await rasa.ready(START)
        yield port, psutil.Process(rasa.pid)
    finally:
        await rasa.stop()


async def bench(folder: Path) -> dict[str, object]:
    """Run everything and return the figures; stopped half way, it leaves no process behind."""
    running = asyncio.current_task()
    assert running
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    train(load(), said=sys.stderr)
    asked = questions()
    async with started(folder) as (_, cold):
        pass
    async with started(folder) as (product, warm):
        both = product.processes()
        async with stock(product.actions, folder) as (port, server):
            ways = (
                Way(name=THROUGH, port=product.gateway, clients=through_gateway, processes=both),
                Way(name=DIRECTLY, port=product.rasa, clients=directly, processes=both),
                Way(name=STOCK_SHAPE, port=port, clients=directly, processes=(both[0], server)),
            )
            rounds = await measure(ways, asked)
            rows = [(way.name, clients, _middle(rounds[way.name, clients])) for way in ways for clients in (1, 8)]
            memory = dict(zip(("gateway", "rasa", "stock rasa"), map(_resident, (*both, server)), strict=True))
        async with through_gateway(product.gateway, 4) as asks:
            busiest = next(
                figures.turns_per_second for name, clients, figures in rows if (name, clients) == (THROUGH, 8)
            )
            half = await drive(asks, asked, 2 * SECONDS, every=4 / (busiest / 2))
            rows.append((f"{THROUGH}, half load", 4, half))
    ratios = {
        "throughput": compared(rounds, lambda one: one.turns_per_second, THROUGH, STOCK_SHAPE, 8),
        "cost": compared(rounds, lambda one: one.p50_ms, THROUGH, DIRECTLY, 1),
    }
    return {"start_seconds": {"first": cold, "again": warm}, "memory_mib": memory, "rows": rows, "ratios": ratios}


def line(name: str, clients: int, f: Figures) -> str:
    """One row of the table."""
    numbers = (
        f"{f.turns_per_second:.1f} | {f.p50_ms:.1f} | {f.p95_ms:.1f} | {f.p99_ms:.1f} | {f.cpu_ms:.1f} | {f.errors}"
    )
    return f"| {name} | {clients} | {numbers} |"


def table(figures: dict[str, object]) -> str:
    """The figures for people, and what the targets of the design compare."""
    lines = ["| what | clients | turns/s | p50 ms | p95 ms | p99 ms | CPU ms | errors |", "|---|" + "--:|" * 7]
    rows: list[Row] = figures["rows"]  # type: ignore[assignment]
    lines += [line(*row) for row in rows]
    by = {(name, clients): figures for name, clients, figures in rows}
    stock_shape, direct = by[STOCK_SHAPE, 8], by[DIRECTLY, 8]
    ratios: dict[str, list[float]] = figures["ratios"]  # type: ignore[assignment]
    faster, cost = ratios["throughput"], [ratio - 1 for ratio in ratios["cost"]]
    spread = f"{faster[0]:.1f} to {faster[-1]:.1f} by round"
    return "\n".join(
        [
            *lines,
            "",
            f"throughput, 8 clients: {median(faster):.1f} × the stock shape ({spread})",
            f"CPU a turn, 8 clients, directly: {stock_shape.cpu_ms / direct.cpu_ms:.1f} × less than the stock shape",
            f"the gateway's cost, 1 client, p50: {median(cost):.0%} ({cost[0]:.0%} to {cost[-1]:.0%} by round)",
            f"start-up seconds {figures['start_seconds']}, resident MiB {figures['memory_mib']}",
        ]
    )


if __name__ == "__main__":
    work = ROOT / "var" / "bench" / time.strftime("%Y%m%d-%H%M%S")
    work.mkdir(parents=True)
    result = asyncio.run(bench(work))
    written = work / "bench.json.part"
    written.write_text(json.dumps(result, default=lambda row: {s: getattr(row, s) for s in row.__slots__}))
    written.replace(work / "bench.json")
    print(table(result))
