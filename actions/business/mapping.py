"""JGJ/T 320 field codes → plain types, one function a record; a missing or odd field raises ValueError."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from actions.business.fields import Fields, many, moment, month
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
    FollowUp,
    Instalment,
    Loan,
    Material,
    Outlet,
    Person,
    PrepaymentQuote,
    Registry,
    RepaymentMethod,
    SharedFacts,
    Step,
    Ticket,
)

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
COMPLAINT_STATES = {"filed": "已登记", "working": "处理中", "replied": "已答复"}


def money(amount: Decimal) -> str:
    """Yuan as the contract writes it."""
    return str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


def person(answer: Any) -> Person:
    """A person who proved to be there."""
    plain = Fields(answer)
    return Person(
        subject=plain.text("KHBH"), name=plain.text("XINGMING"), phone=plain.text("SJHM"), demo=plain.truth("demo")
    )


def account(answer: Any) -> Account:
    """表 5.0.4."""
    plain = Fields(answer)
    return Account(
        number=plain.text("GRZH"),
        employer=plain.text("DWMC"),
        status=AccountStatus(plain.text("GRZHZT")),
        balance=plain.money("GRZHYE"),
        carried_over=plain.money("GRZHSNJZYE"),
        this_year=plain.money("GRZHDNGJYE"),
        base=plain.money("GRJCJS"),
        personal_rate=plain.rate("GRJCBL"),
        employer_rate=plain.rate("DWJCBL"),
        personal_monthly=plain.money("GRYJCE"),
        employer_monthly=plain.money("DWYJCE"),
        opened_on=plain.day("KHRQ"),
        paid_to=plain.month("JZNY"),
    )


def contributions(answer: Any) -> ContributionHistory:
    """表 5.0.5 with the months nobody paid."""
    plain = Fields(answer)
    return ContributionHistory(lines=plain.many("lines", _contribution), missing=plain.many("missing", month))


def _contribution(answer: Any) -> Contribution:
    plain = Fields(answer)
    return Contribution(
        month=plain.month("JZNY"),
        kind=KINDS.get(plain.text("YWLX"), "其他"),
        amount=plain.money("FSE"),
        balance=plain.money("GRZHYE"),
        booked_on=plain.day("JZRQ"),
    )


def employer(answer: Any) -> EmployerStatus:
    """表 5.0.2."""
    plain = Fields(answer)
    return EmployerStatus(
        number=plain.text("DWZH"),
        name=plain.text("DWMC"),
        status=EMPLOYER_STATES.get(plain.text("DWZHZT"), "其他"),
        employees=plain.whole("DWJCRS"),
        sealed=plain.whole("DWFCRS"),
        paid_to=plain.month("JZNY"),
        unpaid_months=plain.many("unpaid", month),
        collection_signed=plain.truth("collection_signed"),
    )


def loan(answer: Any) -> Loan:
    """表 6.0.5."""
    plain = Fields(answer)
    return Loan(
        number=plain.text("DKZH"),
        principal=plain.money("DKFFE"),
        balance=plain.money("DKYE"),
        rate=plain.rate("DKLL"),
        months=plain.whole("DKQS"),
        months_paid=plain.whole("YHQS"),
        method=RepaymentMethod(plain.text("HKFS")),
        next_due_on=plain.day_or_none("XCHKRQ"),
        next_principal=plain.money("DQJHGHBJ"),
        next_interest=plain.money("DQJHGHLX"),
        repay_day=int(plain.text("YDHKR")),
        overdue_months=plain.whole("LJYQQS"),
        status=plain.text("DKZT"),
    )


def _instalment(answer: Any) -> Instalment:
    plain = Fields(answer)
    return Instalment(
        number=plain.whole("QC"),
        due_on=plain.day("HKRQ"),
        principal=plain.money("BJ"),
        interest=plain.money("LX"),
        balance=plain.money("DKYE"),
        paid=plain.truth("paid"),
    )


def prepayment_quote(answer: Any) -> PrepaymentQuote:
    """Before and after."""
    plain = Fields(answer)
    return PrepaymentQuote(
        amount=plain.money("amount"),
        interest_due=plain.money("interest_due"),
        balance_before=plain.money("balance_before"),
        balance_after=plain.money("balance_after"),
        monthly_before=plain.money("monthly_before"),
        monthly_after=plain.money("monthly_after"),
        months_before=plain.whole("months_before"),
        months_after=plain.whole("months_after"),
        interest_saved=plain.money("interest_saved"),
    )


def eligibility(answer: Any) -> Eligibility:
    """Clauses and materials."""
    plain = Fields(answer)
    return Eligibility(
        business=Business(plain.text("business")),
        allowed=plain.truth("allowed"),
        limit=plain.money("limit"),
        clauses=plain.many("clauses", _clause),
        materials=plain.many("materials", _material),
        card=plain.text("card"),
    )


def _clause(answer: Any) -> Clause:
    plain = Fields(answer)
    return Clause(
        text=plain.text("text"), basis=plain.text("basis"), met=plain.truth("met"), advice=plain.text("advice", "")
    )


def _material(answer: Any) -> Material:
    plain = Fields(answer)
    waived_by = plain.text_or_none("waived_by")
    return Material(name=plain.text("name"), waived_by=Registry(waived_by) if waived_by else None)


def shared_data(answer: Any) -> SharedFacts:
    """What a registry said."""
    plain = Fields(answer)
    return SharedFacts(
        registry=Registry(plain.text("registry")), facts=plain.texts("facts"), checked_at=plain.moment("checked_at")
    )


def application(answer: Any) -> Application:
    """An application with its steps."""
    plain = Fields(answer)
    return Application(
        number=plain.text("number"),
        business=Business(plain.text("business")),
        state=ApplicationState(plain.text("state")),
        amount=plain.money("amount"),
        card=plain.text("card"),
        submitted_at=plain.moment("submitted_at"),
        steps=plain.many("steps", _step),
        reason=plain.text("reason", ""),
    )


def _step(answer: Any) -> Step:
    plain = Fields(answer)
    return Step(name=plain.text("name"), at=plain.moment("at"))


def _row(answer: Any) -> tuple[str, str]:
    if not isinstance(answer, list) or len(answer) != 2 or not all(isinstance(cell, str) for cell in answer):
        raise ValueError("a row has a label and a value")
    return answer[0], answer[1]


def masked_phone(answer: Any) -> str:
    """Where a code was sent."""
    return Fields(answer).text("SJHM")


def certificate(answer: Any) -> Certificate:
    """The certified facts."""
    plain = Fields(answer)
    return Certificate(
        kind=CertificateKind(plain.text("kind")),
        code=plain.text("code"),
        rows=plain.many("rows", _row),
        issued_at=plain.moment("issued_at"),
    )


def outlet(answer: Any) -> Outlet:
    """A place with today's queue."""
    plain = Fields(answer)
    return Outlet(
        id=plain.text("id"),
        name=plain.text("name"),
        district=plain.text("district"),
        address=plain.text("address"),
        hours=plain.text("hours"),
        latitude=plain.number("latitude"),
        longitude=plain.number("longitude"),
        waiting=plain.whole("waiting"),
        wait_minutes=plain.whole("wait_minutes"),
        open_now=plain.truth("open_now"),
        demo=plain.truth("demo"),
    )


def ticket(answer: Any) -> Ticket:
    """A ticket or a booking."""
    plain = Fields(answer)
    return Ticket(
        number=plain.text("number"),
        outlet=plain.one("outlet", outlet),
        business=plain.text("business"),
        at=plain.moment("at"),
        ahead=plain.whole("ahead"),
        wait_minutes=plain.whole("wait_minutes"),
        state=plain.text("state"),
    )


def complaint(answer: Any) -> Complaint:
    """A complaint."""
    plain = Fields(answer)
    return Complaint(
        number=plain.text("number"),
        about=plain.text("about"),
        state=COMPLAINT_STATES.get(plain.text("state"), "处理中"),
        filed_at=plain.moment("filed_at"),
        reply=plain.text("reply", ""),
        follow_ups=plain.many("follow_ups", _follow_up),
    )


def _follow_up(answer: Any) -> FollowUp:
    plain = Fields(answer)
    return FollowUp(text=plain.text("text"), at=plain.moment("at"))


plan = many(_instalment)
applications = many(application)
outlets = many(outlet)
tickets = many(ticket)
complaints = many(complaint)
times = many(moment)
