"""A few hundred generated demo people, employers and outlets; the same seed gives the same town."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert

from actions.business.sandbox.ledger import EMPLOYERS, INTEREST, INTEREST_SETTLED, REMITTANCE
from actions.business.sandbox.plans import EQUAL_INSTALMENT, EQUAL_PRINCIPAL, instalment
from actions.business.sandbox.schema import accounts, employers, entries, loans, outlets, people

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
SURNAMES = "王李张刘陈杨赵黄周吴马韩祁星祝冶保仁"
DISTRICTS = (
    ("630102", "城东区"),
    ("630103", "城中区"),
    ("630104", "城西区"),
    ("630105", "城北区"),
    ("630106", "湟中区"),
    ("630121", "大通县"),
    ("630123", "湟源县"),
)
PLACES = (
    (36.6170, 101.8030),
    (36.6210, 101.7840),
    (36.6280, 101.7650),
    (36.6690, 101.7660),
    (36.5000, 101.5720),
    (36.9270, 101.6850),
    (36.6830, 101.2560),
)
DEPOSIT_RATE = Decimal("1.50")


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A demo person anybody may try: shown on the demo page, marked 演示."""

    id_number: str
    password: str
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What makes a demo person's case."""

    story: str = ""
    home: bool = False
    children: int = 0
    loan: str = ""
    age: int = 32
    sex: str = "男"
    status: str = "01"
    gap: bool = False
    clerk: bool = False
    settled: bool = False
    public: bool = False


STORIES = (
    Traits(story="租房、单身、正常缴存"),
    Traits(story="有公积金贷款、按月正常还款", home=True, loan="fund", age=38),
    Traits(story="有商业住房贷款", home=True, loan="commercial", age=41),
    Traits(story="已到退休年龄、账户封存", home=True, age=64, status="02"),
    Traits(story="二孩家庭租房", children=2, age=35, sex="女"),
    Traits(story="中间断缴过三个月", gap=True, age=29),
    Traits(story="账户冻结", status="06", age=45),
    Traits(story="单位经办人", clerk=True, age=33, sex="女"),
    Traits(story="公积金贷款已结清", home=True, loan="fund", settled=True, age=50),
)


