"""Nothing lost, nothing doubled, nobody below zero, no cap exceeded — whatever happens in whatever order."""

import asyncio
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from actions.business.sandbox.ledger import Posting, fund, imbalance, post
from actions.business.sandbox.schema import accounts, applications, entries, people, prepare
from bot.errors import BusinessRefused, StoreUnavailable
from bot.fund.records import Business
from bot.store.database import Database
from tests.actions.business.books import Books, broken, everybody
from tests.actions.business.town import MORNING, SandboxTown, founded_file, running_town
from tests.fakes import FakeClock


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "steps"), [(1, 200), pytest.param(2, 800, marks=pytest.mark.system)])
async def test_thousands_of_random_operations_leave_the_books_right(tmp_path, seed, steps):
    clock, url, chance = FakeClock(MORNING), founded_file(tmp_path), random.Random(seed)
    books: Books | None = None
    for _ in range(4):  # the process dies four times; the file is all that is left
        database = await Database.open(url, prepare=prepare, deadline=30.0)
        subjects = (await database.read(everybody))[:40]
        known = (books.answers, books.wishes, books.done) if books else ({}, {}, {})
        books = Books(
            database=database,
            clock=clock,
            chance=chance,
            subjects=subjects,
            answers=known[0],
            wishes=known[1],
            done=known[2],
        )
        await books.run(steps=steps, at_once=8)

        assert await database.read(broken) == []
        await books.still_there()
        await database.close()

    assert books is not None
    assert books.done["accepted"] > steps / 4
    assert {"in-flight", "not-eligible", "over-limit", "crashed"} <= set(books.done)


@pytest.mark.slow
async def test_a_thousand_submissions_of_one_application_at_once_are_one(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        subject = (await town.system.prove_by_password(*town.numbers("租房、单身"))).subject

        filed = await asyncio.gather(
            *(
                town.system.submit(subject, Business.RENT, Decimal("500.00"), key="said-a-thousand-times")
                for _ in range(1000)
            )
        )

        assert len({one.number for one in filed}) == 1
        assert len(await town.system.applications(subject)) == 1
        assert await town.look(broken) == []


async def test_spouses_share_one_yearly_cap_even_at_the_same_moment(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        couples = await town.look(eligible_couples)
        assert couples
        for couple in couples[:3]:
            assert await both_want_it_all(town, couple) == 1
        assert await town.look(broken) == []


async def both_want_it_all(town: SandboxTown, couple: tuple[str, ...]) -> int:
    """Both apply for all there is at the same moment; how many are refused."""
    may = await town.system.eligibility(couple[0], Business.RENT)
    filed = await asyncio.gather(
        *(town.system.submit(one, Business.RENT, may.limit, key=f"spouse-{one}") for one in couple),
        return_exceptions=True,
    )
    return sum(isinstance(one, BusinessRefused) for one in filed)


def eligible_couples(connection):
    rows = connection.execute(
        select(people.c.household, people.c.subject, accounts.c.balance)
        .join(accounts, accounts.c.subject == people.c.subject)
        .where(accounts.c.status == "01", accounts.c.balance > 3_000_000, accounts.c.paid_to == "2026-10")
    ).all()
    owners = {row.household for row in connection.execute(select(people.c.household).where(people.c.owns_home))}
    homes: dict[str, list[str]] = {}
    for row in rows:
        if row.household not in owners:
            homes.setdefault(row.household, []).append(row.subject)
    return [tuple(pair) for pair in homes.values() if len(pair) == 2]


async def test_the_cap_counts_the_year_as_it_is_in_china(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        subject = (await town.system.prove_by_password(*town.numbers("租房、单身"))).subject
        town.clock.moment = town.clock.moment.replace(month=12, day=31, hour=15, minute=59)  # 23:59 in Xining
        await town.system.submit(subject, Business.RENT, Decimal("16800.00"), key="last-minute")
        last_year = await town.system.eligibility(subject, Business.RENT)
        town.clock.forward(120)
        new_year = await town.system.eligibility(subject, Business.RENT)

        assert (last_year.limit, new_year.limit) == (0, Decimal("16800.00"))


async def test_a_posting_is_booked_once_and_never_overdraws(tmp_path):
    database = await Database.open(founded_file(tmp_path), prepare=prepare)
    (subject, *_) = await database.read(everybody)
    balance = await database.read(
        lambda c: c.execute(select(accounts.c.balance).where(accounts.c.subject == subject)).scalar_one()
    )

    def move(amount: int, id_: str = "P-1"):
        line = Posting(id=id_, source=fund(subject), target="bank", amount=amount, kind="11", on=date(2026, 11, 2))
        return lambda connection: post(connection, line)

    for amount in (0, -5, balance + 1):
        with pytest.raises(ValueError):
            await database.write(move(amount))
    await database.write(move(balance))
    with pytest.raises((ValueError, StoreUnavailable)):  # an empty account
        await database.write(move(balance))

    with pytest.raises(StoreUnavailable):  # the same posting again, between accounts that would bear it
        await database.write(
            lambda c: post(
                c, Posting(id="P-1", source="employers", target="bank", amount=1, kind="11", on=date(2026, 11, 2))
            )
        )

    assert await database.read(imbalance) == []
    await database.close()


async def test_a_prepayment_overtaken_by_an_instalment_gives_the_rest_back(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        subject = (await town.system.prove_by_password(*town.numbers("按月正常"))).subject
        loan = await town.system.loan(subject)
        assert loan is not None
        await town.system.submit(subject, Business.PREPAYMENT, loan.balance, key="pay-all-of-it")
        town.clock.forward(40 * 86_400)
        await town.sandbox.run_day()
        await town.pass_time(0)
        await town.pass_time(1)
        paid_off = await town.system.loan(subject)
        back = await town.look(
            lambda c: (
                c.execute(select(entries.c.amount).where(entries.c.posting.like("YS%-R"), entries.c.account == "bank"))
                .scalars()
                .all()
            )
        )

        assert paid_off is not None
        assert (paid_off.balance, paid_off.status, len(back)) == (0, "已结清", 1)
        assert await town.look(broken) == []


async def test_the_posting_step_takes_seconds_not_days(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        subject = (await town.system.prove_by_password(*town.numbers("租房、单身"))).subject
        await town.system.submit(subject, Business.RENT, Decimal("10.00"), key="in-seconds")
        town.clock.forward(timedelta(seconds=4).total_seconds())
        for _ in range(40):
            await asyncio.sleep(0.05)
            state = (await town.system.applications(subject))[0].state
            if state == "posted":
                break

        assert state == "posted"
        assert await town.look(lambda c: c.execute(select(applications.c.posted_at)).scalar_one()) is not None
