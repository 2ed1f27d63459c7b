"""Certificates of what the books say, each under a code nobody can guess."""

import json
import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from actions.business.sandbox.borrowing import fund_loan, percent
from actions.business.sandbox.identity import aware
from actions.business.sandbox.instalments import METHODS
from actions.business.sandbox.ledger import loan_of
from actions.business.sandbox.persons import Dossier, dossier
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.remitting import employer_of, monthly_of
from actions.business.sandbox.rules import months_in_a_row
from actions.business.sandbox.schema import certificates, entries
from actions.business.sandbox.wire import yuan

Rows = list[list[str]]
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
STATES = {"01": "正常", "02": "封存", "05": "销户", "06": "冻结"}


def issue(connection: Connection, subject: str, kind: str, now: datetime) -> dict[str, Any]:
    """POST certificates, inside `once`: the certified facts in order."""
    rows = _CERTIFIED[kind](connection, dossier(connection, subject))
    code = "".join(secrets.choice(ALPHABET) for _ in range(16))
    kept = {"code": code, "subject": subject, "kind": kind, "rows": json.dumps(rows, ensure_ascii=False)}
    connection.execute(certificates.insert(), kept | {"issued_at": now})
    return {"kind": kind, "code": code, "rows": rows, "issued_at": now.isoformat()}


def verify(connection: Connection, code: str) -> dict[str, Any]:
    """GET certificates/{code}."""
    row = connection.execute(select(certificates).where(certificates.c.code == code)).mappings().first()
    if row is None:
        raise Problem("not-found", "没有查到这个验证码对应的证明。")
    issued = aware(row["issued_at"]).isoformat()
    return {"kind": row["kind"], "code": code, "rows": json.loads(row["rows"]), "issued_at": issued}


def _contribution(connection: Connection, file: Dossier) -> Rows:
    account, monthly = file.account, monthly_of(file.account)
    return [
        ["姓名", file.person["name"] + "(演示)"],
        ["个人账号", account["tail"]],
        ["缴存单位", employer_of(connection, file.person["employer"])["name"]],
        ["账户状态", STATES.get(account["status"], "其他")],
        ["开户日期", _day(account["opened_on"])],
        ["缴至年月", f"{account['paid_to'][:4]} 年 {int(account['paid_to'][5:])} 月"],
        ["连续足额缴存", f"{months_in_a_row(connection, file)} 个月"],
        ["缴存基数", f"{yuan(account['base'])} 元"],
        ["缴存比例(个人 / 单位)", f"{account['personal_rate']:.0f}% / {account['employer_rate']:.0f}%"],
        ["月缴存额(个人 + 单位)", f"{monthly.total} 元"],
        ["账户余额", f"{yuan(account['balance'])} 元"],
    ]


def _remote_loan(connection: Connection, file: Dossier) -> Rows:
    loan = file.loan if file.loan is not None and file.loan["source"] == "fund" else None
    return [
        *_contribution(connection, file),
        ["使用公积金贷款次数", "1 次" if loan else "0 次"],
        ["未结清的公积金贷款", f"有,余额 {yuan(loan['balance'])} 元" if loan and loan["balance"] else "无"],
    ]


def _loan_settled(connection: Connection, file: Dossier) -> Rows:
    loan = fund_loan(file)
    if loan["balance"]:
        raise Problem("not-eligible", f"贷款还没有结清,还剩本金 {yuan(loan['balance'])} 元;还清后再开结清证明。")
    paid = select(func.max(entries.c.booked_on)).where(entries.c.account == loan_of(file.person["subject"]))
    return [
        ["姓名", file.person["name"] + "(演示)"],
        ["贷款账号", loan["tail"]],
        ["贷款金额", f"{yuan(loan['principal'])} 元"],
        ["放款日期", _day(loan["lent_on"])],
        ["还款方式", METHODS[loan["method"]].value],
        ["年利率", f"{percent(loan['rate'])}%"],
        ["结清日期", _day(connection.execute(paid).scalar_one())],
        ["贷款状态", "本息已全部还清"],
    ]


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


_CERTIFIED: dict[str, Callable[[Connection, Dossier], Rows]] = {
    "缴存证明": _contribution,
    "异地贷款缴存使用证明": _remote_loan,
    "贷款结清证明": _loan_settled,
}
