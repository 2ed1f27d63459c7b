"""Withdrawals and prepayment: judged by the rules, booked at once, approved by itself, posted in seconds."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.exc import IntegrityError

from actions.business.sandbox import interest
from actions.business.sandbox.borrowing import agree, interest_due, locked_loan, prepaid_terms, prepayable
from actions.business.sandbox.identity import aware
from actions.business.sandbox.ledger import (
    BANK,
    CLEARING,
    CLOSING,
    INTEREST_SETTLED,
    LOAN_INTEREST,
    LOAN_PREPAID,
    PARTIAL,
    Posting,
    fund,
    loan_of,
    post,
)
from actions.business.sandbox.locking import BOOKS, hold
from actions.business.sandbox.persons import Dossier, dossier
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.rules import Rulebook, Verdict
from actions.business.sandbox.schema import accounts, applications, people
from actions.business.sandbox.wire import yuan
from bot.clock import CHINA
from bot.fund.records import Business

APPROVAL = timedelta(seconds=1)
POSTING = timedelta(seconds=3)
STATES = {"accepted": "已受理", "approved": "系统自动审批通过", "posted": "银行已入账", "refused": "未通过"}


def show_eligibility(connection: Connection, rules: Rulebook, subject: str, business: Business) -> dict[str, Any]:
    """GET eligibility."""
    file = dossier(connection, subject)
    verdict = rules.verdict(connection, file, business)
    return {
        "business": business.value,
        "allowed": verdict.allowed,
        "limit": yuan(verdict.limit),
        "card": file.person["card"],
        "clauses": [
            {"text": check.text, "basis": check.basis, "met": check.met, "advice": check.advice}
            for check in verdict.checks
        ],
        "materials": [{"name": name, "waived_by": registry} for name, registry in verdict.materials],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One wish to apply, in fen."""

    subject: str
    business: Business
    amount: int
    shorten: bool = False


def submit(connection: Connection, rules: Rulebook, wish: Submission, now: datetime) -> dict[str, Any]:
    """POST applications, inside `once`: refuse by clause, reserve the money, keep one in flight."""
    hold(connection, f"household:{dossier(connection, wish.subject).person['household']}")
    file = dossier(connection, wish.subject)
    running = _in_flight(connection, wish)
    if running:
        raise Problem("in-flight", f"这项业务已有一笔在办(编号 {running}),办完才能再申请。")
    verdict = rules.verdict(connection, file, wish.business)
    _refuse(verdict, wish.amount)
    if wish.business is Business.PREPAYMENT and file.loan is not None:
        prepayable(file.loan, wish.amount)
    if wish.business is Business.RETIREMENT and wish.amount != verdict.limit:
        raise Problem("over-limit", f"退休提取是销户提取,须一次提清 {yuan(verdict.limit)} 元。")
    number = _register(connection, wish, now)
    _reserve(connection, file, wish, number, rules.on)
    return show(connection, number)


def _register(connection: Connection, wish: Submission, now: datetime) -> str:
    number = f"YS{now.astimezone(CHINA):%Y%m%d}{secrets.token_hex(5).upper()}"
    row = {
        "number": number,
        "subject": wish.subject,
        "business": wish.business.value,
        "state": "accepted",
        "amount": wish.amount,
        "shorten": wish.shorten,
        "submitted_at": now,
        "reason": "",
    }
    try:
        connection.execute(applications.insert(), row)
    except IntegrityError:
        raise Problem("in-flight", "这项业务已有一笔在办,办完才能再申请。") from None
    return number


def _reserve(connection: Connection, file: Dossier, wish: Submission, number: str, on: date) -> None:
    """Move the money to clearing; closing an account settles its interest first and shuts it."""
    if wish.business is Business.PREPAYMENT:
        _book(connection, number, BANK, CLEARING, wish.amount, LOAN_PREPAID, on)
        return
    closing = wish.business is Business.RETIREMENT
    if closing:
        earned = wish.amount - file.account["balance"]
        if earned:
            interest.book(connection, wish.subject, earned, f"{INTEREST_SETTLED}-{number}", on)
        connection.execute(accounts.update().where(accounts.c.subject == wish.subject).values(status="05"))
    _book(connection, number, fund(wish.subject), CLEARING, wish.amount, CLOSING if closing else PARTIAL, on)


