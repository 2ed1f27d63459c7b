"""Bus and locks in one process."""

import asyncio
import gc

from bot.memory import MemoryBus, MemoryLocks
from tests.contracts.bus import BusContract
from tests.contracts.locks import LocksContract


class TestMemoryLocks(LocksContract):
    def locks(self):
        return MemoryLocks()

    async def test_nothing_is_kept_of_locks_nobody_wants(self):
        locks = MemoryLocks()

        async def enter(n: int) -> None:
            async with locks.hold(str(n % 10)):
                await asyncio.sleep(0)

        await asyncio.gather(*(enter(n) for n in range(100)))

        assert len(locks) == 0


class TestMemoryBus(BusContract):
    def bus(self):
        return MemoryBus()

    async def test_a_listener_that_is_gone_takes_no_memory(self):
        bus = MemoryBus()
        listener = bus.subscribe("a")
        assert len(bus) == 1

        del listener
        gc.collect()

        assert len(bus) == 0

    async def test_a_closed_listener_ends(self):
        bus = MemoryBus()
        listener = bus.subscribe("a")
        await listener.aclose()

        assert [hint async for hint in listener] == []
        assert len(bus) == 0

    async def test_a_slow_listener_loses_the_oldest_hints(self):
        bus = MemoryBus(backlog=2)
        listener = bus.subscribe("a")
        for n in range(5):
            await bus.publish("a", str(n))

        assert [await anext(listener), await anext(listener)] == ["3", "4"]
