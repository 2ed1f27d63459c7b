"""`python -m tests.bench.business`: the stand-in core system alone and beside the dialogue; a balance through all."""

import asyncio
import json
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import aiohttp
import psutil

from actions.business.http import HttpFundSystem
from actions.business.signing import Signer
from actions.business.transport import Limits, Transport
from bot.assembly.environments import ROOT
from bot.assembly.programs import free_port
from bot.errors import FundSystemUnavailable, Misconfigured
from bot.fund.records import Business
from tests.bench.load import Figures, drive, percentile

SECONDS = 8.0
CLIENTS = (1, 8)
TALKERS = 2
BALANCES = 150
AT_ONCE = 1_000
KEY = "the key of the benchmark"
START = 180.0
READY = "✔".encode()
DEMO_ROW = re.compile(r"<td>([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td>")
POLICY = ("租房一年最多能提多少?", "公积金贷款利率是多少?", "怎么开缴存证明?", "离职了公积金怎么办?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One of our programs, running."""

    process: psutil.Process
    core: str
    gateway: str


@asynccontextmanager
async def program(verb: str, folder: Path) -> AsyncIterator[Program]:
    """`python -m bot <verb>` on free ports and databases of its own, ready."""
    core, gateway = free_port(), free_port()
    names = {
        "FUND__PORT": core,
        "FUND__STORE": f"sqlite:///{folder}/{verb}-core.db",
        "FUND_KEY": KEY,
        "GATEWAY__PORT": gateway,
        "GATEWAY__MESSAGES_PER_MINUTE": 60_000,
        "ACTIONS__PORT": free_port(),
        "RASA__PORT": free_port(),
        "RASA__TRACKER": f"sqlite:///{folder}/{verb}-tracker.db",
        "STORE__URL": f"sqlite:///{folder}/{verb}.db",
        "LOG__LEVEL": "WARNING",
    }
    environment = {**os.environ, **{f"JIAJIA_{name}": str(value) for name, value in names.items()}}
    command = [sys.executable, "-m", "bot", verb]
    out = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=out)
    try:
        async with asyncio.timeout(START):
            await _ready(child)
        yield Program(
            process=psutil.Process(child.pid), core=f"http://127.0.0.1:{core}", gateway=f"http://127.0.0.1:{gateway}"
        )
    finally:
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        await child.wait()


async def _ready(child: asyncio.subprocess.Process) -> None:
    assert child.stdout
    while line := await child.stdout.readline():
        if READY in line:
            return
    raise Misconfigured("the program did not start")


async def first_person(core: str) -> tuple[str, str]:
    """ID number and password of the first demo person, found on the demo page."""
    async with aiohttp.ClientSession() as session, session.get(f"{core}/demo") as response:
        found = DEMO_ROW.search(await response.text())
    assert found
    return found[2], found[3]


@asynccontextmanager
async def adapter(core: str) -> AsyncIterator[HttpFundSystem]:
    """The signed adapter, patient enough for a thousand at once."""
    signer = Signer(app="jiajia", secret=KEY.encode(), now=time.time)
    system = HttpFundSystem(Transport(base=core, signer=signer, limits=Limits(deadline=30.0, attempt=30.0)))
    try:
        yield system
    finally:
        await system.close()


async def reads(system: HttpFundSystem, subject: str, clients: int) -> Figures:
    """Balances read one after another by each client."""

    async def balance(_question: str) -> None:
        try:
            await system.account(subject)
        except FundSystemUnavailable as error:
            raise ValueError from error

    return await drive([balance] * clients, ["balance"], SECONDS)


async def submissions(system: HttpFundSystem, subject: str) -> dict[str, object]:
    """The same application said a thousand times at once."""
    started = time.perf_counter()
    filed = await asyncio.gather(
        *(system.submit(subject, Business.RENT, Decimal("500.00"), key="said-a-thousand-times") for _ in range(AT_ONCE))
    )
    elapsed = time.perf_counter() - started
    kept = await system.applications(subject)
    return {
        "at_once": AT_ONCE,
        "seconds": round(elapsed, 2),
        "distinct_numbers": len({one.number for one in filed}),
        "applications_kept": len(kept),
    }


class Citizen:
    """Somebody at the web hall, one question after another."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._count = socket, 0

    async def ask(self, text: str) -> str:
        """Ask and return the answer's text; raises ValueError for anything but an answer."""
        self._count += 1
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
                    return str(frame["turn"]["replies"][0]["text"])


@asynccontextmanager
async def citizen(gateway: str) -> AsyncIterator[Citizen]:
    """A new session of the web hall."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{gateway}/ws") as socket:
        await socket.send_json({"type": "hello", "session": "", "seq": 0})
        await socket.receive_json()
        yield Citizen(socket)


async def balances(running: Program) -> dict[str, object]:
    """One proved citizen asks for the balance again and again: everything between the socket and the books."""
    number, password = await first_person(running.core)
    taken = []
    async with citizen(running.gateway) as asking:
        for words in ("查余额", number, "查询密码", password):
            said = await asking.ask(words)
        assert "已确认" in said, said
        for _ in range(BALANCES):
            started = time.perf_counter()
            said = await asking.ask("我的公积金余额还有多少")
            taken.append(1000 * (time.perf_counter() - started))
            assert "账户余额" in said, said
    ordered = sorted(taken)
    return {"asked": len(ordered), "p50_ms": percentile(ordered, 0.5), "p95_ms": percentile(ordered, 0.95)}


async def beside_the_dialogue(running: Program, system: HttpFundSystem, subject: str) -> dict[str, Figures]:
    """Balances read by eight clients while citizens go on talking to the same process."""
    async with citizen(running.gateway) as one, citizen(running.gateway) as two:

        async def talk(number: int) -> Figures:
            async def ask(question: str) -> None:
                await (one, two)[number].ask(question)

            return await drive([ask], POLICY, SECONDS)

        read, *talked = await asyncio.gather(reads(system, subject, 8), *(talk(number) for number in range(TALKERS)))
    return {"reads": read, "each of 2 talkers": talked[0]}


async def business(folder: Path) -> Mapping[str, object]:
    """Run everything and return the figures."""
    figures: dict[str, object] = {"load_average_before": psutil.getloadavg()[0]}
    async with program("sandbox", folder) as running, adapter(running.core) as system:
        subject = (await system.prove_by_password(*await first_person(running.core))).subject
        figures["alone"] = {clients: await reads(system, subject, clients) for clients in CLIENTS}
        figures["submissions"] = await submissions(system, subject)
    async with program("run", folder) as running, adapter(running.core) as system:
        subject = (await system.prove_by_password(*await first_person(running.core))).subject
        figures["balance through the whole stack"] = await balances(running)
        figures["beside the dialogue"] = await beside_the_dialogue(running, system, subject)
    figures["load_average_after"] = psutil.getloadavg()[0]
    return figures


def shown(figures: Mapping[str, object]) -> str:
    """The figures as JSON, to a tenth."""

    def plain(one: object) -> object:
        if isinstance(one, Figures):
            return {name: round(getattr(one, name), 1) for name in one.__slots__}
        raise TypeError(type(one).__name__)

    return json.dumps(figures, indent=2, ensure_ascii=False, default=plain)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        print(shown(asyncio.run(business(Path(work)))))
