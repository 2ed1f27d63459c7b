"""FundSystem by topic: calls have deadlines, writes have idempotency keys, failures are of our error tree."""

from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from bot.fund.records import (
    Account,
    Application,
    Business,
    Certificate,
    CertificateKind,
    Complaint,
    ContributionHistory,
    Eligibility,
    EmployerStatus,
    Instalment,
    Loan,
    Outlet,
    Person,
    PrepaymentQuote,
    Registry,
    SharedFacts,
    Ticket,
)


class IdentityDesk(Protocol):
    """Proves who is there. Raises BusinessRefused for a wrong secret, IdentityLocked after five."""

    async def send_code(self, id_number: str) -> str:
        """Send an SMS code to the phone on record; returns the masked phone."""
        ...

    async def prove_by_code(self, id_number: str, code: str) -> Person: ...

    async def prove_by_password(self, id_number: str, password: str) -> Person: ...

    async def prove_by_card(self, id_number: str) -> Person:
        """The card itself lay on a reader of ours; raises BusinessRefused when nobody has an account under it."""
        ...


class Accounts(Protocol):
    """Own accounts, contributions and employers."""

    async def account(self, subject: str) -> Account: ...

    async def contributions(self, subject: str, since: str, until: str) -> ContributionHistory:
        """Lines between two months `YYYY-MM`, inclusive."""
        ...

    async def employer(self, subject: str) -> EmployerStatus:
        """For a clerk: the employer they act for. Raises BusinessRefused for anybody else."""
        ...


class Loans(Protocol):
    """Own loans and plans."""

    async def loan(self, subject: str) -> Loan | None: ...

    async def plan(self, subject: str) -> tuple[Instalment, ...]: ...

    async def prepayment_quote(self, subject: str, amount: Decimal, *, shorten: bool) -> PrepaymentQuote: ...


class Applications(Protocol):
    """Withdrawals and prepayment: check, submit once, follow."""

    async def eligibility(self, subject: str, business: Business) -> Eligibility: ...

    async def shared_data(self, subject: str, registry: Registry) -> SharedFacts:
        """What a registry proves: the ground on which a material is waived."""
        ...

    async def submit(
        self, subject: str, business: Business, amount: Decimal, *, key: str, shorten: bool = False
    ) -> Application:
        """Submit once per idempotency key; a second call with the key returns the first result."""
        ...

    async def applications(self, subject: str) -> tuple[Application, ...]: ...


class Certificates(Protocol):
    """Certificates issued by the core system, signed by us."""

    async def issue(self, subject: str, kind: CertificateKind, *, key: str) -> Certificate: ...

    async def verify(self, code: str) -> Certificate | None: ...


class Outlets(Protocol):
    """Places, queues, tickets and bookings."""

    async def outlets(self, district: str = "") -> tuple[Outlet, ...]: ...

    async def book(self, subject: str, outlet: str, business: str, at: datetime, *, key: str) -> Ticket: ...

    async def take_ticket(self, subject: str, outlet: str, business: str, *, key: str) -> Ticket: ...

    async def tickets(self, subject: str) -> tuple[Ticket, ...]: ...

    async def cancel_ticket(self, subject: str, number: str, *, key: str) -> Ticket: ...

    async def free_times(self, outlet: str, on: date) -> tuple[datetime, ...]: ...


class Complaints(Protocol):
    """Complaints with a number."""

    async def file(self, subject: str, about: str, text: str, *, key: str) -> Complaint: ...

    async def follow_up(self, subject: str, number: str, text: str, *, key: str) -> Complaint:
        """Add to a complaint of one's own; it stays one complaint."""
        ...

    async def complaints(self, subject: str) -> tuple[Complaint, ...]: ...


class FundSystem(IdentityDesk, Accounts, Loans, Applications, Certificates, Outlets, Complaints, Protocol):
    """The whole contract; actions ask only for the part they use."""

    async def close(self) -> None: ...
