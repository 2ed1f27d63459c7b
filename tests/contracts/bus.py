"""What every Bus must hold. Subclass and provide `bus()`."""

import asyncio


class BusContract:
    """Hints to whoever listens."""

    def bus(self):
        raise NotImplementedError

    async def test_every_listener_of_a_topic_hears_it_and_no_other(self):
        bus = self.bus()
        one, two, other = bus.subscribe("a"), bus.subscribe("a"), bus.subscribe("b")
        await bus.publish("a", "1")
        await bus.publish("b", "2")

        async with asyncio.timeout(2):
            assert [await anext(one), await anext(two), await anext(other)] == ["1", "1", "2"]

    async def test_hints_come_in_order(self):
        bus = self.bus()
        listener = bus.subscribe("a")
        for n in range(5):
            await bus.publish("a", str(n))

        async with asyncio.timeout(2):
            assert [await anext(listener) for _ in range(5)] == ["0", "1", "2", "3", "4"]

    async def test_telling_nobody_is_no_error(self):
        await self.bus().publish("a", "1")