def id_number(region: str, born: date, sequence: int) -> str:
    """A number that is valid by GB 11643's check digit and belongs to nobody (sequence 9xx)."""
    body = f"{region}{born:%Y%m%d}{sequence:03d}"
    return body + CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The generator: how many, as of which day, and how secrets are digested."""

    today: date
    digest: Callable[..., str]
    people: int = 300
    employers: int = 24
    seed: int = 12329

    def personas(self) -> tuple[Persona, ...]:
        """The people of the demo page."""
        return tuple(
            Persona(id_number=self._id(number), password=self._password(number), story=traits.story)
            for number, traits in enumerate(STORIES)
        )

    def build(self, connection: Connection) -> None:
        """Fill empty tables."""
        connection.execute(insert(employers), [self._employer(n) for n in range(self.employers)])
        connection.execute(insert(outlets), list(self._outlets()))
        rows = [self._person(n) for n in range(self.people)]
        connection.execute(insert(people), [row for row, _ in rows])
        books = [self._account(row, traits, n) for n, (row, traits) in enumerate(rows)]
        connection.execute(insert(accounts), [account for account, _ in books])
        for _, lines in books:
            connection.execute(insert(entries), lines)
        lent = [self._loan(row, traits, n) for n, (row, traits) in enumerate(rows) if traits.loan]
        connection.execute(insert(loans), lent)

    def _traits(self, number: int) -> Traits:
        if number < len(STORIES):
            return STORIES[number]
        chance = self._random("traits", number)
        loan = chance.choice(("", "", "", "fund", "commercial"))
        return Traits(
            home=bool(loan) or chance.random() < 0.4,
            loan=loan,
            children=chance.choice((0, 0, 0, 1, 1, 2, 3)),
            age=chance.randint(23, 62),
            sex=chance.choice("男女"),
            status=chance.choice(("01",) * 12 + ("02",)),
            gap=chance.random() < 0.1,
        )

    def _random(self, what: str, number: int) -> random.Random:
        return random.Random(f"{self.seed}-{what}-{number}")  # noqa: S311 - demo data, not secrets

    def _born(self, number: int) -> date:
        chance = self._random("born", number)
        return date(self.today.year - self._traits(number).age, chance.randint(1, 12), chance.randint(1, 28))

    def _id(self, number: int) -> str:
        region = DISTRICTS[number % len(DISTRICTS)][0]
        return id_number(region, self._born(number), 900 + number % 100)

    def _password(self, number: int) -> str:
        return f"{self._random('password', number).randrange(10**6):06d}"

    def _person(self, number: int) -> tuple[dict[str, Any], Traits]:
        traits, chance = self._traits(number), self._random("person", number)
        key = self.digest("id", self._id(number))
        alone = number < len(STORIES)
        row = {
            "subject": self.digest("subject", str(number))[:24],
            "id_digest": key,
            "password_digest": self.digest("password", key, self._password(number)),
            "name": chance.choice(SURNAMES) + "**",
            "phone": f"139****{chance.randrange(10**4):04d}",
            "card": f"尾号 {chance.randrange(10**4):04d}",
            "born": self._born(number),
            "sex": traits.sex,
            "household": f"h{number if alone else number // 2}",
            "minor_children": traits.children,
            "owns_home": traits.home,
            "rents_public": traits.public,
            "retired_on": None,
            "employer": f"DW{number % self.employers:06d}",
            "clerk": traits.clerk,
        }
        return row, traits

    def _account(self, row: dict[str, Any], traits: Traits, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        chance = self._random("account", number)
        base = chance.randrange(3200, 21000, 50) * 100
        rate = Decimal(chance.choice((5, 8, 10, 12)))
        months = chance.randint(26, 90)
        monthly = int(base * rate / 100 + 50) // 100 * 100 * 2
        last = months_before(self.today, 1)
        paid = [
            m for i, m in enumerate(month_range(last, months)) if not (traits.gap and months - 10 <= i < months - 7)
        ]
        lines = list(self._book(row["subject"], monthly, paid))
        mine = [line for line in lines if line["account"].startswith("fund:")]
        june = f"{self.today.year}-06-30"
        carried = max((line["balance"] for line in mine if line["booked_on"].isoformat() <= june), default=0)
        first = paid[0]
        account = {
            "subject": row["subject"],
            "tail": f"尾号 {chance.randrange(10**4):04d}",
            "status": traits.status,
            "balance": mine[-1]["balance"],
            "carried": carried,
            "base": base,
            "personal_rate": rate,
            "employer_rate": rate,
            "opened_on": date(int(first[:4]), int(first[5:]), 5),
            "paid_to": paid[-1],
        }
        return account, lines

    def _book(self, subject: str, monthly: int, months: list[str]) -> Iterator[dict[str, Any]]:
        """Monthly remittances, and interest every 30 June on the balance held through the year (B-6, B-7)."""
        balance, weighted = 0, 0
        for month in months:
            booked = date(int(month[:4]), int(month[5:]), 12)
            balance += monthly
            weighted += balance * 30
            yield from _both(subject, EMPLOYERS, monthly, balance, REMITTANCE, month, booked)
            if month.endswith("-06"):
                interest = int(weighted * DEPOSIT_RATE / 36000)
                balance, weighted = balance + interest, 0
                settled = date(booked.year, 6, 30)
                yield from _both(subject, INTEREST, interest, balance, INTEREST_SETTLED, month, settled)

    def _loan(self, row: dict[str, Any], traits: Traits, number: int) -> dict[str, Any]:
        chance = self._random("loan", number)
        principal, months = chance.randrange(200_000, 700_001, 10_000) * 100, chance.choice((180, 240, 300, 360))
        paid = months if traits.settled else chance.randint(8, 60)
        rate = Decimal("2.60") if traits.loan == "fund" else Decimal("3.30")
        method = EQUAL_INSTALMENT if number % 3 else EQUAL_PRINCIPAL
        balance = 0 if traits.settled else principal - principal * paid // months
        began = months_before(self.today, paid)
        return {
            "subject": row["subject"],
            "tail": f"尾号 {chance.randrange(10**4):04d}",
            "source": traits.loan,
            "principal": principal,
            "balance": balance,
            "rate": rate,
            "months": months,
            "months_paid": paid,
            "method": method,
            "lent_on": date(int(began[:4]), int(began[5:]), 1),
            "repay_day": chance.randint(1, 28),
            "overdue": 0,
            "monthly": instalment(balance, rate, months - paid) if balance else 0,
        }

    def _employer(self, number: int) -> dict[str, Any]:
        late = 2 if number == 7 else 0
        return {
            "number": f"DW{number:06d}",
            "name": f"西宁演示单位{number + 1:02d}(演示)",
            "status": "01",
            "paid_to": months_before(self.today, 1 + late),
            "collection_signed": number % 4 != 3,
        }

    def _outlets(self) -> Iterator[dict[str, Any]]:
        for number, ((_, district), (latitude, longitude)) in enumerate(zip(DISTRICTS, PLACES, strict=True)):
            yield {
                "id": f"WD{number + 1:02d}",
                "name": f"{district}服务大厅(演示)",
                "district": district,
                "address": f"西宁市{district}演示路 {number + 1} 号(演示地址,非真实网点)",
                "latitude": Decimal(str(latitude)),
                "longitude": Decimal(str(longitude)),
                "counters": 3 + number % 3,
            }


def _both(
    subject: str, source: str, amount: int, balance: int, kind: str, month: str, on: date
) -> Iterator[dict[str, Any]]:
    common = {"posting": f"{kind}-{subject}-{month}", "kind": kind, "month": month, "booked_on": on}
    yield {**common, "account": source, "amount": -amount, "balance": None}
    yield {**common, "account": f"fund:{subject}", "amount": amount, "balance": balance}


def months_before(day: date, count: int) -> str:
    """`YYYY-MM`, `count` months before the day's month."""
    number = day.year * 12 + day.month - 1 - count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_range(last: str, count: int) -> list[str]:
    """`count` months ending with `last`, oldest first."""
    end = int(last[:4]) * 12 + int(last[5:]) - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(end - count + 1, end + 1)]
