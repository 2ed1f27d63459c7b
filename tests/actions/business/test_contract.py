"""openapi.yaml is valid, the sandbox answers as it says, and refuses what it does not say."""

import asyncio
import inspect
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession
from openapi_spec_validator import validate

from actions.business.http import HttpFundSystem
from actions.business.sandbox.ledger import imbalance
from actions.business.sandbox.problems import STATUS
from actions.business.sandbox.routes import HANDLES
from bot.errors import StoreUnavailable
from bot.fund.records import Business, CertificateKind, Registry
from bot.fund.system import FundSystem
from tests.actions.business.town import DatedNumbers, SandboxTown, contract, founded_file, running_town
from tests.contracts.fund_system import FundSystemContract

CONTRACT = contract()


class Recorded(Exception):
    """Instead of an answer."""


class Recording:
    """A transport that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def read(self, target: str) -> Any:
        self.asked.append(("GET", target.split("?")[0]))
        raise Recorded

    async def write(self, target: str, body: object, *, key: str = "", again: bool = False, method: str = "POST"):
        assert key or target in ("/v1/identity/codes", "/v1/identity/proofs") or "quote" in target
        self.asked.append((method, target.split("?")[0]))
        raise Recorded

    async def typed(self, build: Any, answer: Any, *, written: bool = False) -> Any:
        await answer


NUMBER, ME, TEN, AT = "630102198001019996", "subject-of-mine", Decimal(10), datetime(2026, 11, 3, 2, tzinfo=UTC)
SAMPLES: dict[str, Callable[[Any], Any]] = {
    "send_code": lambda ask: ask(NUMBER),
    "prove_by_code": lambda ask: ask(NUMBER, "123456"),
    "prove_by_password": lambda ask: ask(NUMBER, "123456"),
    "prove_by_card": lambda ask: ask(NUMBER),
    "account": lambda ask: ask(ME),
    "contributions": lambda ask: ask(ME, "2026-01", "2026-10"),
    "employer": lambda ask: ask(ME),
    "loan": lambda ask: ask(ME),
    "plan": lambda ask: ask(ME),
    "prepayment_quote": lambda ask: ask(ME, TEN, shorten=True),
    "eligibility": lambda ask: ask(ME, Business.RENT),
    "shared_data": lambda ask: ask(ME, Registry.PROPERTY),
    "submit": lambda ask: ask(ME, Business.RENT, TEN, key="a-key-of-mine"),
    "applications": lambda ask: ask(ME),
    "issue": lambda ask: ask(ME, CertificateKind.CONTRIBUTION, key="a-key-of-mine"),
    "verify": lambda ask: ask("ABCD2345EFGH6789"),
    "outlets": lambda ask: ask("城东"),
    "free_times": lambda ask: ask("WD01", AT.date()),
    "book": lambda ask: ask(ME, "WD01", "提取", AT, key="a-key-of-mine"),
    "take_ticket": lambda ask: ask(ME, "WD01", "提取", key="a-key-of-mine"),
    "tickets": lambda ask: ask(ME),
    "cancel_ticket": lambda ask: ask(ME, "Y12345678", key="a-key-of-mine"),
    "file": lambda ask: ask(ME, "服务", "等太久", key="a-key-of-mine"),
    "complaints": lambda ask: ask(ME),
    "follow_up": lambda ask: ask(ME, "TS20261102ABCDEF", "多开窗口", key="a-key-of-mine"),
}
APPLY, COMPLAIN = "/v1/persons/{me}/applications", "/v1/persons/{me}/complaints"
MINE = "key-of-mine"
RENT = {"business": "rent", "amount": "1.00"}


def key(value: str) -> dict[str, str]:
    return {"Idempotency-Key": value}


@pytest.fixture
async def town(tmp_path):
    async with running_town(founded_file(tmp_path)) as running:
        yield running


async def ask(town: SandboxTown, method: str, target: str, body: Any = None, **headers: str) -> tuple[int, str, Any]:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    signed = town.signer.headers(method, target, raw) | headers
    async with (
        ClientSession() as session,
        session.request(method, town.server.make_url(target), data=raw or None, headers=signed) as response,
    ):
        text = await response.text()
        return response.status, response.content_type, json.loads(text) if text else None


async def subject(town: SandboxTown, story: str = "租房、单身") -> str:
    return (await town.system.prove_by_password(*town.numbers(story))).subject


def test_the_document_is_a_valid_openapi_document():
    validate(CONTRACT.document)


def test_every_operation_is_served_and_nothing_else():
    assert {operation.id for operation in CONTRACT.operations} == set(HANDLES)


def test_the_adapter_asks_every_operation_and_only_those_of_the_contract():
    """`health` is for whoever watches the core system; everything else is for citizens."""
    assert asked_by_the_adapter() == {operation.id for operation in CONTRACT.operations} - {"health"}


def asked_by_the_adapter() -> set[str]:
    """What each method of the port, called once with sample values, sends."""
    recorded = Recording()
    system = HttpFundSystem(recorded)
    for method, sample in SAMPLES.items():
        with pytest.raises(Recorded):
            asyncio.run(sample(getattr(system, method)))
    return {found.id for found in map(CONTRACT.find, *zip(*recorded.asked, strict=True)) if found}


def test_every_method_of_the_port_is_sampled_and_promised_in_the_contract_suite():
    methods = {name for name in dir(FundSystem) if not name.startswith("_")} - {"close"}
    suite = inspect.getsource(FundSystemContract)

    assert set(SAMPLES) == methods
    assert [name for name in methods if f".system.{name}(" not in suite] == []


def test_every_problem_code_is_in_the_contract():
    assert set(STATUS) == set(CONTRACT.document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])


async def test_every_answer_has_the_shape_of_the_contract(town):
    me, borrower, clerk = await subject(town), await subject(town, "按月正常"), await subject(town, "经办人")
    number, password = town.numbers("租房、单身")
    mine, theirs = f"/v1/persons/{me}", f"/v1/persons/{borrower}"
    outlets = await town.system.outlets()
    time = (await town.system.free_times(outlets[0].id, date(2026, 11, 3)))[0].isoformat()
    card = {"ZJLX": "01", "ZJHM": number}
    asked: list[tuple[str, str, str, Any, dict[str, str]]] = [
        ("health", "GET", "/v1/health", None, {}),
        ("sendCode", "POST", "/v1/identity/codes", card, {}),
        ("prove", "POST", "/v1/identity/proofs", card | {"method": "password", "secret": password}, {}),
        ("account", "GET", f"{mine}/account", None, {}),
        ("contributions", "GET", f"{mine}/contributions?KSNY=202001&JSNY=202610", None, {}),
        ("employer", "GET", f"/v1/persons/{clerk}/employer", None, {}),
        ("loan", "GET", f"{theirs}/loan", None, {}),
        ("plan", "GET", f"{theirs}/loan/plan", None, {}),
        ("prepaymentQuote", "POST", f"{theirs}/prepayment-quotes", {"amount": "20000.00", "shorten": False}, {}),
        *(
            ("eligibility", "GET", f"{mine}/eligibility/{one}", None, {})
            for one in ("rent", "retirement", "prepayment")
        ),
        *(("sharedData", "GET", f"{mine}/shared-data/{one}", None, {}) for one in map(quote, ("房产", "税务"))),
        ("submit", "POST", f"{mine}/applications", {"business": "rent", "amount": "12.00"}, key("a-key-of-mine")),
        ("applications", "GET", f"{mine}/applications", None, {}),
        (
            "issueCertificate",
            "POST",
            f"{mine}/certificates",
            {"kind": "缴存证明"},
            key("other-k1"),
        ),
        ("outlets", "GET", "/v1/outlets?district=%E5%9F%8E%E4%B8%9C", None, {}),
        ("freeTimes", "GET", f"/v1/outlets/{outlets[0].id}/times?on=2026-11-03", None, {}),
        (
            "takeTicket",
            "POST",
            f"{mine}/tickets",
            {"outlet": "WD01", "business": "提取", "at": time},
            key("other-k2"),
        ),
        (
            "takeTicket",
            "POST",
            f"{mine}/tickets",
            {"outlet": "WD01", "business": "提取"},
            key("other-k3"),
        ),
        ("tickets", "GET", f"{mine}/tickets", None, {}),
        (
            "fileComplaint",
            "POST",
            f"{mine}/complaints",
            {"about": "服务", "text": "等太久"},
            key("other-k4"),
        ),
        ("complaints", "GET", f"{mine}/complaints", None, {}),
    ]
    seen = {"verifyCertificate", "cancelTicket", "followUpComplaint"}
    for operation, method, target, body, headers in asked:
        status, kind, plain = await ask(town, method, target, body, **headers)
        errors = list(CONTRACT.of(operation).answers[str(status)].iter_errors(plain))
        assert (kind, [error.message for error in errors]) == ("application/json", []), operation
        seen.add(operation)
        if operation == "takeTicket":
            ticket = plain["number"]
        if operation == "issueCertificate":
            code = plain["code"]
        if operation == "fileComplaint":
            complaint = plain["number"]
    for operation, method, target, headers in (
        ("verifyCertificate", "GET", f"/v1/certificates/{code}", {}),
        ("cancelTicket", "DELETE", f"{mine}/tickets/{ticket}", key("other-k5")),
    ):
        status, _, plain = await ask(town, method, target, None, **headers)
        assert (status, CONTRACT.of(operation).answers["200"].is_valid(plain)) == (200, True)
    more = f"{mine}/complaints/{complaint}/follow-ups"
    status, _, plain = await ask(town, "POST", more, {"text": "多开窗口"}, **key("other-k6"))
    assert (status, CONTRACT.of("followUpComplaint").answers["201"].is_valid(plain)) == (201, True)

    assert seen == {operation.id for operation in CONTRACT.operations}


BAD: list[tuple[str, str, Any, dict[str, str], str]] = [
    ("GET", "/v1/nothing", None, {}, "not-found"),
    ("GET", "/v1/persons", None, {}, "not-found"),
    ("PUT", "/v1/outlets", None, {}, "bad-request"),
    ("DELETE", "/v1/persons/{me}/account", None, {}, "bad-request"),
    ("GET", "/v1/persons/%00%00%00%00%00%00%00%00/account", None, {}, "not-found"),
    ("GET", "/v1/persons/%FF%FF%FF%FF%FF%FF%FF%FF/account", None, {}, "not-found"),
    ("GET", "/v1/persons/" + "a" * 5000 + "/account", None, {}, "not-found"),
    ("GET", "/v1/persons/{me}/contributions", None, {}, "bad-request"),
    ("GET", "/v1/persons/{me}/contributions?KSNY=202613&JSNY=202701", None, {}, "bad-request"),
    ("GET", "/v1/persons/{me}/contributions?KSNY=202610&JSNY=202601", None, {}, "bad-request"),
    ("GET", "/v1/persons/{me}/contributions?KSNY=000001&JSNY=999912", None, {}, "bad-request"),
    ("GET", "/v1/persons/{me}/contributions?KSNY=%C2%B2%C2%B2%C2%B2&JSNY=202601", None, {}, "bad-request"),
    ("GET", "/v1/persons/{me}/eligibility/lottery", None, {}, "bad-request"),
    ("GET", "/v1/persons/{me}/shared-data/CIA", None, {}, "bad-request"),
    ("GET", "/v1/outlets/WD01/times?on=2026-02-31", None, {}, "bad-request"),
    ("GET", "/v1/outlets/WD01/times", None, {}, "bad-request"),
    ("GET", "/v1/outlets/WD99/times?on=2026-11-03", None, {}, "not-found"),
    ("GET", "/v1/outlets?district=" + "x" * 21, None, {}, "bad-request"),
    ("GET", "/v1/certificates/short", None, {}, "not-found"),
    ("POST", APPLY, RENT, {}, "bad-request"),
    ("POST", APPLY, RENT, key("short"), "bad-request"),
    ("POST", APPLY, RENT, key("k" * 65), "bad-request"),
    *(
        ("POST", APPLY, body, key(MINE), "bad-request")
        for body in (
            b"",
            b"{",
            b"\xff\xfe",
            b"[]",
            b"null",
            b"[" * 15_000,
            b'{"business": "rent", "amount": "1.00"} trailing',
            {"business": "rent"},
            {"business": "rent", "amount": 1},
            {"business": "rent", "amount": "1"},
            {"business": "rent", "amount": "-1.00"},
            {"business": "rent", "amount": "1e5"},
            {"business": "rent", "amount": "NaN"},
            {"business": "rent", "amount": "１.００"},
            {"business": "rent", "amount": "9999999999999.00"},
            {"business": "lottery", "amount": "1.00"},
            {"business": ["rent"], "amount": "1.00"},
            {"business": "rent", "amount": "1.00", "shorten": "yes"},
            {"business": "rent", "amount": "1.00", "subject": "somebody-else"},
            {"business": "rent", "amount": "1.00", "pad": "x" * 20_000},
        )
    ),
    ("POST", COMPLAIN, b'{"about": "\\ud800", "text": "x"}', key(MINE), "bad-request"),
    ("POST", COMPLAIN, {"about": "\0", "text": "x"}, key(MINE), "bad-request"),
    ("POST", COMPLAIN, {"about": "x", "text": "x" * 2001}, key(MINE), "bad-request"),
    ("POST", "/v1/persons/{me}/certificates", {"kind": "出生证明"}, key(MINE), "bad-request"),
    *(
        ("POST", "/v1/persons/{me}/tickets", {"outlet": "WD01", "business": "x", "at": at}, key("k-of-mine"), code)
        for at, code in (
            ("tomorrow", "bad-request"),
            ("2026-11-03T10:00:00", "bad-request"),
            ("0001-01-01T00:00:00+08:00", "bad-request"),
            ("9999-12-31T23:59:59-08:00", "bad-request"),
            ("2026-11-01T10:00:00+08:00", "no-such-time"),
            ("2026-11-03T10:07:00+08:00", "no-such-time"),
            ("2027-11-03T10:00:00+08:00", "no-such-time"),
        )
    ),
    ("POST", "/v1/identity/codes", {"ZJLX": "09", "ZJHM": "1"}, {}, "bad-request"),
    ("POST", "/v1/identity/codes", {"ZJLX": "01", "ZJHM": "1" * 19}, {}, "bad-request"),
    ("POST", "/v1/identity/proofs", {"ZJLX": "01", "ZJHM": "1", "method": "magic", "secret": "1"}, {}, "bad-request"),
]  # fmt: skip


async def test_whatever_the_contract_does_not_say_is_refused_as_a_problem_and_nothing_is_written(town):
    me = await subject(town)
    before = await town.system.account(me)
    wrong = []
    for method, target, body, headers, code in BAD:
        status, kind, plain = await ask(town, method, target.replace("{me}", me), body, **headers)
        schema = CONTRACT.of("account").answers["default"]
        if (
            kind != "application/problem+json"
            or plain["code"] != code
            or plain["status"] != status
            or not schema.is_valid(plain)
        ):
            wrong.append((method, target[:60], str(body)[:60], status, kind, plain))

    assert wrong == []
    assert await town.system.account(me) == before
    assert (await town.system.applications(me), await town.system.tickets(me)) == ((), ())
    assert await town.look(imbalance) == []


async def test_an_unsigned_request_learns_nothing_about_addresses_or_people(town):
    async with ClientSession() as session:
        answers = [
            await session.get(town.server.make_url(target))
            for target in (
                f"/v1/persons/{await subject(town)}/account",
                "/v1/persons/nobody-here/account",
                "/v1/nothing",
            )
        ]

    assert {(answer.status, (await answer.json(content_type=None))["code"]) for answer in answers} == {
        (401, "bad-signature")
    }


async def test_a_key_used_for_another_request_is_refused(town):
    me = await subject(town)
    used = key("used-for-two")
    await ask(town, "POST", APPLY.format(me=me), {"business": "rent", "amount": "1.00"}, **used)

    other = await ask(town, "POST", APPLY.format(me=me), {"business": "rent", "amount": "2.00"}, **used)
    elsewhere = await ask(town, "POST", f"/v1/persons/{me}/certificates", {"kind": "缴存证明"}, **used)

    assert (other[0], other[2]["code"]) == (elsewhere[0], elsewhere[2]["code"]) == (409, "key-reused")


async def test_a_refused_write_leaves_its_key_free_for_another_try(town):
    me = await subject(town)
    free = key("try-again-1")

    refused = await ask(town, "POST", APPLY.format(me=me), {"business": "rent", "amount": "99999.00"}, **free)
    taken = await ask(town, "POST", APPLY.format(me=me), {"business": "rent", "amount": "99.00"}, **free)

    assert (refused[0], taken[0]) == (422, 201)


async def test_the_demo_page_shows_people_and_codes_and_no_markup_of_others(town):
    await town.system.send_code(town.numbers("租房、单身")[0])
    async with ClientSession() as session, session.get(town.server.make_url("/demo")) as response:
        page = await response.text()

    assert town.numbers("租房、单身")[0] in page
    assert town.last_code() in page


async def test_the_demo_people_stay_who_they_are_when_the_year_ends(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        town.clock.forward(200 * 86_400)
        async with ClientSession() as session, session.get(town.server.make_url("/demo")) as response:
            page = await response.text()

        assert town.numbers("租房、单身")[0] in page


async def test_a_database_of_an_older_release_is_begun_anew(tmp_path):
    url = founded_file(tmp_path)
    with sqlite3.connect(tmp_path / "core.db") as older:
        older.execute("UPDATE layout SET fingerprint = 'of an older release'")
        older.execute("ALTER TABLE loans DROP COLUMN monthly")
    older.close()

    async with running_town(url) as town:
        assert await subject(town)
        assert await town.look(imbalance) == []


async def test_the_sandbox_outlives_a_database_that_is_away_for_a_moment(town, monkeypatch):
    me = await subject(town)
    await ask(
        town,
        "POST",
        APPLY.format(me=me),
        {"business": "rent", "amount": "9.00"},
        **key("outage-1"),
    )
    real, failures = town.database.write, []

    async def away(work, **_):
        failures.append(1)
        raise StoreUnavailable("OperationalError")

    monkeypatch.setattr(town.database, "write", away)
    await asyncio.sleep(0.8)
    down = await ask(town, "POST", COMPLAIN.format(me=me), {"about": "x", "text": "y"}, **key("outage-2"))
    monkeypatch.setattr(town.database, "write", real)
    town.clock.forward(10)
    for _ in range(30):
        await asyncio.sleep(0.1)
        if (await town.system.applications(me))[0].state == "posted":
            break

    assert (failures != [], down[0], down[2]["code"]) == (True, 503, "unavailable")
    assert (await town.system.applications(me))[0].state == "posted"


@pytest.mark.parametrize(("year", "cap"), [(2025, "16800.00"), (2026, "18000.00")])
async def test_the_cap_is_the_one_published_for_the_day(tmp_path, year, cap):
    numbers = DatedNumbers(rent_cap_household=[(date(2025, 1, 7), "16800"), (date(2026, 1, 1), "18000")])
    async with running_town(founded_file(tmp_path), parameters=numbers) as town:
        me = await subject(town)
        town.clock.moment = town.clock.moment.replace(year=year)

        status, _, plain = await ask(town, "GET", f"/v1/persons/{me}/eligibility/rent")

    assert (status, plain["limit"]) == (200, cap)
