"""`python -m tests.bench.business`: the stand-in core system in its own process, asked through the signed adapter."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import aiohttp
import psutil

from actions.business.http import HttpFundSystem
from actions.business.signing import Signer
from actions.business.transport import Limits, Transport
from bot.assembly.environments import ROOT
from bot.assembly.programs import free_port
from bot.errors import FundSystemUnavailable
from bot.fund.records import Business
from tests.bench.load import Ask, drive

SECONDS = 8.0
CLIENTS = (1, 8)
AT_ONCE = 1_000
KEY = "the key of the benchmark"
START = 60.0


@asynccontextmanager
async def stand_in(folder: Path) -> AsyncIterator[tuple[str, psutil.Process]]:
    """`python -m bot sandbox` on a free port and its own database."""
    port = free_port()
    names = {
        "JIAJIA_FUND__PORT": str(port),
        "JIAJIA_FUND__STORE": f"sqlite:///{folder}/core.db",
        "JIAJIA_FUND_KEY": KEY,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "sandbox", cwd=ROOT, env={**os.environ, **names}, stdout=asyncio.subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(START), aiohttp.ClientSession() as session:
            for _ in range(int(START * 10)):
                if await _alive(session, base):
                    break
                await asyncio.sleep(0.1)
        yield base, psutil.Process(child.pid)
    finally:
        child.terminate()
        await child.wait()


async def _alive(session: aiohttp.ClientSession, base: str) -> bool:
    try:
        async with session.get(f"{base}/v1/health") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def renter(base: str, system: HttpFundSystem) -> str:
    """The subject of the first demo person, found on the demo page."""
    async with aiohttp.ClientSession() as session, session.get(f"{base}/demo") as response:
        cells = (await response.text()).split("<td>")
    return (await system.prove_by_password(cells[2].split("<")[0], cells[3].split("<")[0])).subject


async def reads(system: HttpFundSystem, subject: str, server: psutil.Process) -> dict[str, object]:
    """Balance questions a second, one client and several."""

    async def balance(_question: str) -> None:
        try:
            await system.account(subject)
        except FundSystemUnavailable as error:
            raise ValueError from error

    asks: Ask = balance
    figures = {}
    for clients in CLIENTS:
        before = server.cpu_times()
        seen = await drive([asks] * clients, ["balance"], SECONDS)
        after = server.cpu_times()
        busy = after.user + after.system - before.user - before.system
        figures[f"{clients} clients"] = {
            "reads_per_second": round(seen.turns_per_second),
            "p50_ms": round(seen.p50_ms, 2),
            "p95_ms": round(seen.p95_ms, 2),
            "errors": seen.errors,
            "server_cpu_ms_per_read": round(1000 * busy / max(1.0, seen.turns_per_second * SECONDS), 2),
        }
    return figures


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


async def main() -> None:
    """Print the figures as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        async with stand_in(Path(folder)) as (base, server):
            signer = Signer(app="jiajia", secret=KEY.encode(), now=time.time)
            system = HttpFundSystem(Transport(base=base, signer=signer, limits=Limits(deadline=30.0, attempt=30.0)))
            try:
                subject = await renter(base, system)
                figures = {
                    "load_average_before": psutil.getloadavg()[0],
                    "reads": await reads(system, subject, server),
                    "submissions": await submissions(system, subject),
                }
            finally:
                await system.close()
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    asyncio.run(main())
