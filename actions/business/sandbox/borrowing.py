"""Loans as the contract shows them: account, plan, and the before and after of a prepayment."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from actions.business.sandbox.persons import FUND, Dossier, dossier
from actions.business.sandbox.plans import EQUAL_INSTALMENT, Terms, instalment, months_needed
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import loans
from actions.business.sandbox.wire import yuan

MIN_PREPAYMENT = 100_00


def fund_loan(file: Dossier) -> RowMapping:
    """The person's loan from the fund; Problem not-found without one."""
    if file.loan is None or file.loan["source"] != FUND:
        raise Problem("not-found", "您名下没有公积金贷款。")
    return file.loan


def terms(loan: RowMapping) -> Terms:
    """What is left of a loan."""
    return Terms(
        balance=loan["balance"],
        rate=loan["rate"],
        months=loan["months"] - loan["months_paid"],
        method=loan["method"],
        lent_on=loan["lent_on"],
        day=loan["repay_day"],
        paid=loan["months_paid"],
    )


def show_loan(connection: Connection, subject: str) -> dict[str, Any]:
    """GET loan."""
    loan = fund_loan(dossier(connection, subject))
    coming = terms(loan).schedule() if loan["balance"] else ()
    first = coming[0] if coming else None
    return {
        "DKZH": loan["tail"],
        "DKFFE": yuan(loan["principal"]),
        "DKYE": yuan(loan["balance"]),
        "DKLL": f"{loan['rate']:.2f}",
        "DKQS": loan["months"],
        "YHQS": loan["months_paid"],
        "HKFS": loan["method"],
        "YDHKR": f"{loan['repay_day']:02d}",
        "XCHKRQ": first.due_on.isoformat() if first else None,
        "DQJHGHBJ": yuan(first.principal if first else 0),
        "DQJHGHLX": yuan(first.interest if first else 0),
        "LJYQQS": loan["overdue"],
        "DKZT": "已结清" if not loan["balance"] else ("逾期" if loan["overdue"] else "正常"),
    }


def show_plan(connection: Connection, subject: str) -> list[dict[str, Any]]:
    """GET loan/plan: what is still to come."""
    loan = fund_loan(dossier(connection, subject))
    coming = terms(loan).schedule() if loan["balance"] else ()
    return [
        {
            "QC": line.number,
            "HKRQ": line.due_on.isoformat(),
            "BJ": yuan(line.principal),
            "LX": yuan(line.interest),
            "DKYE": yuan(line.balance),
            "paid": False,
        }
        for line in coming
    ]


def quote(connection: Connection, subject: str, amount: int, *, shorten: bool, on: date) -> dict[str, Any]:
    """POST prepayment-quotes: nothing is booked."""
    loan = fund_loan(dossier(connection, subject))
    left, after, months = terms(loan), loan["balance"] - amount, loan["months"] - loan["months_paid"]
    if not MIN_PREPAYMENT <= amount <= loan["balance"]:
        raise Problem("over-limit", f"提前还款金额要在 100 元到剩余本金 {yuan(loan['balance'])} 元之间。")
    before = left.schedule()
    level = before[0].principal + before[0].interest
    months_after = months_needed(after, left.rate, level) if shorten and left.method == EQUAL_INSTALMENT else months
    if shorten and left.method != EQUAL_INSTALMENT:
        months_after = -(-after // before[0].principal)
    rest = (
        Terms(
            balance=after,
            rate=left.rate,
            months=max(1, months_after),
            method=left.method,
            lent_on=left.lent_on,
            day=left.day,
            paid=left.paid,
        ).schedule()
        if after
        else ()
    )
    keeps = shorten and left.method == EQUAL_INSTALMENT and after
    monthly_after = level if keeps else (rest[0].principal + rest[0].interest if rest else 0)
    days = (on - before[0].due_on.replace(day=1)).days
    saved = sum(line.interest for line in before) - sum(line.interest for line in rest)
    return {
        "amount": yuan(amount),
        "interest_due": yuan(max(0, round(amount * float(left.rate) / 36000 * max(0, days)))),
        "balance_before": yuan(loan["balance"]),
        "balance_after": yuan(after),
        "monthly_before": yuan(level),
        "monthly_after": yuan(monthly_after),
        "months_before": months,
        "months_after": months_after if after else 0,
        "interest_saved": yuan(saved),
    }


def prepay(connection: Connection, subject: str, amount: int, *, shorten: bool) -> None:
    """Take the amount off the loan when the bank has posted it."""
    loan = fund_loan(dossier(connection, subject))
    left, after = terms(loan), max(0, loan["balance"] - amount)
    level = loan["monthly"]
    months = left.months
    if after and shorten:
        months = months_needed(after, left.rate, level) if left.method == EQUAL_INSTALMENT else months
    elif after and left.method == EQUAL_INSTALMENT:
        level = instalment(after, left.rate, months)
    change = {"balance": after, "months": left.paid + (months if after else 0), "monthly": level if after else 0}
    connection.execute(loans.update().where(loans.c.subject == subject).values(**change))
