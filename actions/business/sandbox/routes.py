"""What each operation of the contract does with one request whose shape has been checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from actions.business.sandbox import applying, borrowing, certifying, complaining, counter, viewing
from actions.business.sandbox.identity import IdentityBook
from actions.business.sandbox.persons import dossier, shared_data
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.rules import Rulebook
from actions.business.sandbox.wire import to_fen
from actions.business.sandbox.writing import once
from bot.clock import CHINA
from bot.fund.records import Business

Answer = dict[str, Any] | list[Any] | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, taken apart; body, path and query have the contract's shape."""

    operation: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    key: str
    now: datetime

    @property
    def subject(self) -> str:
        """The person the path names."""
        return self.path["KHBH"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the operations need besides a connection: today's rules, and who proves identities."""

    rules: Rulebook
    identities: IdentityBook


Handle = Callable[[Desk, Connection, Asked], Answer]


def _once(connection: Connection, asked: Asked, request: object, write: Callable[[], dict[str, Any]]) -> Answer:
    return once(connection, asked.subject, asked.key, [asked.operation, request], lambda _: write())


def _health(_desk: Desk, _connection: Connection, _asked: Asked) -> Answer:
    return {"status": "ok", "demo": True}


def _send_code(desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return desk.identities.send_code(connection, asked.body["ZJHM"].upper(), asked.now)


def _prove(desk: Desk, connection: Connection, asked: Asked) -> Answer:
    number, method, secret = asked.body["ZJHM"].upper(), asked.body["method"], asked.body["secret"]
    return desk.identities.prove(connection, number, method, secret, asked.now)


def _account(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return viewing.show_account(connection, asked.subject)


def _contributions(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return viewing.show_contributions(connection, asked.subject, asked.query["KSNY"], asked.query["JSNY"])


def _employer(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return viewing.show_employer(connection, asked.subject)


def _loan(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return borrowing.show_loan(connection, asked.subject)


def _plan(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return borrowing.show_plan(connection, asked.subject)


def _quote(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    amount, on = to_fen(asked.body["amount"]), asked.now.astimezone(CHINA).date()
    return borrowing.quote(connection, asked.subject, amount, shorten=asked.body["shorten"], on=on)


def _eligibility(desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return applying.show_eligibility(connection, desk.rules, asked.subject, Business(asked.path["business"]))


def _shared(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    registry = asked.path["registry"]
    facts = shared_data(dossier(connection, asked.subject), registry)
    return {"registry": registry, "facts": facts, "checked_at": asked.now.isoformat()}


def _applications(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return applying.show_all(connection, asked.subject)


def _submit(desk: Desk, connection: Connection, asked: Asked) -> Answer:
    wish = applying.Submission(
        subject=asked.subject,
        business=Business(asked.body["business"]),
        amount=to_fen(asked.body["amount"]),
        shorten=asked.body.get("shorten", False),
    )
    return _once(connection, asked, asked.body, lambda: applying.submit(connection, desk.rules, wish, asked.now))


def _issue(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    kind = asked.body["kind"]
    return _once(connection, asked, kind, lambda: certifying.issue(connection, asked.subject, kind, asked.now))


def _verify(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return certifying.verify(connection, asked.path["code"])


def _outlets(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return counter.show_outlets(connection, asked.query.get("district", ""), asked.now)


def _times(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    on = date.fromisoformat(asked.query["on"])
    return counter.free_times(connection, asked.path["outlet"], on, asked.now)


def _tickets(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return counter.show_tickets(connection, asked.subject, asked.now)


def _take(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    request = {name: asked.body.get(name) for name in ("outlet", "business", "at")}
    return _once(connection, asked, request, lambda: counter.take(connection, asked.subject, request, asked.now))


def _cancel(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    number = asked.path["number"]
    return _once(connection, asked, number, lambda: counter.cancel(connection, asked.subject, number, asked.now))


def _complaints(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    return complaining.show_all(connection, asked.subject, asked.now)


def _complain(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    about, text = asked.body["about"], asked.body["text"]
    return _once(
        connection,
        asked,
        [about, text],
        lambda: complaining.file(connection, asked.subject, about, text, asked.now),
    )


def _follow_up(_desk: Desk, connection: Connection, asked: Asked) -> Answer:
    number, text = asked.path["number"], asked.body["text"]
    return _once(
        connection,
        asked,
        [number, text],
        lambda: complaining.follow_up(connection, asked.subject, number, text, asked.now),
    )


HANDLES: Mapping[str, Handle] = {
    "health": _health,
    "sendCode": _send_code,
    "prove": _prove,
    "account": _account,
    "contributions": _contributions,
    "employer": _employer,
    "loan": _loan,
    "plan": _plan,
    "prepaymentQuote": _quote,
    "eligibility": _eligibility,
    "sharedData": _shared,
    "applications": _applications,
    "submit": _submit,
    "issueCertificate": _issue,
    "verifyCertificate": _verify,
    "outlets": _outlets,
    "freeTimes": _times,
    "tickets": _tickets,
    "takeTicket": _take,
    "cancelTicket": _cancel,
    "complaints": _complaints,
    "fileComplaint": _complain,
    "followUpComplaint": _follow_up,
}
