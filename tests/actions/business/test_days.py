"""As days pass: interest every 30 June, instalments when they fall due, new rates on 1 January, each exactly once."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select

from actions.business.sandbox import applying
from actions.business.sandbox.days import Done, run_day
from actions.business.sandbox.instalments import reprice, rest, run_due_instalments
from actions.business.sandbox.interest import earned, settle_interest
from actions.business.sandbox.ledger import Posting, fund, imbalance, loan_of, post
from actions.business.sandbox.rules import Rulebook
from actions.business.sandbox.schema import accounts, employers, entries, loans, people, prepare
from actions.calculators.loan import Loan, Method, cost, pace, plan
from bot.clock import CHINA
from bot.fund.records import Business
from bot.store.database import Database
from tests.actions.business.books import everybody
from tests.actions.business.town import DatedNumbers, founded_file

NUMBERS = DatedNumbers()
ROUND_YEAR = (date(2020, 1, 1), date(2027, 6, 30))


@pytest.fixture
async def empty(tmp_path):
    """A centre with one person whose account was opened on a day of the test's choice, and nothing in it."""
    database = await Database.open(f"sqlite:///{tmp_path}/one.db", prepare=prepare)
    await database.write(_found)
    yield database
    await database.close()


def _found(connection: Connection) -> None:
    connection.execute(
        employers.insert(),
        {
            "number": "E",
            "name": "单位",
            "status": "01",
            "paid_to": "2026-10",
            "behind": 0,
            "deferred_from": None,
            "deferred_to": None,
            "collection_signed": True,
        },
    )
    person = {
        "subject": "somebody",
        "id_digest": "d",
        "password_digest": "p",
        "name": "王**",
        "phone": "1",
        "card": "c",
    }
    person |= {"born": date(1960, 1, 1), "sex": "男", "household": "h", "minor_children": 0, "owns_home": False}
    person |= {"former_age": 60, "children": 0, "talent": False}
    connection.execute(people.insert(), person | {"public_rent": 0, "employer": "E", "clerk": False})
    account = {"subject": "somebody", "tail": "0001", "status": "01", "balance": 0, "carried": 0, "base": 500000}
    account |= {"personal_rate": Decimal(12), "employer_rate": Decimal(12), "opened_on": date(2020, 1, 1)}
    connection.execute(accounts.insert(), account | {"paid_to": "2026-10"})


def put(connection: Connection, fen: int, on: date, name: str) -> None:
    line = {"id": name, "amount": abs(fen), "kind": "02", "on": on}
    sides = ("employers", fund("somebody")) if fen > 0 else (fund("somebody"), "bank")
    post(connection, Posting(source=sides[0], target=sides[1], **line))


def balance(connection: Connection) -> int:
    return connection.execute(select(accounts.c.balance)).scalar_one()


def lend(connection: Connection, loan: Loan, lent_on: date, day: int = 20) -> None:
    row = {
        "subject": "somebody",
        "tail": "0002",
        "source": "fund",
        "principal": int(loan.principal * 100),
        "balance": 0,
    }
    row |= {"rate": loan.rate, "months": loan.months, "months_paid": 0, "lent_on": lent_on, "repay_day": day}
    row |= {"method": "01" if loan.method is Method.EQUAL_PAYMENT else "02", "overdue": 0}
    connection.execute(loans.insert(), row | {"monthly": int(pace(loan) * 100)})
    connection.execute(loans.update().values(balance=row["principal"]))
    lines = {"posting": "FK-1", "kind": "01", "month": f"{lent_on:%Y-%m}", "booked_on": lent_on}
    connection.execute(entries.insert(), lines | {"account": loan_of("somebody"), "amount": -row["principal"]})
    connection.execute(entries.insert(), lines | {"account": "bank", "amount": row["principal"]})


async def test_a_hundred_thousand_for_a_year_earns_what_the_facts_say(empty):
    def work(connection: Connection) -> tuple[int, int, int]:
        put(connection, 10_000_000, date(2025, 7, 1), "in")
        first = settle_interest(connection, NUMBERS, date(2026, 6, 30))
        return first, settle_interest(connection, NUMBERS, date(2026, 7, 31)), balance(connection)

    assert await empty.write(work) == (1, 0, 10_152_083)  # policy_facts D-14: 1520.83 by 365 days


