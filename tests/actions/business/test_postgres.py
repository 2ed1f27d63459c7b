"""The same contract and the same books on PostgreSQL, where transactions really meet."""

import os
import random
from contextlib import asynccontextmanager

import pytest

from actions.business.sandbox.schema import metadata, prepare
from bot.store.database import Database
from tests.actions.business.books import Books, broken, everybody
from tests.actions.business.test_ledger import both_want_it_all, eligible_couples
from tests.actions.business.town import MORNING, running_town
from tests.contracts.fund_system import FundSystemContract
from tests.fakes import FakeClock

pytestmark = pytest.mark.system


def address() -> str:
    url = os.environ.get("JIAJIA_TEST_POSTGRES")
    if not url:
        pytest.skip("no PostgreSQL: set JIAJIA_TEST_POSTGRES=postgresql://user:password@host/database (it is emptied)")
    return url


def anew(connection) -> None:
    metadata.drop_all(connection)
    prepare(connection)


@asynccontextmanager
async def town_on_postgres():
    url = address()
    database = await Database.open(url, prepare=anew)
    await database.close()
    async with running_town(url) as town:
        yield town
    database = await Database.open(url, prepare=metadata.drop_all)
    await database.close()


class TestHttpFundSystemOnPostgres(FundSystemContract):
    def town(self, tmp_path):
        return town_on_postgres()


async def test_random_operations_that_really_meet_leave_the_books_right():
    async with town_on_postgres() as town:
        subjects = (await town.look(everybody))[:30]
        books = Books(database=town.database, clock=FakeClock(MORNING), chance=random.Random(7), subjects=subjects)

        await books.run(steps=1200, at_once=12)

        assert await town.look(broken) == []
        await books.still_there()
        assert books.done["accepted"] > 50


async def test_spouses_at_the_same_moment_share_one_cap():
    async with town_on_postgres() as town:
        for couple in (await town.look(eligible_couples))[:10]:
            assert await both_want_it_all(town, couple) == 1
        assert await town.look(broken) == []
