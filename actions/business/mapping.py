"""JGJ/T 320 field codes → plain types, one function a record; a missing field raises KeyError or ValueError."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from bot.fund.records import (
    Account,
    AccountStatus,
    Application,
    ApplicationState,
    Business,
    Certificate,
    CertificateKind,
    Clause,
    Complaint,
    Contribution,
    ContributionHistory,
    Eligibility,
    EmployerStatus,
    Instalment,
    Loan,
    Material,
    Outlet,
    Person,
    PrepaymentQuote,
    Registry,
    RepaymentMethod,
    Step,
    Ticket,
)

T = TypeVar("T")
KINDS = {
    "01": "汇缴",
    "02": "补缴",
    "03": "开户",
    "04": "启封",
    "05": "封存",
    "06": "内部转移",
    "07": "外部转出",
    "08": "外部转入",
    "09": "年终结息",
    "10": "基数调整",
    "11": "部分提取",
    "12": "销户提取",
    "13": "缓缴处理",
    "14": "冻结",
    "15": "解冻",
}
EMPLOYER_STATES = {"01": "正常", "02": "开户", "03": "缓缴", "04": "销户", "05": "封存"}


def money(amount: Decimal) -> str:
    """Yuan as the contract writes it."""
    return str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


def month(code: str) -> str:
    """`202610` → `2026-10`."""
    if len(code) != 6 or not code.isdigit():
        raise ValueError("month")
    return f"{code[:4]}-{code[4:]}"


def many(build: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """The same for a list."""

    def build_all(plain: Any) -> tuple[T, ...]:
        if not isinstance(plain, list):
            raise TypeError("list")
        return tuple(build(item) for item in plain)

    return build_all


def person(plain: Any) -> Person:
    """A person who proved to be there."""
    return Person(subject=plain["KHBH"], name=plain["XINGMING"], phone=plain["SJHM"], demo=plain["demo"])


def account(plain: Any) -> Account:
    """表 5.0.4."""
    return Account(
        number=plain["GRZH"],
        employer=plain["DWMC"],
        status=AccountStatus(plain["GRZHZT"]),
        balance=Decimal(plain["GRZHYE"]),
        carried_over=Decimal(plain["GRZHSNJZYE"]),
        this_year=Decimal(plain["GRZHDNGJYE"]),
        base=Decimal(plain["GRJCJS"]),
        personal_rate=Decimal(plain["GRJCBL"]),
        employer_rate=Decimal(plain["DWJCBL"]),
        personal_monthly=Decimal(plain["GRYJCE"]),
        employer_monthly=Decimal(plain["DWYJCE"]),
        opened_on=date.fromisoformat(plain["KHRQ"]),
        paid_to=month(plain["JZNY"]),
    )


def contributions(plain: Any) -> ContributionHistory:
    """表 5.0.5 with the months nobody paid."""
    return ContributionHistory(
        lines=many(_contribution)(plain["lines"]), missing=tuple(month(code) for code in plain["missing"])
    )


def _contribution(plain: Any) -> Contribution:
    return Contribution(
        month=month(plain["JZNY"]),
        kind=KINDS.get(plain["YWLX"], "其他"),
        amount=Decimal(plain["FSE"]),
        balance=Decimal(plain["GRZHYE"]),
        booked_on=date.fromisoformat(plain["JZRQ"]),
    )


def employer(plain: Any) -> EmployerStatus:
    """表 5.0.2."""
    return EmployerStatus(
        number=plain["DWZH"],
        name=plain["DWMC"],
        status=EMPLOYER_STATES.get(plain["DWZHZT"], "其他"),
        employees=int(plain["DWJCRS"]),
        sealed=int(plain["DWFCRS"]),
        paid_to=month(plain["JZNY"]),
        unpaid_months=tuple(month(code) for code in plain["unpaid"]),
        collection_signed=bool(plain["collection_signed"]),
    )


def loan(plain: Any) -> Loan:
    """表 6.0.5."""
    due = plain.get("XCHKRQ")
    return Loan(
        number=plain["DKZH"],
        principal=Decimal(plain["DKFFE"]),
        balance=Decimal(plain["DKYE"]),
        rate=Decimal(plain["DKLL"]),
        months=int(plain["DKQS"]),
        months_paid=int(plain["YHQS"]),
        method=RepaymentMethod(plain["HKFS"]),
        next_due_on=date.fromisoformat(due) if due else None,
        next_principal=Decimal(plain["DQJHGHBJ"]),
        next_interest=Decimal(plain["DQJHGHLX"]),
        repay_day=int(plain["YDHKR"]),
        overdue_months=int(plain["LJYQQS"]),
        status=plain["DKZT"],
    )


def _instalment(plain: Any) -> Instalment:
    return Instalment(
        number=int(plain["QC"]),
        due_on=date.fromisoformat(plain["HKRQ"]),
        principal=Decimal(plain["BJ"]),
        interest=Decimal(plain["LX"]),
        balance=Decimal(plain["DKYE"]),
        paid=bool(plain["paid"]),
    )


def prepayment_quote(plain: Any) -> PrepaymentQuote:
    """Before and after."""
    return PrepaymentQuote(
        amount=Decimal(plain["amount"]),
        interest_due=Decimal(plain["interest_due"]),
        balance_before=Decimal(plain["balance_before"]),
        balance_after=Decimal(plain["balance_after"]),
        monthly_before=Decimal(plain["monthly_before"]),
        monthly_after=Decimal(plain["monthly_after"]),
        months_before=int(plain["months_before"]),
        months_after=int(plain["months_after"]),
        interest_saved=Decimal(plain["interest_saved"]),
    )


def eligibility(plain: Any) -> Eligibility:
    """Clauses and materials."""
    return Eligibility(
        business=Business(plain["business"]),
        allowed=bool(plain["allowed"]),
        limit=Decimal(plain["limit"]),
        clauses=tuple(
            Clause(text=c["text"], basis=c["basis"], met=bool(c["met"]), advice=c.get("advice", ""))
            for c in plain["clauses"]
        ),
        materials=tuple(
            Material(name=m["name"], waived_by=Registry(m["waived_by"]) if m.get("waived_by") else None)
            for m in plain["materials"]
        ),
        card=plain["card"],
    )


def application(plain: Any) -> Application:
    """An application with its steps."""
    return Application(
        number=plain["number"],
        business=Business(plain["business"]),
        state=ApplicationState(plain["state"]),
        amount=Decimal(plain["amount"]),
        card=plain["card"],
        submitted_at=datetime.fromisoformat(plain["submitted_at"]),
        steps=tuple(Step(name=s["name"], at=datetime.fromisoformat(s["at"])) for s in plain["steps"]),
        reason=plain.get("reason", ""),
    )


def certificate(plain: Any) -> Certificate:
    """The certified facts."""
    return Certificate(
        kind=CertificateKind(plain["kind"]),
        code=plain["code"],
        rows=tuple((str(label), str(value)) for label, value in plain["rows"]),
        issued_at=datetime.fromisoformat(plain["issued_at"]),
    )


def outlet(plain: Any) -> Outlet:
    """A place with today's queue."""
    return Outlet(
        id=plain["id"],
        name=plain["name"],
        district=plain["district"],
        address=plain["address"],
        hours=plain["hours"],
        latitude=float(plain["latitude"]),
        longitude=float(plain["longitude"]),
        waiting=int(plain["waiting"]),
        wait_minutes=int(plain["wait_minutes"]),
        open_now=bool(plain["open_now"]),
        demo=bool(plain["demo"]),
    )


def ticket(plain: Any) -> Ticket:
    """A ticket or a booking."""
    return Ticket(
        number=plain["number"],
        outlet=outlet(plain["outlet"]),
        business=plain["business"],
        at=datetime.fromisoformat(plain["at"]),
        ahead=int(plain["ahead"]),
        wait_minutes=int(plain["wait_minutes"]),
        state=plain["state"],
    )


def complaint(plain: Any) -> Complaint:
    """A complaint."""
    return Complaint(
        number=plain["number"],
        about=plain["about"],
        state={"filed": "已登记", "working": "处理中", "replied": "已答复"}[plain["state"]],
        filed_at=datetime.fromisoformat(plain["filed_at"]),
        reply=plain.get("reply", ""),
    )


plan = many(_instalment)
applications = many(application)
outlets = many(outlet)
tickets = many(ticket)
complaints = many(complaint)
times = many(datetime.fromisoformat)
