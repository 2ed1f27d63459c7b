"""Looks a person up with everything the rules ask about: account, household, loan, shared registries."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import accounts, loans, people
from actions.business.sandbox.wire import yuan

COMMERCIAL = "commercial"
RETIREMENT_REFORM = 2025  # the first year in which retirement is deferred
# Of each former age: a month more for every `step` months of birth, `most` in all. D-10 tells the ages and that all is
# reached in 15 years, from which the steps follow: 180 months = most x step of births + most of deferral.
DEFERRAL = {60: (4, 36), 55: (4, 36), 50: (2, 60)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One person with account, household (the person included) and loan; rows as the database has them."""

    person: RowMapping
    account: RowMapping
    family: tuple[RowMapping, ...]
    loan: RowMapping | None

    @property
    def household(self) -> tuple[str, ...]:
        """The subjects whose withdrawals count together."""
        return tuple(row["subject"] for row in self.family)

    @property
    def children(self) -> int:
        """The household's children of any age, whoever of the two declared them."""
        return max(int(row["children"]) for row in self.family)

    @property
    def minor_children(self) -> int:
        """Those of them who are minors."""
        return max(int(row["minor_children"]) for row in self.family)

    @property
    def talent(self) -> bool:
        """Whether one of the household is recognised as 高层次人才."""
        return any(row["talent"] for row in self.family)

    @property
    def public_rent(self) -> int:
        """Fen a year of rent for public housing, 0 for who rents on the market: it is the cap (policy_facts C-23)."""
        return max(int(row["public_rent"]) for row in self.family)

    @property
    def owns_home(self) -> bool:
        """Whether anybody of the household owns a home here."""
        return any(row["owns_home"] for row in self.family)

    def owed(self, source: str) -> RowMapping | None:
        """The person's loan from this source while something is owed."""
        loan = self.loan
        return loan if loan is not None and loan["source"] == source and loan["balance"] > 0 else None


def dossier(connection: Connection, subject: str) -> Dossier:
    """Everything about one subject; raises Problem not-found."""
    person = connection.execute(select(people).where(people.c.subject == subject)).mappings().first()
    account = connection.execute(select(accounts).where(accounts.c.subject == subject)).mappings().first()
    if person is None or account is None:
        raise Problem("not-found", "没有查到这位缴存人。")
    family = connection.execute(select(people).where(people.c.household == person["household"])).mappings().all()
    loan = connection.execute(select(loans).where(loans.c.subject == subject)).mappings().first()
    return Dossier(person=person, account=account, family=tuple(family), loan=loan)


def retires_on(born: date, former_age: int) -> date:
    """The month of retiring under the gradual reform: 男 60→63, 女 55→58, 女 50→55 (policy_facts D-10)."""
    step, most = DEFERRAL[former_age]
    late = (born.year + former_age - RETIREMENT_REFORM) * 12 + born.month - 1
    deferral = 0 if late < 0 else min(most, late // step + 1)
    month = born.month - 1 + deferral
    return date(born.year + former_age + month // 12, month % 12 + 1, 1)


def _children(file: Dossier) -> dict[str, str]:
    return {"子女": str(file.children), "其中未成年": str(file.minor_children)}


def shared_data(file: Dossier, registry: str) -> dict[str, str]:
    """What a registry proves about this person; materials it proves are waived."""
    facts: dict[str, Any] = {
        "房产": {
            "缴存地自有住房": "有" if file.owns_home else "无",
            "公租房年租金": yuan(file.public_rent) if file.public_rent else "无",
        },
        "公安": {"出生日期": file.person["born"].isoformat(), "户籍": "西宁市(演示)"},
        "民政": {"婚姻": "已婚" if len(file.family) > 1 else "未婚", **_children(file)},
        "人行": {"商业住房贷款": "有未结清" if file.owed(COMMERCIAL) else "无"},
        "市监": {"名下企业": "无"},
        "税务": {"公租房租金票据": f"近一年 {yuan(file.public_rent)} 元" if file.public_rent else "无"},
    }
    if registry not in facts:
        raise Problem("bad-request", "没有这个共享数据来源。")
    return dict(facts[registry])