async def test_interest_follows_the_balance_of_every_day_and_joins_it(empty):
    def work(connection: Connection) -> tuple[int, int]:
        put(connection, 10_000_000, date(2025, 7, 1), "in")
        put(connection, -4_000_000, date(2026, 1, 1), "out")
        settle_interest(connection, NUMBERS, date(2026, 6, 30))
        after = balance(connection)
        settle_interest(connection, NUMBERS, date(2027, 6, 30))
        return after, balance(connection)

    by_days = (100_000 * 184 + 60_000 * 181) * Decimal("0.015") / 360
    first = 6_000_000 + int((by_days * 100).quantize(Decimal(1)))
    second = first + int((first * 365 * Decimal("0.015") / 360).quantize(Decimal(1)))
    assert await empty.write(work) == (first, second)


async def test_interest_is_settled_by_the_thirtieth_of_june_even_when_the_day_is_run_late(empty):
    def work(connection: Connection) -> tuple[int, int, date]:
        put(connection, 10_000_000, date(2025, 7, 1), "in")
        put(connection, 500_000, date(2026, 7, 5), "after the year ended")
        settle_interest(connection, NUMBERS, date(2026, 8, 1))
        carried = connection.execute(select(accounts.c.carried)).scalar_one()
        on = connection.execute(select(entries.c.booked_on).where(entries.c.kind == "09")).scalars().first()
        return carried, balance(connection), on

    assert await empty.write(work) == (10_152_083, 10_652_083, date(2026, 6, 30))


async def test_who_closes_the_account_takes_the_interest_along_and_earns_none_later(empty):
    def work(connection: Connection) -> tuple[int, int, int]:
        put(connection, 10_000_000, date(2026, 7, 1), "in")
        now = datetime(2026, 11, 2, 10, tzinfo=CHINA)
        rules = Rulebook(parameters=NUMBERS, on=now.date())
        interest = earned(connection, NUMBERS, "somebody", now.date() - timedelta(days=1))
        wish = applying.Submission(
            subject="somebody", business=Business.RETIREMENT, amount=10_000_000 + interest, shorten=False
        )
        applying.submit(connection, rules, wish, now)
        applying.settle(connection, now + timedelta(seconds=4))
        applying.settle(connection, now + timedelta(seconds=8))
        return interest, balance(connection), settle_interest(connection, NUMBERS, date(2027, 6, 30))

    assert await empty.write(work) == (51_667, 0, 0)  # 124 days: 1 July to 1 November
    assert await empty.read(imbalance) == []


@pytest.mark.parametrize("method", Method)
async def test_a_loan_is_repaid_to_the_fen_by_its_instalments(empty, method):
    contract = Loan(principal=Decimal(100000), rate=Decimal("2.1"), months=60, method=method)  # policy_facts D-7

    def work(connection: Connection) -> tuple[int, int, int, int]:
        lend(connection, contract, date(2020, 1, 15))
        first = run_due_instalments(connection, date(2020, 2, 20))
        again = run_due_instalments(connection, date(2020, 2, 20))
        booked = sum(run_due_instalments(connection, date(2020, 2, 20) + timedelta(days=n)) for n in range(0, 2000, 7))
        interest = connection.execute(
            select(func.sum(entries.c.amount)).where(entries.c.account == "loan-interest")
        ).scalar_one()
        return first, again, booked, interest

    total = int(sum(row.interest for row in plan(contract)) * 100)
    assert await empty.write(work) == (1, 0, 59, total)
    assert abs(Decimal(total) / 100 - cost(contract).interest) < Decimal("0.30")
    assert await empty.read(lambda c: tuple(c.execute(select(loans.c.balance, loans.c.months_paid)).one())) == (0, 60)
    assert await empty.read(imbalance) == []


async def test_a_new_rate_counts_from_new_years_day_for_older_loans_only(empty):
    contract = Loan(principal=Decimal(800000), rate=Decimal("2.85"), months=360)

    def work(connection: Connection) -> list[tuple[Decimal, int]]:
        lend(connection, contract, date(2025, 3, 1))
        seen = []
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 1)):
            run_day(connection, NUMBERS, day)
            row = connection.execute(select(loans)).mappings().one()
            seen.append((row["rate"], row["monthly"]))
        connection.execute(loans.update().values(lent_on=date(2026, 2, 1), rate=Decimal("2.85")))
        assert reprice(connection, NUMBERS, date(2026, 6, 1)) == 0
        return seen

    old, new, later = await empty.write(work)
    left = plan(contract)[8].left  # nine instalments were due by the end of 2025
    assert old == (Decimal("2.85"), int(pace(contract) * 100))
    assert (
        new
        == later
        == (
            Decimal("2.60"),
            int(pace(Loan(principal=left, rate=Decimal("2.60"), months=351)) * 100),
        )
    )


