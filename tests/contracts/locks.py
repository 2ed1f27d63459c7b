"""What every Locks must hold. Subclass and provide `locks()`."""

import asyncio

import pytest


class LocksContract:
    """One holder at a time per key."""

    def locks(self):
        raise NotImplementedError

    async def test_one_key_has_one_holder(self):
        locks, inside, most = self.locks(), 0, 0

        async def enter() -> None:
            nonlocal inside, most
            async with locks.hold("a"):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.001)
                inside -= 1

        await asyncio.gather(*(enter() for _ in range(20)))

        assert most == 1

    async def test_two_keys_do_not_wait_for_each_other(self):
        locks = self.locks()

        async with locks.hold("a"), asyncio.timeout(1), locks.hold("b"):
            pass

    async def test_who_came_first_is_served_first(self):
        locks, served = self.locks(), []

        async def enter(n: int) -> None:
            async with locks.hold("a"):
                served.append(n)
                await asyncio.sleep(0)

        await asyncio.gather(*(enter(n) for n in range(10)))

        assert served == list(range(10))

    async def test_a_holder_that_fails_lets_go(self):
        locks = self.locks()
        with pytest.raises(ValueError):
            async with locks.hold("a"):
                raise ValueError

        async with asyncio.timeout(1), locks.hold("a"):
            pass

    async def test_a_waiter_that_gives_up_does_not_block_the_next(self):
        locks = self.locks()
        async with locks.hold("a"):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01), locks.hold("a"):
                    pass

        async with asyncio.timeout(1), locks.hold("a"):
            pass
