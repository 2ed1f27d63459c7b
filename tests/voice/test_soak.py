"""A thousand short calls, each ending as calls end: memory stays flat and no socket stays open."""

import asyncio
import multiprocessing
import random
from uuid import UUID

import psutil
import pytest

from tests.bench.voice import serve
from tests.voice.phone import NEEDS_AUDIO, NEEDS_MODEL, Pbx, recorded
from voice.audio import FRAME_BYTES
from voice.audiosocket import Kind

pytestmark = [pytest.mark.model, NEEDS_MODEL, NEEDS_AUDIO]
CALLS, AT_ONCE, WARM = 1_000, 20, 300
GROWTH_BYTES = 24 * 1024 * 1024


async def short_call(port: int, number: int, speech: bytes) -> None:
    """Speak a little or press a key, then hang up, drop the line, or send rubbish."""
    ending = random.Random(number).choice(("hang-up", "drop", "rubbish", "key", "error"))
    pbx = await Pbx.dial(port, str(UUID(int=number + 1)))
    for at in range(0, 25 * FRAME_BYTES, FRAME_BYTES):
        pbx.send(Kind.SOUND, speech[at : at + FRAME_BYTES])
        await asyncio.sleep(0.002)
    if ending == "key":
        pbx.send(Kind.KEY, b"2")
        await asyncio.sleep(0.05)
    if ending == "rubbish":
        pbx.send(0x42, b"rubbish")
    elif ending == "error":
        pbx.send(Kind.ERROR, b"\1")
    elif ending != "drop":
        pbx.send(Kind.HANG_UP)
    if ending != "drop":
        async with asyncio.timeout(60):
            await pbx.listen()
    await pbx.close()


async def lap(port: int, numbers: range) -> None:
    speech = recorded("cmn_test/4")[4_000:]
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with room:
            await short_call(port, number, speech)

    await asyncio.gather(*(one(number) for number in numbers))


def lines(telephone: psutil.Process) -> int:
    return sum(one.status != psutil.CONN_LISTEN for one in telephone.net_connections(kind="tcp"))


async def settled(telephone: psutil.Process) -> int:
    """Wait until every line is closed; return the memory then."""
    async with asyncio.timeout(60):
        while lines(telephone):  # noqa: ASYNC110 - watched from outside
            await asyncio.sleep(0.1)
    return telephone.memory_info().rss


async def test_a_thousand_short_calls_leave_memory_flat_and_no_socket_open():
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=serve, args=(its,), daemon=True)
    process.start()
    try:
        port, telephone = mine.recv(), psutil.Process(process.pid)
        files = telephone.num_fds()
        await lap(port, range(WARM))
        before = await settled(telephone)
        await lap(port, range(WARM, WARM + CALLS))
        after = await settled(telephone)

        assert after - before < GROWTH_BYTES
        assert telephone.num_fds() <= files + 4
        assert not [child for child in telephone.children() if child.status() != psutil.STATUS_ZOMBIE]
    finally:
        process.terminate()
        process.join()
