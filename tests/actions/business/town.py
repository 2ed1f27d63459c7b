"""The sandbox as a running server, the adapter before it, and hands on its clock, its SMS and its books."""

import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from aiohttp.test_utils import TestServer
from sqlalchemy import Connection, create_engine

from actions.business.contract import Contract
from actions.business.http import HttpFundSystem
from actions.business.sandbox.identity import IdentityBook
from actions.business.sandbox.schema import prepare
from actions.business.sandbox.seed import Town
from actions.business.sandbox.server import Sandbox
from actions.business.signing import Signer, Verifier
from actions.business.transport import Limits, Transport
from bot.sms import DemoSms
from bot.store.database import Database
from tests.fakes import FakeClock

T = TypeVar("T")
PEPPER = b"pepper of the tests"
SECRET = b"a shared secret of the tests"
MORNING = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)  # a Monday, half past nine in Xining


class DatedNumbers:
    """Parameters by first day of validity, as they are published."""

    def __init__(self, **changed: list[tuple[date, str]]) -> None:
        self.values = {
            "rent_cap_household": [(date(2024, 1, 1), "15000"), (date(2025, 1, 7), "16800")],
            "rent_cap_two_children": [(date(2025, 1, 7), "21600")],
            "rent_cap_three_children": [(date(2025, 1, 7), "26400")],
            "rent_cap_talent": [(date(2025, 1, 7), "33600")],
            "deposit_rate": [(date(2016, 2, 21), "1.50")],
            "loan_rate_first_long": [
                (date(2015, 8, 26), "3.25"),
                (date(2024, 5, 18), "2.85"),
                (date(2025, 5, 8), "2.60"),
            ],
            "loan_rate_first_short": [(date(2024, 5, 18), "2.35"), (date(2025, 5, 8), "2.10")],
        } | changed

    def value(self, parameter: str, on: date) -> str:
        return next(value for first, value in reversed(self.values[parameter]) if first <= on)


@dataclass(slots=True, kw_only=True)
class SandboxTown:
    """What the contract suite and the property test need."""

    system: HttpFundSystem
    sandbox: Sandbox
    database: Database
    clock: FakeClock
    server: TestServer
    signer: Signer

    def numbers(self, story: str) -> tuple[str, str]:
        founded = MORNING.date()
        found = next(one for one in self.sandbox.town(founded).personas() if story in one.story)
        return found.id_number, found.password

    def last_code(self) -> str:
        return re.findall(r"\d{6}", self.sandbox.outbox.texts[0].text)[0]

    async def pass_time(self, seconds: float) -> None:
        self.clock.forward(seconds)
        await self.database.write(self.sandbox.settle)

    async def look(self, work: Callable[[Connection], T]) -> T:
        return await self.database.read(work)


def signer_for(clock: FakeClock) -> Signer:
    return Signer(app="jiajia", secret=SECRET, now=lambda: clock().timestamp())


@cache
def contract() -> Contract:
    """Read once: parsing YAML takes a tenth of a second."""
    return Contract.read()


async def open_sandbox(url: str, clock: FakeClock, parameters: Any = None) -> Sandbox:
    database = await Database.open(url, prepare=prepare, deadline=30.0)
    sandbox = Sandbox(
        database=database,
        parameters=parameters or DatedNumbers(),
        verifier=Verifier(secrets_by_app={"jiajia": SECRET}, now=lambda: clock().timestamp()),
        pepper=PEPPER,
        now=clock,
        outbox=DemoSms(clock),
        contract=contract(),
    )
    await sandbox.prepare()
    return sandbox


@cache
def founded() -> bytes:
    """A database file with the demo people in it: founding takes a second, copying none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "core.db"
        engine = create_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            prepare(connection)
            book = IdentityBook(pepper=PEPPER, post_code=lambda phone, code: None)
            Town(today=MORNING.date(), digest=book.digest, parameters=DatedNumbers()).build(connection)
        engine.dispose()
        return file.read_bytes()


def founded_file(folder: Path) -> str:
    """The address of a fresh copy."""
    file = folder / "core.db"
    file.write_bytes(founded())
    return f"sqlite:///{file}"


@asynccontextmanager
async def running_town(url: str, clock: FakeClock | None = None, parameters: Any = None) -> AsyncIterator[SandboxTown]:
    clock = clock or FakeClock(MORNING)
    sandbox = await open_sandbox(url, clock, parameters)
    server = TestServer(sandbox.application())
    await server.start_server()
    signer = signer_for(clock)
    limits = Limits(deadline=20.0, attempt=10.0)
    system = HttpFundSystem(Transport(base=str(server.make_url("")), signer=signer, limits=limits))
    try:
        yield SandboxTown(
            system=system, sandbox=sandbox, database=sandbox.database, clock=clock, server=server, signer=signer
        )
    finally:
        await system.close()
        await server.close()
        await sandbox.database.close()
