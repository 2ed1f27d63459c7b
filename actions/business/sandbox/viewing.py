"""Accounts, contributions and employers as the contract shows them."""

from typing import Any

from sqlalchemy import Connection, func, select

from actions.business.sandbox.ledger import REMITTANCE, fund
from actions.business.sandbox.persons import dossier
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.remitting import deferred, employer_of, monthly_of
from actions.business.sandbox.schema import accounts, employers, entries, people
from actions.business.sandbox.wire import month_number, month_text, yuan

DEFERRING = "03"  # policy_facts E-2
MOST_LINES = 400


def show_account(connection: Connection, subject: str) -> dict[str, Any]:
    """GET account."""
    file = dossier(connection, subject)
    account = file.account
    monthly = monthly_of(account)
    return {
        "GRZH": account["tail"],
        "DWMC": employer_of(connection, file.person["employer"])["name"],
        "GRZHZT": account["status"],
        "GRZHYE": yuan(account["balance"]),
        "GRZHSNJZYE": yuan(min(account["carried"], account["balance"])),
        "GRZHDNGJYE": yuan(max(0, account["balance"] - account["carried"])),
        "GRJCJS": yuan(account["base"]),
        "GRJCBL": f"{account['personal_rate']:.2f}",
        "DWJCBL": f"{account['employer_rate']:.2f}",
        "GRYJCE": str(monthly.personal),
        "DWYJCE": str(monthly.employer),
        "KHRQ": account["opened_on"].isoformat(),
        "JZNY": account["paid_to"].replace("-", ""),
    }


def show_contributions(connection: Connection, subject: str, since: str, until: str) -> dict[str, Any]:
    """GET contributions: lines newest first, and the months in between nobody paid."""
    file = dossier(connection, subject)
    first, last = month_number(since), month_number(until)
    if not 0 <= last - first <= 120:
        raise Problem("bad-request", "查询区间要从早到晚,最长十年。")
    months = tuple(month_text(number) for number in range(first, last + 1))
    mine = (entries.c.account == fund(subject)) & entries.c.month.between(months[0], months[-1])
    newest = select(entries).where(mine).order_by(entries.c.id.desc()).limit(MOST_LINES)
    rows = connection.execute(newest).mappings().all()
    paid = {row["month"] for row in rows if row["kind"] == REMITTANCE}
    opened = month_number(file.account["opened_on"].strftime("%Y-%m"))
    expected = month_number(_expected_to(connection))
    owing, employer = file.account["status"] == "01", employer_of(connection, file.person["employer"])
    return {
        "lines": [
            {
                "JZNY": row["month"].replace("-", ""),
                "YWLX": row["kind"],
                "FSE": yuan(row["amount"]),
                "GRZHYE": yuan(row["balance"]),
                "JZRQ": row["booked_on"].isoformat(),
            }
            for row in rows
        ],
        "missing": [
            month.replace("-", "")
            for month in months
            if owing and month not in paid and opened <= month_number(month) <= expected
            if not deferred(employer, month_number(month))
        ],
    }


def _expected_to(connection: Connection) -> str:
    """The last month anybody at all has paid: later months are not missing, they are not due."""
    last = connection.execute(select(func.max(employers.c.paid_to))).scalar_one()
    return str(last)


def show_employer(connection: Connection, subject: str) -> dict[str, Any]:
    """GET employer: for its clerk only."""
    file = dossier(connection, subject)
    if not file.person["clerk"]:
        raise Problem("forbidden", "您不是单位经办人,单位信息只能由经办人查看。")
    employer = employer_of(connection, file.person["employer"])
    staff = select(accounts.c.status, func.count().label("n")).join(people, people.c.subject == accounts.c.subject)
    counted = staff.where(people.c.employer == employer["number"]).group_by(accounts.c.status)
    heads = {row.status: row.n for row in connection.execute(counted)}
    due, paid = month_number(_expected_to(connection)), month_number(employer["paid_to"])
    return {
        "DWZH": employer["number"],
        "DWMC": employer["name"],
        "DWZHZT": DEFERRING if deferred(employer, due) else employer["status"],
        "DWJCRS": heads.get("01", 0),
        "DWFCRS": heads.get("02", 0),
        "JZNY": employer["paid_to"].replace("-", ""),
        "unpaid": [month_text(n).replace("-", "") for n in range(paid + 1, due + 1) if not deferred(employer, n)],
        "collection_signed": employer["collection_signed"],
    }