def settle(connection: Connection, now: datetime) -> int:
    """Move what is due one step on; returns how many moved. Safe to run any number of times."""
    hold(connection, BOOKS)
    moved = 0
    for row in _in_state(connection, "accepted"):
        if now - aware(row["submitted_at"]) >= APPROVAL:
            moved += _advance(connection, row, "accepted", {"state": "approved", "approved_at": now})
    for row in _in_state(connection, "approved"):
        posted = {"state": "posted", "posted_at": now}
        if now - aware(row["submitted_at"]) >= POSTING and _advance(connection, row, "approved", posted):
            _pay_out(connection, row, now.astimezone(CHINA).date())
            moved += 1
    return moved


def _in_state(connection: Connection, state: str) -> Sequence[RowMapping]:
    waiting = select(applications).where(applications.c.state == state).order_by(applications.c.number)
    return connection.execute(waiting).mappings().all()


def _advance(connection: Connection, row: RowMapping, state: str, values: dict[str, Any]) -> int:
    same = (applications.c.number == row["number"]) & (applications.c.state == state)
    return connection.execute(applications.update().where(same).values(**values)).rowcount


def _pay_out(connection: Connection, row: RowMapping, on: date) -> None:
    if row["business"] != Business.PREPAYMENT.value:
        _book(connection, row["number"] + "-P", CLEARING, BANK, row["amount"], PARTIAL, on)
        return
    loan = locked_loan(connection, row["subject"])
    amount = min(row["amount"], loan["balance"])  # an instalment may have come first; the rest goes back
    if amount:
        terms = prepaid_terms(loan, amount, shorten=row["shorten"])
        due = interest_due(loan, amount, on)
        _book(connection, row["number"] + "-P", CLEARING, loan_of(row["subject"]), amount, LOAN_PREPAID, on)
        if due:
            _book(connection, row["number"] + "-L", BANK, LOAN_INTEREST, due, LOAN_PREPAID, on)
        agree(connection, row["subject"], terms)
    if row["amount"] > amount:
        _book(connection, row["number"] + "-R", CLEARING, BANK, row["amount"] - amount, LOAN_PREPAID, on)


def _book(connection: Connection, number: str, source: str, target: str, amount: int, kind: str, on: date) -> None:
    try:
        post(connection, Posting(id=number, source=source, target=target, amount=amount, kind=kind, on=on))
    except ValueError:
        raise Problem("over-limit", "账户余额不够这一笔。") from None


def _in_flight(connection: Connection, wish: Submission) -> str:
    mine = (applications.c.subject == wish.subject) & (applications.c.business == wish.business.value)
    running = mine & applications.c.state.in_(("accepted", "approved"))
    return connection.execute(select(applications.c.number).where(running)).scalar_one_or_none() or ""


def _refuse(verdict: Verdict, amount: int) -> None:
    for check in verdict.checks:
        if not check.met:
            raise Problem("not-eligible", f"不能办,因为没有满足“{check.text}”;依据:{check.basis}。{check.advice}")
    if not verdict.limit:
        raise Problem("over-limit", "账户里现在没有可以提的金额。")
    if not 0 < amount <= verdict.limit:
        raise Problem("over-limit", f"金额要大于 0、不超过 {yuan(verdict.limit)} 元。")


def show(connection: Connection, number: str) -> dict[str, Any]:
    """One application as the contract shows it."""
    found = (select(applications, people.c.card).join(people, people.c.subject == applications.c.subject)).where(
        applications.c.number == number
    )
    return _view(connection.execute(found).mappings().one())


def show_all(connection: Connection, subject: str) -> list[dict[str, Any]]:
    """GET applications, newest first."""
    dossier(connection, subject)
    mine = select(applications, people.c.card).join(people, people.c.subject == applications.c.subject)
    newest = mine.where(applications.c.subject == subject).order_by(applications.c.submitted_at.desc()).limit(20)
    return [_view(row) for row in connection.execute(newest).mappings()]


def _view(row: RowMapping) -> dict[str, Any]:
    moments = (("accepted", "submitted_at"), ("approved", "approved_at"), ("posted", "posted_at"))
    steps = [{"name": STATES[s], "at": aware(row[c]).isoformat()} for s, c in moments if row[c] is not None]
    return {
        "number": row["number"],
        "business": row["business"],
        "state": row["state"],
        "amount": yuan(row["amount"]),
        "card": row["card"],
        "submitted_at": aware(row["submitted_at"]).isoformat(),
        "reason": row["reason"],
        "steps": steps,
    }
