"""HttpFundSystem: the core system over HTTP, in plain types; every failure becomes one of ours."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from actions.business import mapping
from actions.business.transport import Transport
from bot.errors import BusinessRefused
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

T = TypeVar("T")
ID_CARD = "01"


class HttpFundSystem:
    """The FundSystem port over the contract of openapi.yaml."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send_code(self, id_number: str) -> str:
        body = {"ZJLX": ID_CARD, "ZJHM": id_number}
        return await self._transport.typed(mapping.masked_phone, self._transport.write("/v1/identity/codes", body))

    async def prove_by_code(self, id_number: str, code: str) -> Person:
        return await self._prove(id_number, "code", code)

    async def prove_by_password(self, id_number: str, password: str) -> Person:
        return await self._prove(id_number, "password", password)

    async def prove_by_card(self, id_number: str) -> Person:
        return await self._prove(id_number, "card", "")

    async def _prove(self, id_number: str, method: str, secret: str) -> Person:
        body = {"ZJLX": ID_CARD, "ZJHM": id_number, "method": method, "secret": secret}
        return await self._transport.typed(mapping.person, self._transport.write("/v1/identity/proofs", body))

    async def account(self, subject: str) -> Account:
        return await self._read(mapping.account, _person(subject, "account"))

    async def contributions(self, subject: str, since: str, until: str) -> ContributionHistory:
        query = urlencode({"KSNY": since.replace("-", ""), "JSNY": until.replace("-", "")})
        return await self._read(mapping.contributions, _person(subject, f"contributions?{query}"))

    async def employer(self, subject: str) -> EmployerStatus:
        return await self._read(mapping.employer, _person(subject, "employer"))

    async def loan(self, subject: str) -> Loan | None:
        return await self._find(mapping.loan, _person(subject, "loan"))

    async def plan(self, subject: str) -> tuple[Instalment, ...]:
        return await self._read(mapping.plan, _person(subject, "loan/plan"))

    async def prepayment_quote(self, subject: str, amount: Decimal, *, shorten: bool) -> PrepaymentQuote:
        body = {"amount": mapping.money(amount), "shorten": shorten}
        asked = self._transport.write(_person(subject, "prepayment-quotes"), body, again=True)
        return await self._transport.typed(mapping.prepayment_quote, asked)

    async def eligibility(self, subject: str, business: Business) -> Eligibility:
        return await self._read(mapping.eligibility, _person(subject, f"eligibility/{business.value}"))

    async def shared_data(self, subject: str, registry: Registry) -> SharedFacts:
        return await self._read(mapping.shared_data, _person(subject, f"shared-data/{quote(registry.value)}"))

    async def submit(
        self, subject: str, business: Business, amount: Decimal, *, key: str, shorten: bool = False
    ) -> Application:
        body = {"business": business.value, "amount": mapping.money(amount), "shorten": shorten}
        return await self._keyed(mapping.application, _person(subject, "applications"), body, key)

    async def applications(self, subject: str) -> tuple[Application, ...]:
        return await self._read(mapping.applications, _person(subject, "applications"))

    async def issue(self, subject: str, kind: CertificateKind, *, key: str) -> Certificate:
        return await self._keyed(mapping.certificate, _person(subject, "certificates"), {"kind": kind.value}, key)

    async def verify(self, code: str) -> Certificate | None:
        return await self._find(mapping.certificate, f"/v1/certificates/{quote(code, safe='')}")

    async def outlets(self, district: str = "") -> tuple[Outlet, ...]:
        query = f"?{urlencode({'district': district})}" if district else ""
        return await self._read(mapping.outlets, f"/v1/outlets{query}")

    async def free_times(self, outlet: str, on: date) -> tuple[datetime, ...]:
        path = f"/v1/outlets/{quote(outlet, safe='')}/times?{urlencode({'on': on.isoformat()})}"
        return await self._read(mapping.times, path)

    async def book(self, subject: str, outlet: str, business: str, at: datetime, *, key: str) -> Ticket:
        body = {"outlet": outlet, "business": business, "at": at.isoformat()}
        return await self._keyed(mapping.ticket, _person(subject, "tickets"), body, key)

    async def take_ticket(self, subject: str, outlet: str, business: str, *, key: str) -> Ticket:
        body = {"outlet": outlet, "business": business, "at": None}
        return await self._keyed(mapping.ticket, _person(subject, "tickets"), body, key)

    async def tickets(self, subject: str) -> tuple[Ticket, ...]:
        return await self._read(mapping.tickets, _person(subject, "tickets"))

    async def cancel_ticket(self, subject: str, number: str, *, key: str) -> Ticket:
        path = _person(subject, f"tickets/{quote(number, safe='')}")
        return await self._keyed(mapping.ticket, path, None, key, method="DELETE")

    async def file(self, subject: str, about: str, text: str, *, key: str) -> Complaint:
        body = {"about": about, "text": text}
        return await self._keyed(mapping.complaint, _person(subject, "complaints"), body, key)

    async def follow_up(self, subject: str, number: str, text: str, *, key: str) -> Complaint:
        path = _person(subject, f"complaints/{quote(number, safe='')}/follow-ups")
        return await self._keyed(mapping.complaint, path, {"text": text}, key)

    async def complaints(self, subject: str) -> tuple[Complaint, ...]:
        return await self._read(mapping.complaints, _person(subject, "complaints"))

    async def close(self) -> None:
        await self._transport.close()

    async def _read(self, build: Callable[[Any], T], target: str) -> T:
        return await self._transport.typed(build, self._transport.read(target))

    async def _find(self, build: Callable[[Any], T], target: str) -> T | None:
        """GET and map; None when there is no such thing."""
        try:
            return await self._read(build, target)
        except BusinessRefused as refused:
            if refused.problem == "not-found":
                return None
            raise

    async def _keyed(
        self, build: Callable[[Any], T], target: str, body: object, key: str, *, method: str = "POST"
    ) -> T:
        asked = self._transport.write(target, body, key=key, again=True, method=method)
        return await self._transport.typed(build, asked, written=True)


def _person(subject: str, rest: str) -> str:
    return f"/v1/persons/{quote(subject, safe='')}/{rest}"
