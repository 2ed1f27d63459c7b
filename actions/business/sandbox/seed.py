"""A few hundred generated demo people, employers and outlets; the same seed gives the same town."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert

from actions.business.sandbox.instalments import METHODS, due_date, published_rate
from actions.business.sandbox.ledger import (
    BANK,
    EMPLOYERS,
    FUND,
    INTEREST,
    INTEREST_SETTLED,
    LOAN_LENT,
    LOAN_REPAID,
    REMITTANCE,
    loan_of,
)
from actions.business.sandbox.remitting import latest_due, monthly_of, pay_day
from actions.business.sandbox.schema import (
    accounts,
    employers,
    entries,
    loans,
    outlets,
    people,
    town,
)
from actions.business.sandbox.stories import STORIES, Persona, Traits, id_number
from actions.business.sandbox.wire import month_number, month_text
from actions.calculators.interest import accumulated
from actions.calculators.loan import Loan, pace, plan
from bot.ports import Parameters

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
COMMERCIAL_RATE = Decimal("3.30")  # what a demo bank happens to charge; no rule of the fund
LATE_EMPLOYER, LATE_MONTHS = 7, 2
DEFERRING_EMPLOYER, DEFERRED_MONTHS, DEFERRAL = 10, 3, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The generator: how many, as of which day, and how secrets are digested."""

    today: date
    digest: Callable[..., str]
    parameters: Parameters
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
        connection.execute(insert(town), {"founded_on": self.today})
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
        connection.execute(insert(entries), [line for loan in lent for line in _lent(loan)])

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
            sex=(sex := chance.choice("男女")),
            status=chance.choice(("01",) * 12 + ("02",)),
            gap=chance.random() < 0.1,
            grown_children=chance.choice((0, 0, 0, 1)),
            talent=chance.random() < 0.03,
            former_age=60 if sex == "男" else chance.choice((50, 55)),
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
        row = {
            "subject": self.digest("subject", str(number))[:24],
            "id_digest": key,
            "password_digest": self.digest("password", key, self._password(number)),
            "name": chance.choice(SURNAMES) + "**",
            "phone": f"139****{chance.randrange(10**4):04d}",
            "card": f"尾号 {chance.randrange(10**4):04d}",
            "born": self._born(number),
            "sex": traits.sex,
            "former_age": traits.former_age or (60 if traits.sex == "男" else 55),
            "household": f"p{number}" if number < len(STORIES) else f"h{number // 2}",
            "children": traits.children + traits.grown_children,
            "minor_children": traits.children,
            "talent": traits.talent,
            "owns_home": traits.home,
            "public_rent": traits.public_rent * 100,
            "retired_on": None,
            "employer": f"DW{number % self.employers:06d}",
            "clerk": traits.clerk,
        }
        return row, traits

    def _account(self, row: dict[str, Any], traits: Traits, number: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        chance = self._random("account", number)
        base = chance.randrange(3200, 21000, 50)
        rate = Decimal(chance.choice((5, 8, 10, 12)))
        months = chance.randint(26, 90)
        monthly = monthly_of({"base": base * 100, "personal_rate": rate, "employer_rate": rate})
        last = month_text(latest_due(self.today) - self._late(number % self.employers))
        every = month_range(last, months)
        paid = [m for i, m in enumerate(every) if not (traits.gap and months - 10 <= i < months - 7)]
        lines, carried = self._book(row["subject"], int(monthly.total * 100), paid)
        account = {
            "subject": row["subject"],
            "tail": f"尾号 {chance.randrange(10**4):04d}",
            "status": traits.status,
            "balance": lines[-1]["balance"],
            "carried": carried,
            "base": base * 100,
            "personal_rate": rate,
            "employer_rate": rate,
            "opened_on": date(int(paid[0][:4]), int(paid[0][5:]), 5),
            "paid_to": paid[-1],
        }
        return account, lines

    def _book(self, subject: str, monthly: int, months: list[str]) -> tuple[list[dict[str, Any]], int]:
        """Remittances of these months and the interest of every 30 June between (B-6, B-7); and 上年结转."""
        days = [(pay_day(month_number(month)), month, REMITTANCE) for month in months]
        first = days[0][0].year
        settlements = [date(year, 6, 30) for year in range(first, self.today.year + 1)]
        days += [(day, f"{day:%Y-%m}", INTEREST_SETTLED) for day in settlements if days[0][0] < day < self.today]
        lines: list[dict[str, Any]] = []
        changes: list[tuple[date, Decimal]] = []
        balance, carried, since = 0, 0, date.min
        for day, month, kind in sorted(days):
            amount, source = monthly, EMPLOYERS
            if kind == INTEREST_SETTLED:
                rate = Decimal(self.parameters.value("deposit_rate", day))
                amount, source = int(accumulated(changes, since, day, rate) * 100), INTEREST
                since, carried = day + timedelta(days=1), balance + amount
            balance += amount
            changes.append((day, Decimal(amount) / 100))
            common = {"posting": f"{kind}-{subject}-{month}", "kind": kind, "month": month, "booked_on": day}
            lines.append({**common, "account": source, "amount": -amount, "balance": None})
            lines.append({**common, "account": f"fund:{subject}", "amount": amount, "balance": balance})
        return lines, carried

    def _loan(self, row: dict[str, Any], traits: Traits, number: int) -> dict[str, Any]:
        chance = self._random("loan", number)
        principal, months = chance.randrange(200_000, 700_001, 10_000), chance.choice((180, 240, 300, 360))
        paid = months if traits.settled else chance.randint(8, 60)
        day = chance.randint(1, 28)
        began = months_before(self.today, paid + (day > self.today.day))
        lent_on = date(int(began[:4]), int(began[5:]), 1)
        priced_on = max(lent_on, date(self.today.year, 1, 1))
        fund = traits.loan == FUND
        rate = published_rate(self.parameters, months, priced_on) if fund else COMMERCIAL_RATE
        method = "01" if number % 3 else "02"
        contract = Loan(principal=Decimal(principal), rate=rate, months=months, method=METHODS[method])
        balance = int(plan(contract)[paid - 1].left * 100)
        return {
            "subject": row["subject"],
            "tail": f"尾号 {chance.randrange(10**4):04d}",
            "source": traits.loan,
            "principal": principal * 100,
            "balance": balance,
            "rate": rate,
            "months": months,
            "months_paid": paid,
            "method": method,
            "lent_on": lent_on,
            "repay_day": day,
            "overdue": 0,
            "monthly": int(pace(contract) * 100),
        }

    def _late(self, employer: int) -> int:
        return {LATE_EMPLOYER: LATE_MONTHS, DEFERRING_EMPLOYER: DEFERRED_MONTHS}.get(employer, 0)

    def _employer(self, number: int) -> dict[str, Any]:
        deferring, began = number == DEFERRING_EMPLOYER, latest_due(self.today) - DEFERRED_MONTHS + 1
        return {
            "number": f"DW{number:06d}",
            "name": f"西宁演示单位{number + 1:02d}(演示)",
            "status": "01",
            "paid_to": month_text(latest_due(self.today) - self._late(number)),
            "behind": LATE_MONTHS if number == LATE_EMPLOYER else 0,
            "deferred_from": month_text(began) if deferring else None,
            "deferred_to": month_text(began + DEFERRAL - 1) if deferring else None,
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


def _lent(loan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The fund's side of a running loan: paid out once, and what has been paid back so far."""
    if loan["source"] != FUND:
        return
    subject, owner = loan["subject"], loan_of(loan["subject"])
    lent_on, repaid_on = loan["lent_on"], due_date(loan, loan["months_paid"])
    for posting, kind, on, amount, balance in (
        (f"FK-{subject}", LOAN_LENT, lent_on, -loan["principal"], loan["principal"]),
        (f"HK-{subject}-000-B", LOAN_REPAID, repaid_on, loan["principal"] - loan["balance"], loan["balance"]),
    ):
        common = {"posting": posting, "kind": kind, "month": f"{on:%Y-%m}", "booked_on": on}
        yield {**common, "account": owner, "amount": amount, "balance": balance}
        yield {**common, "account": BANK, "amount": -amount, "balance": None}


def months_before(day: date, count: int) -> str:
    """`YYYY-MM`, `count` months before the day's month."""
    number = day.year * 12 + day.month - 1 - count
    return month_text(number)


def month_range(last: str, count: int) -> list[str]:
    """`count` months ending with `last`, oldest first."""
    end = month_number(last)
    return [month_text(number) for number in range(end - count + 1, end + 1)]
