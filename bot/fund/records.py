"""What the core system tells us: Decimal yuan to the fen, months as `YYYY-MM`, account numbers masked."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class AccountStatus(StrEnum):
    """JGJ/T 320 GRZHZT (policy_facts E-1)."""

    NORMAL = "01"
    SEALED = "02"
    MERGED = "03"
    TRANSFERRED_OUT = "04"
    WITHDRAWN = "05"
    FROZEN = "06"
    OTHER = "99"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who proved to be there. `subject` is opaque; the name is already masked (姓 + **)."""

    subject: str
    name: str
    phone: str
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person's fund account (表 5.0.4)."""

    number: str
    employer: str
    status: AccountStatus
    balance: Decimal
    carried_over: Decimal
    this_year: Decimal
    base: Decimal
    personal_rate: Decimal
    employer_rate: Decimal
    personal_monthly: Decimal
    employer_monthly: Decimal
    opened_on: date
    paid_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One booked line of an account (表 5.0.5); `kind` is the E-4 business type in Chinese."""

    month: str
    kind: str
    amount: Decimal
    balance: Decimal
    booked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionHistory:
    """The lines asked for, newest first, and the months in between that nobody paid."""

    lines: tuple[Contribution, ...]
    missing: tuple[str, ...]


class RepaymentMethod(StrEnum):
    """JGJ/T 320 还款方式 (policy_facts E-7)."""

    EQUAL_INSTALMENT = "01"
    EQUAL_PRINCIPAL = "02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A loan account (表 6.0.5); rates in percent a year."""

    number: str
    principal: Decimal
    balance: Decimal
    rate: Decimal
    months: int
    months_paid: int
    method: RepaymentMethod
    next_due_on: date | None
    next_principal: Decimal
    next_interest: Decimal
    repay_day: int
    overdue_months: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One line of a repayment plan."""

    number: int
    due_on: date
    principal: Decimal
    interest: Decimal
    balance: Decimal
    paid: bool = False

    @property
    def total(self) -> Decimal:
        """Principal and interest together, yuan."""
        return self.principal + self.interest


class Business(StrEnum):
    """What can be applied for; one application of each may be under way per person (policy_facts A-51)."""

    RENT = "rent"
    REPAY_FUND_LOAN = "repay-fund-loan"
    REPAY_COMMERCIAL_LOAN = "repay-commercial-loan"
    RETIREMENT = "retirement"
    PREPAYMENT = "prepayment"


class ApplicationState(StrEnum):
    """Where an application is: approved automatically, then posted by the bank."""

    ACCEPTED = "accepted"
    APPROVED = "approved"
    POSTED = "posted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step an application has taken."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application with its number and progress; `card` is the masked bank card."""

    number: str
    business: Business
    state: ApplicationState
    amount: Decimal
    card: str
    submitted_at: datetime
    steps: tuple[Step, ...] = ()
    reason: str = ""


class Registry(StrEnum):
    """Whose shared data can prove a thing: 房产 公安 民政 人行 市监 税务."""

    PROPERTY = "房产"
    POLICE = "公安"
    CIVIL_AFFAIRS = "民政"
    PEOPLES_BANK = "人行"
    MARKET_REGULATION = "市监"
    TAX = "税务"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFacts:
    """What another authority's registry proves about a person, in its own words, and when it was asked."""

    registry: Registry
    facts: tuple[tuple[str, str], ...]
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition that was checked, the rule it rests on, and whether it holds."""

    text: str
    basis: str
    met: bool
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A document the counter would want; `waived_by` names the registry that already proves it."""

    name: str
    waived_by: Registry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether a business can be done now, for how much at most, and why."""

    business: Business
    allowed: bool
    limit: Decimal
    clauses: tuple[Clause, ...]
    materials: tuple[Material, ...]
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaymentQuote:
    """Before and after a partial prepayment."""

    amount: Decimal
    interest_due: Decimal
    balance_before: Decimal
    balance_after: Decimal
    monthly_before: Decimal
    monthly_after: Decimal
    months_before: int
    months_after: int
    interest_saved: Decimal


class CertificateKind(StrEnum):
    """What can be certified (policy_facts D3: D12, D13)."""

    CONTRIBUTION = "缴存证明"
    REMOTE_LOAN = "异地贷款缴存使用证明"
    LOAN_SETTLED = "贷款结清证明"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certified facts, in order, with the code under which anyone may verify them."""

    kind: CertificateKind
    code: str
    rows: tuple[tuple[str, str], ...]
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A place to go to; position in degrees WGS-84."""

    id: str
    name: str
    district: str
    address: str
    hours: str
    latitude: float
    longitude: float
    waiting: int
    wait_minutes: int
    open_now: bool
    demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A place in a queue, or a booking when `at` lies in the future."""

    number: str
    outlet: Outlet
    business: str
    at: datetime
    ahead: int
    wait_minutes: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What somebody added to a complaint, and when."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A complaint with its number, what was added to it and what became of it."""

    number: str
    about: str
    state: str
    filed_at: datetime
    reply: str = ""
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerStatus:
    """An employer's account as its clerk may see it."""

    number: str
    name: str
    status: str
    employees: int
    sealed: int
    paid_to: str
    unpaid_months: tuple[str, ...]
    collection_signed: bool
