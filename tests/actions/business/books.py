"""Random operations on the stand-in's books, as many people at once would do them, and what must hold after each."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection, case, func, select

from actions.business.sandbox import applying
from actions.business.sandbox.days import run_day
from actions.business.sandbox.identity import aware
from actions.business.sandbox.ledger import imbalance
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.rules import Rulebook
from actions.business.sandbox.schema import accounts, applications, loans, people
from actions.business.sandbox.writing import once
from bot.clock import CHINA
from bot.fund.records import Business
from bot.store.database import Database
from tests.actions.business.town import DatedNumbers
from tests.fakes import FakeClock

CAPS, TALENT = (16_800_00, 16_800_00, 21_600_00, 26_400_00), 33_600_00
UNDER_WAY = ("accepted", "approved")
AMOUNTS = (1, 99, 10_000, 123_456, 800_000, 1_680_000, 1_680_001, 9_000_000, 10**12)


def broken(connection: Connection) -> list[str]:
    """Everything that must never be, whatever was done in whatever order."""
    wrong = imbalance(connection)
    for table in (accounts, loans):
        below = select(table.c.subject).where(table.c.balance < 0)
        wrong += [f"{table.name} {row.subject} is below zero" for row in connection.execute(below)]
    doubled = (
        select(applications.c.subject, applications.c.business)
        .where(applications.c.state.in_(UNDER_WAY))
        .group_by(applications.c.subject, applications.c.business)
        .having(func.count() > 1)
    )
    wrong += [f"{row.subject} has two {row.business} under way" for row in connection.execute(doubled)]
    return wrong + over_the_cap(connection)


def over_the_cap(connection: Connection) -> list[str]:
    """Households that took more rent in a year, counted in China, than their cap."""
    most = (func.max(column).label(column.name) for column in (people.c.children, people.c.minor_children))
    talent = func.max(case((people.c.talent, 1), else_=0)).label("talent")
    families = select(people.c.household, *most, talent).group_by(people.c.household)
    cap = {
        row.household: TALENT if row.talent else CAPS[min(3, row.children) if row.minor_children else 0]
        for row in connection.execute(families)
    }
    mine = (applications.c.subject == people.c.subject) & (applications.c.business == "rent")
    rents = select(people.c.household, applications.c.amount, applications.c.submitted_at).join(applications, mine)
    taken: dict[tuple[str, int], int] = {}
    for row in connection.execute(rents):
        year = aware(row.submitted_at).astimezone(CHINA).year
        taken[row.household, year] = taken.get((row.household, year), 0) + row.amount
    return [f"household {house} took {fen} in {year}" for (house, year), fen in taken.items() if fen > cap[house]]


class Crash(Exception):
    """The process dies between two steps of a transaction."""


@dataclass(slots=True, kw_only=True)
class Books:
    """Does one random thing after another; remembers what every key answered."""

    database: Database
    clock: FakeClock
    chance: random.Random
    subjects: tuple[str, ...]
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    wishes: dict[tuple[str, str], applying.Submission] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)

    def rules(self) -> Rulebook:
        return Rulebook(parameters=DatedNumbers(), on=self.clock().astimezone(CHINA).date())

    async def run(self, steps: int, at_once: int) -> None:
        """`steps` operations, `at_once` of them at the same time."""
        for _ in range(steps // at_once):
            self.clock.forward(self.chance.choice((0, 0, 0.3, 1, 2, 4, 60, 3600, 9 * 86_400)))
            await asyncio.gather(*(self._one() for _ in range(at_once)))

    async def _one(self) -> None:
        kind = self.chance.choices(
            (self._submit, self._again, self._settle, self._day, self._crash), (70, 12, 12, 2, 4)
        )[0]
        self._count(kind.__name__)
        await kind()

    def _count(self, name: str) -> None:
        self.done[name] = self.done.get(name, 0) + 1

    def _wish(self) -> applying.Submission:
        return applying.Submission(
            subject=self.chance.choice(self.subjects),
            business=self.chance.choice(tuple(Business)),
            amount=self.chance.choice(AMOUNTS),
            shorten=self.chance.random() < 0.5,
        )

    async def _submit(self) -> None:
        wish, key = self._wish(), f"key-{self.chance.randrange(10**12)}"
        if self.chance.random() < 0.5:
            wish = await self.database.read(lambda connection: self._all_of_it(connection, wish))
        await self._write(wish, key)

    def _all_of_it(self, connection: Connection, wish: applying.Submission) -> applying.Submission:
        shown = applying.show_eligibility(connection, self.rules(), wish.subject, wish.business)
        limit = int(Decimal(shown["limit"]) * 100)
        return applying.Submission(
            subject=wish.subject, business=wish.business, amount=max(1, limit), shorten=wish.shorten
        )

    async def _again(self) -> None:
        if self.wishes:
            subject, key = self.chance.choice(tuple(self.wishes))
            await asyncio.gather(*(self._write(self.wishes[subject, key], key) for _ in range(3)))

    async def _write(self, wish: applying.Submission, key: str, then: Callable[[], None] = lambda: None) -> None:
        moment, rules = self.clock(), self.rules()
        request = [wish.business.value, wish.amount, wish.shorten]

        def work(connection: Connection) -> str:
            answer = once(connection, wish.subject, key, request, lambda c: applying.submit(c, rules, wish, moment))
            then()
            return str(answer["number"])

        try:
            number = await self.database.write(work)
        except Problem as refused:
            self._count(refused.code)
            assert (wish.subject, key) not in self.answers, "what was accepted once is not refused later"
            return
        self._count("accepted")
        assert self.answers.setdefault((wish.subject, key), number) == number
        self.wishes[wish.subject, key] = wish

    async def _settle(self) -> None:
        moment = self.clock()
        await asyncio.gather(*(self.database.write(lambda c: applying.settle(c, moment)) for _ in range(2)))

    async def _day(self) -> None:
        today = self.clock().astimezone(CHINA).date()
        await self.database.write(lambda connection: run_day(connection, DatedNumbers(), today))

    async def _crash(self) -> None:
        def die() -> None:
            raise Crash

        wish = self._wish()
        try:
            await self._write(wish, f"crash-{self.chance.randrange(10**12)}", die)
        except Crash:
            self._count("crashed")

    async def still_there(self) -> None:
        """Nothing that was answered is lost, and nothing is there that was never answered."""
        kept = await self.database.read(
            lambda connection: {row.number for row in connection.execute(select(applications.c.number))}
        )
        assert kept == set(self.answers.values())


def everybody(connection: Connection) -> tuple[str, ...]:
    """All subjects, in order."""
    return tuple(row.subject for row in connection.execute(select(people.c.subject).order_by(people.c.subject)))