async def test_employers_pay_every_month_once_and_who_is_behind_stays_behind(tmp_path):
    database = await Database.open(founded_file(tmp_path), prepare=prepare, deadline=30.0)
    state = select(employers.c.paid_to, func.count()).group_by(employers.c.paid_to).order_by(employers.c.paid_to)
    seen = []
    for day in (date(2026, 11, 2), date(2026, 11, 11), date(2026, 11, 12), date(2026, 11, 30), date(2027, 2, 12)):
        done = await database.write(lambda c, day=day: run_day(c, NUMBERS, day).remittances)
        seen.append((done > 0, *await database.read(lambda c: [tuple(row) for row in c.execute(state)])))

    deferring = ("2026-07", 1)
    assert seen == [
        (False, deferring, ("2026-08", 1), ("2026-10", 22)),
        (False, deferring, ("2026-08", 1), ("2026-10", 22)),
        (True, deferring, ("2026-09", 1), ("2026-11", 22)),
        (False, deferring, ("2026-09", 1), ("2026-11", 22)),
        (True, deferring, ("2026-12", 1), ("2027-02", 22)),
    ]
    assert await database.read(imbalance) == []
    await database.close()


async def test_sealed_and_closed_accounts_are_not_paid_for(empty):
    def work(connection: Connection, status: str) -> tuple[int, int]:
        connection.execute(accounts.update().values(status=status))
        paid = run_day(connection, NUMBERS, date(2026, 11, 12)).remittances
        booked = balance(connection)
        connection.rollback()
        return paid, booked

    seen = {status: await empty.write(lambda c, status=status: work(c, status)) for status in ("01", "02", "05", "06")}

    assert seen == {"01": (1, 120_000), "02": (0, 0), "05": (0, 0), "06": (1, 120_000)}


async def test_interest_of_june_does_not_count_what_july_brought_when_the_days_are_run_late(empty):
    def work(connection: Connection) -> list[tuple[str, date, int]]:
        connection.execute(accounts.update().values(paid_to="2027-04"))
        connection.execute(employers.update().values(paid_to="2027-04"))
        run_day(connection, NUMBERS, date(2027, 8, 20))
        lines = select(entries.c.kind, entries.c.booked_on, entries.c.balance).where(entries.c.balance.is_not(None))
        return [tuple(row) for row in connection.execute(lines.order_by(entries.c.id))]

    by_days = 120_000 * (50 + 19) * Decimal("0.015") / 360  # from 12 May and from 12 June to 30 June
    interest = int(by_days.quantize(Decimal(1)))
    assert await empty.write(work) == [
        ("01", date(2027, 5, 12), 120_000),
        ("01", date(2027, 6, 12), 240_000),
        ("09", date(2027, 6, 30), 240_000 + interest),
        ("01", date(2027, 7, 12), 360_000 + interest),
        ("01", date(2027, 8, 12), 480_000 + interest),
    ]


@pytest.mark.slow
async def test_a_day_run_twice_changes_nothing(tmp_path):
    database = await Database.open(founded_file(tmp_path), prepare=prepare, deadline=30.0)

    def work(connection: Connection) -> tuple[Done, Done]:
        day = date(2027, 7, 1)
        return run_day(connection, NUMBERS, day), run_day(connection, NUMBERS, day)

    first, second = await database.write(work)

    assert first.instalments > 300
    assert first.interest > 280
    assert (second.remittances, second.instalments, second.repriced, second.interest) == (0, 0, 0, 0)
    assert await database.read(imbalance) == []
    assert await database.read(everybody)
    await database.close()


async def test_the_seeded_loans_stand_where_their_contracts_say(tmp_path):
    database = await Database.open(founded_file(tmp_path), prepare=prepare, deadline=30.0)
    rows = await database.read(lambda c: c.execute(select(loans).where(loans.c.balance > 0)).mappings().all())

    assert len(rows) > 50
    for row in rows:
        left = rest(row)
        contract = Loan(
            principal=Decimal(row["principal"]) / 100, rate=left.rate, months=row["months"], method=left.method
        )
        assert plan(contract)[row["months_paid"] - 1].left == left.principal
    await database.close()
