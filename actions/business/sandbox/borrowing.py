"""Loans as the contract shows them: account, plan, and the before and after of a prepayment."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from actions.business.sandbox.instalments import coming, due_date, rest, steady
from actions.business.sandbox.ledger import FUND
from actions.business.sandbox.persons import Dossier, dossier
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.schema import loans
from actions.business.sandbox.wire import yuan
from actions.calculators.interest import interest
from actions.calculators.loan import pace
from actions.calculators.prepayment import Comparison, compare


def fund_loan(file: Dossier) -> RowMapping:
    """The person's loan from the fund, paid off or not; Problem not-found without one."""
    if file.loan is None or file.loan["source"] != FUND:
        raise Problem("not-found", "您名下没有公积金贷款。")
    return file.loan


def show_loan(connection: Connection, subject: str) -> dict[str, Any]:
    """GET loan."""
    loan = fund_loan(dossier(connection, subject))
    due, _, line = next(coming(loan), (None, 0, None))
    return {
        "DKZH": loan["tail"],
        "DKFFE": yuan(loan["principal"]),
        "DKYE": yuan(loan["balance"]),
        "DKLL": percent(loan["rate"]),
        "DKQS": loan["months"],
        "YHQS": loan["months_paid"],
        "HKFS": loan["method"],
        "YDHKR": f"{loan['repay_day']:02d}",
        "XCHKRQ": due.isoformat() if due else None,
        "DQJHGHBJ": str(line.principal if line else Decimal("0.00")),
        "DQJHGHLX": str(line.interest if line else Decimal("0.00")),
        "LJYQQS": loan["overdue"],
        "DKZT": "已结清" if not loan["balance"] else ("逾期" if loan["overdue"] else "正常"),
    }


def percent(rate: Decimal) -> str:
    """A rate with two to four decimals: 2.60, 3.075."""
    text = f"{rate:.4f}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))


def show_plan(connection: Connection, subject: str) -> list[dict[str, Any]]:
    """GET loan/plan: what is still to come."""
    loan = fund_loan(dossier(connection, subject))
    return [
        {
            "QC": number,
            "HKRQ": due.isoformat(),
            "BJ": str(line.principal),
            "LX": str(line.interest),
            "DKYE": str(line.left),
            "paid": False,
        }
        for due, number, line in coming(loan)
    ]


def prepayable(loan: RowMapping, amount: int) -> None:
    """Refuse an amount that cannot be paid back early; how little is too little no rule of the facts says (D-11)."""
    if not 0 < amount <= loan["balance"]:
        raise Problem("over-limit", f"提前还款金额要大于 0、不超过剩余本金 {yuan(loan['balance'])} 元。")


def interest_due(loan: RowMapping, amount: int, on: date) -> int:
    """Fen of interest on the part paid back since the last due day (policy_facts D-11)."""
    days = max(0, (on - due_date(loan, loan["months_paid"])).days)
    return int(interest(Decimal(amount) / 100, loan["rate"], days) * 100)


def quote(connection: Connection, subject: str, amount: int, *, shorten: bool, on: date) -> dict[str, Any]:
    """POST prepayment-quotes: nothing is booked."""
    loan = fund_loan(dossier(connection, subject))
    prepayable(loan, amount)
    compared = _compared(loan, amount)
    before = [line for _, _, line in coming(loan)]
    unpaid = sum((line.interest for line in before), Decimal("0.00"))
    after = (compared.shorter if shorten else compared.lower) if compared else None
    return {
        "amount": yuan(amount),
        "interest_due": yuan(interest_due(loan, amount, on)),
        "balance_before": yuan(loan["balance"]),
        "balance_after": yuan(loan["balance"] - amount),
        "monthly_before": str(before[0].payment),
        "monthly_after": str(after.payment if after else Decimal("0.00")),
        "months_before": len(before),
        "months_after": after.months if after else 0,
        "interest_saved": str(unpaid - after.interest if after else unpaid),
    }


def _compared(loan: RowMapping, amount: int) -> Comparison | None:
    """Both choices; None when nothing is left to pay."""
    if amount >= loan["balance"]:
        return None
    return compare(rest(loan), Decimal(amount) / 100, steady=steady(loan))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a contract agrees on: months in all, and what stays the same every month, in fen."""

    months: int
    monthly: int


def prepaid_terms(loan: RowMapping, amount: int, *, shorten: bool) -> Terms:
    """The contract after `amount` is paid back early."""
    compared = _compared(loan, amount)
    if compared is None:
        return Terms(months=loan["months_paid"], monthly=0)
    if shorten:
        return Terms(months=loan["months_paid"] + compared.shorter.months, monthly=loan["monthly"])
    left = rest(loan)
    lower = replace(left, principal=left.principal - Decimal(amount) / 100)
    return Terms(months=loan["months_paid"] + left.months, monthly=int(pace(lower) * 100))


def agree(connection: Connection, subject: str, terms: Terms) -> None:
    """Write the new terms into the contract."""
    change = loans.update().where(loans.c.subject == subject)
    connection.execute(change.values(months=terms.months, monthly=terms.monthly))


def locked_loan(connection: Connection, subject: str) -> RowMapping:
    """The loan as it is now, nobody else changing it until the transaction ends."""
    return connection.execute(select(loans).where(loans.c.subject == subject).with_for_update()).mappings().one()
