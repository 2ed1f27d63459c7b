"""A captured request is good for nothing: not again, not after a restart, not at another process, not when refused."""

import json
from datetime import timedelta

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from actions.business.sandbox.nonces import KEPT
from actions.business.sandbox.schema import nonces
from actions.business.signing import CLOCK_SKEW
from tests.actions.business.town import MORNING, founded_file, open_sandbox, running_town
from tests.fakes import FakeClock

PROVE, OUTLETS = "/v1/identity/proofs", "/v1/outlets"


async def send(server: TestServer, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> str:
    """The problem's code, or nothing when it was answered."""
    async with (
        ClientSession() as session,
        session.request(method, server.make_url(target), data=body or None, headers=headers) as answer,
    ):
        plain = await answer.json(content_type=None)
        return plain["code"] if answer.status >= 400 else ""


async def test_a_request_is_good_once(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        captured = town.signer.headers("GET", OUTLETS, b"")

        answers = [await send(town.server, "GET", OUTLETS, captured) for _ in range(3)]

        assert answers == ["", "replayed", "replayed"]


async def test_a_restart_forgets_no_request(tmp_path):
    url = founded_file(tmp_path)
    async with running_town(url) as town:
        captured = town.signer.headers("GET", OUTLETS, b"")
        assert await send(town.server, "GET", OUTLETS, captured) == ""

    async with running_town(url) as town:
        assert await send(town.server, "GET", OUTLETS, captured) == "replayed"


async def test_another_process_on_the_same_database_knows_it_too(tmp_path):
    url, clock = founded_file(tmp_path), FakeClock(MORNING)
    async with running_town(url, clock) as town:
        other = await open_sandbox(url, clock)
        server = TestServer(other.application())
        await server.start_server()
        captured = town.signer.headers("GET", OUTLETS, b"")

        answers = [await send(one, "GET", OUTLETS, captured) for one in (town.server, server)]

        assert answers == ["", "replayed"]
        await server.close()
        await other.database.close()


async def test_a_refused_request_is_used_up_and_its_refusal_still_counts(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        number, _ = town.numbers("租房、单身")
        body = json.dumps({"ZJLX": "01", "ZJHM": number, "method": "password", "secret": "wrong"}).encode()
        captured = town.signer.headers("POST", PROVE, body)

        answers = [await send(town.server, "POST", PROVE, captured, body) for _ in range(8)]

        assert answers == ["wrong-secret", *["replayed"] * 7], "replays neither guess nor lock the citizen out"


async def test_nonces_are_kept_as_long_as_a_timestamp_is_good_and_no_longer(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:

        async def kept() -> int:
            return await town.look(lambda c: c.execute(select(func.count()).select_from(nonces)).scalar_one())

        ahead = FakeClock(MORNING + timedelta(seconds=CLOCK_SKEW - 1))  # whose clock goes fast
        town.signer = type(town.signer)(app="jiajia", secret=town.signer.secret, now=lambda: ahead().timestamp())
        captured = town.signer.headers("GET", OUTLETS, b"")
        assert await send(town.server, "GET", OUTLETS, captured) == ""
        town.clock.forward(2 * CLOCK_SKEW - 2)
        await town.database.write(town.sandbox.settle)
        assert await send(town.server, "GET", OUTLETS, captured) == "replayed"

        town.clock.forward(KEPT.total_seconds())
        await town.database.write(town.sandbox.settle)

        assert await kept() == 0
        assert await send(town.server, "GET", OUTLETS, captured) == "clock-skew"
