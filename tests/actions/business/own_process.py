"""The stand-in as whoever runs it starts it: `python -m bot sandbox`, in processes of its own that can be killed."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from actions.business.http import HttpFundSystem
from actions.business.signing import Signer
from actions.business.transport import Limits, Transport
from bot.assembly.environments import ROOT
from bot.assembly.programs import free_port

KEY, SECRET = "the key between adapter and core system", "the secret of this installation"
READY = "✔".encode()
START = 120.0
PATIENT = Limits(deadline=30.0, attempt=30.0)


@dataclass(slots=True, kw_only=True)
class Stand:
    """One process, and the adapter before it."""

    base: str
    child: asyncio.subprocess.Process
    system: HttpFundSystem

    async def kill(self) -> None:
        """As the kernel does when memory runs out: no goodbye."""
        self.child.kill()
        await self.child.wait()


async def start(store: str, limits: Limits = PATIENT) -> Stand:
    """Start one on a free port over the database at `store`."""
    port = free_port()
    names = {
        "JIAJIA_FUND__PORT": str(port),
        "JIAJIA_FUND__STORE": store,
        "JIAJIA_FUND_KEY": KEY,
        "JIAJIA_SECRET_KEY": SECRET,
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox"),
        cwd=ROOT,
        env={**os.environ, **names},
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout
    async with asyncio.timeout(START):
        while READY not in (line := await child.stdout.readline()):
            assert line, f"the sandbox ended with {await child.wait()}"
    signer = Signer(app="jiajia", secret=KEY.encode(), now=time.time)
    base = f"http://127.0.0.1:{port}"
    system = HttpFundSystem(Transport(base=base, signer=signer, limits=limits))
    return Stand(base=base, child=child, system=system)


@asynccontextmanager
async def standing(store: str, *, many: int = 1, limits: Limits = PATIENT) -> AsyncIterator[Sequence[Stand]]:
    """Several at once, started at the same moment; nothing is left of them."""
    async with AsyncExitStack() as stack:
        starts = await asyncio.gather(*(start(store, limits) for _ in range(many)), return_exceptions=True)
        stands = [stand for stand in starts if isinstance(stand, Stand)]
        for stand in stands:
            stack.push_async_callback(_end, stand)
        for failure in starts:
            if isinstance(failure, BaseException):
                raise failure
        yield stands


async def _end(stand: Stand) -> None:
    await stand.system.close()
    if stand.child.returncode is None:
        await stand.kill()
