"""Real processes, killed with SIGKILL in the middle, several on one PostgreSQL: nothing is lost, nothing doubled."""

import asyncio
import random
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from sqlalchemy import select

from actions.business.http import HttpFundSystem
from actions.business.sandbox.schema import applications, entries, metadata
from actions.business.transport import Limits
from bot.errors import BusinessRefused, FundSystemUnavailable
from bot.fund.records import Business
from bot.store.database import Database
from tests.actions.business.books import broken, everybody
from tests.actions.business.own_process import Stand, standing
from tests.actions.business.test_postgres import address

pytestmark = pytest.mark.system
KILLS, CITIZENS, AT_ONCE = 3, 12, 1_000
HASTY, PATIENT = Limits(deadline=2.0, attempt=1.0, rest=0.0), Limits(deadline=30.0, attempt=30.0, rest=0.0)
SETTLED, SAID = 8.0, "said-a-thousand-times"


@dataclass(slots=True)
class Town:
    """Citizens who apply, and what they were told; what nobody answered is said again under its key."""

    subjects: tuple[str, ...]
    chance: random.Random
    told: dict[str, str] = field(default_factory=dict)
    open: dict[str, tuple[str, Business, Decimal]] = field(default_factory=dict)

    async def apply(self, system: HttpFundSystem, key: str) -> None:
        subject, business, amount = self.open[key]
        try:
            filed = await system.submit(subject, business, amount, key=key)
            assert self.told.setdefault(key, filed.number) == filed.number
        except BusinessRefused:
            assert key not in self.told, "what was accepted once is not refused later"
        except FundSystemUnavailable:
            return
        del self.open[key]

    async def live(self, system: HttpFundSystem) -> None:
        """Apply until the core system is gone."""
        gone = False
        while not gone:
            key = f"key-{self.chance.randrange(10**15):015d}"
            business = self.chance.choice((Business.RENT, Business.REPAY_FUND_LOAN, Business.PREPAYMENT))
            amount = Decimal(self.chance.randrange(1, 5_000)) / 100
            self.open[key] = (self.chance.choice(self.subjects), business, amount)
            await self.apply(system, key)
            gone = key in self.open

    async def again(self, system: HttpFundSystem) -> None:
        """Say again whatever was not answered."""
        for key in tuple(self.open):
            await self.apply(system, key)


async def subjects(store: str) -> tuple[str, ...]:
    """Everybody; founds the town if it is new."""
    async with standing(store):
        database = await Database.open(store, prepare=lambda _: None)
        try:
            return await database.read(everybody)
        finally:
            await database.close()


async def one_life(town: Town, stands: list[Stand], victim: Stand) -> None:
    """Everybody applies at every process until one of them is killed, somewhere in its work."""
    await town.again(victim.system)
    lives = [asyncio.create_task(town.live(stands[number % len(stands)].system)) for number in range(CITIZENS)]
    await asyncio.sleep(town.chance.uniform(3.0, 4.5))  # from three seconds on there are postings to break
    await victim.kill()
    for stand in stands:
        if stand is not victim:
            await asyncio.sleep(0.5)
            await stand.kill()
    await asyncio.gather(*lives)


async def check(store: str, town: Town) -> None:
    """Everything answered is there once, posted once, and the books are right."""
    database = await Database.open(store, prepare=lambda _: None)
    numbers = await database.read(lambda c: dict(c.execute(select(applications.c.number, applications.c.state)).all()))
    lines = await database.read(lambda c: c.execute(select(entries.c.posting)).scalars().all())

    assert await database.read(broken) == []
    assert set(numbers) == set(town.told.values())
    assert set(numbers.values()) == {"posted"}
    assert {number: lines.count(f"{number}-P") for number in numbers} == dict.fromkeys(numbers, 2)
    await database.close()


@pytest.mark.timeout(600)
async def test_a_core_system_killed_while_it_posts_loses_and_doubles_nothing(tmp_path):
    store = f"sqlite:///{tmp_path}/core.db"
    town = Town(await subjects(store), random.Random(9))
    for _ in range(KILLS):
        async with standing(store, limits=HASTY) as stands:
            await one_life(town, list(stands), stands[0])
    async with standing(store) as (stand,):
        await town.again(stand.system)
        await asyncio.sleep(SETTLED)

    assert len(town.told) > 30
    await check(store, town)


async def emptied() -> str:
    store = address()
    database = await Database.open(store, prepare=metadata.drop_all)
    await database.close()
    return store


@pytest.mark.timeout(600)
async def test_three_core_systems_on_one_postgres_killed_one_after_another_lose_nothing():
    store = await emptied()
    town = Town(await subjects(store), random.Random(10))
    for number in range(KILLS):
        async with standing(store, many=3, limits=HASTY) as stands:
            await one_life(town, list(stands), stands[number % 3])
    async with standing(store) as (stand,):
        await town.again(stand.system)
        await asyncio.sleep(SETTLED)

    assert len(town.told) > 30
    await check(store, town)
    await emptied()


@pytest.mark.timeout(600)
async def test_a_thousand_submissions_of_one_application_at_three_processes_are_one():
    store = await emptied()
    async with standing(store, many=3, limits=PATIENT) as stands:  # three start at once on an empty database
        subject = next(iter(await eligible(stands[0].system, store)))
        told: set[str] = set()

        async def say(number: int) -> None:
            """Until it is answered: a core system that is too busy says so."""
            while True:
                try:
                    filed = await stands[number % 3].system.submit(subject, Business.RENT, Decimal(500), key=SAID)
                except FundSystemUnavailable:
                    await asyncio.sleep(0.2)
                    continue
                told.add(filed.number)
                return

        await asyncio.gather(*(say(number) for number in range(AT_ONCE)))
        kept = await stands[1].system.applications(subject)

    assert told == {one.number for one in kept}
    assert len(kept) == 1
    await emptied()


async def eligible(system: HttpFundSystem, store: str) -> list[str]:
    """Somebody who may withdraw for rent."""
    database = await Database.open(store, prepare=lambda _: None)
    everyone = await database.read(everybody)
    await database.close()
    may = await asyncio.gather(*(system.eligibility(one, Business.RENT) for one in everyone[:40]))
    return [one for one, eligibility in zip(everyone, may, strict=False) if eligibility.allowed]
