"""Whatever the core system does wrong, the citizen hears one true sentence in time and nothing is done twice."""

import asyncio
import time
from decimal import Decimal

import pytest
from aiohttp import ClientSession

from actions.business.breaker import Breaker
from actions.business.http import HttpFundSystem
from actions.business.transport import ATTEMPTS, FAILURES_TO_OPEN, Limits, Transport
from bot.errors import BusinessRefused, FundSystemUnavailable, IdentityLocked, SubmissionUnconfirmed
from bot.fund.records import Business
from tests.actions.business.faulty import FAULTS, faulty, losing_answers
from tests.actions.business.town import MORNING, founded_file, running_town, signer_for
from tests.fakes import FakeClock

LIMITS = Limits(deadline=0.6, attempt=0.25, rest=0.2)


def before(base: str, limits: Limits = LIMITS) -> HttpFundSystem:
    return HttpFundSystem(Transport(base=base, signer=signer_for(FakeClock(MORNING)), limits=limits))


async def rent(system: HttpFundSystem):
    return await system.submit("subject-1", Business.RENT, Decimal("100.00"), key="one-and-only-key")


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_of_a_read_ends_in_unavailable_within_the_deadline(fault):
    async with faulty(fault) as server:
        system = before(server.base)
        started = time.monotonic()

        with pytest.raises(FundSystemUnavailable) as failed:
            await system.account("subject-1")

        assert time.monotonic() - started < LIMITS.deadline + 0.4
        assert "secret" not in str(failed.value)
        assert len(server.reached) <= 2 * ATTEMPTS  # aiohttp asks again by itself when a GET's connection breaks
        await system.close()


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_write_that_may_have_arrived_is_never_called_unsubmitted_and_keeps_its_key(fault):
    async with faulty(fault) as server:
        system = before(server.base)

        with pytest.raises(FundSystemUnavailable) as failed:
            await rent(system)

        assert isinstance(failed.value, SubmissionUnconfirmed)
        assert {key for _, key in server.reached} == {"one-and-only-key"}
        await system.close()


async def test_a_write_that_surely_did_not_arrive_is_called_unsubmitted():
    system = before("http://127.0.0.1:9")

    with pytest.raises(FundSystemUnavailable) as failed:
        await rent(system)

    assert not isinstance(failed.value, SubmissionUnconfirmed)
    assert "没有提交" in failed.value.say
    await system.close()


@pytest.mark.parametrize("fault", ["500", "hang-up", "silence"])
async def test_proof_of_identity_is_asked_once_only(fault):
    async with faulty(fault) as server:
        system = before(server.base)

        with pytest.raises(FundSystemUnavailable):
            await system.prove_by_code("630102198001019996", "123456")
        with pytest.raises(FundSystemUnavailable):
            await system.send_code("630102198001019996")

        assert len(server.reached) == 2
        await system.close()


async def test_the_breaker_opens_after_failures_in_a_row_lets_one_through_and_closes():
    async with faulty("500") as server:
        system = before(server.base)
        for _ in range(4):
            with pytest.raises(FundSystemUnavailable):
                await system.account("subject-1")
        reached = len(server.reached)
        with pytest.raises(FundSystemUnavailable):
            await system.account("subject-1")
        assert len(server.reached) == reached == FAILURES_TO_OPEN

        await asyncio.sleep(LIMITS.rest + 0.05)
        await asyncio.gather(*(system.account("subject-1") for _ in range(5)), return_exceptions=True)
        assert len(server.reached) == reached + 1

        server.fault = "missing-field"
        await asyncio.sleep(LIMITS.rest + 0.05)
        for _ in range(3):
            with pytest.raises(FundSystemUnavailable):
                await system.account("subject-1")
        assert len(server.reached) == reached + 4
        await system.close()


def test_a_breaker_forgets_failures_that_were_not_in_a_row():
    breaker = Breaker(failures_to_open=2, rest=10, now=lambda: 0.0)

    for _ in range(5):
        breaker.failed()
        breaker.succeeded()

    assert breaker.lets_through()


async def test_a_refusal_of_the_core_system_never_opens_the_breaker(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        for _ in range(FAILURES_TO_OPEN * 2):
            with pytest.raises(BusinessRefused):
                await town.system.account("nobody-here-1234")

        assert await town.system.outlets()


async def test_a_cancelled_turn_leaves_the_adapter_usable(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        for _ in range(5):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.001):
                    await town.system.outlets()

        assert await town.system.outlets()


async def test_a_write_delivered_twice_by_the_network_is_done_once(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        subject = (await town.system.prove_by_password(*town.numbers("租房、单身"))).subject
        target, body = f"/v1/persons/{subject}/applications", b'{"business": "rent", "amount": "100.00"}'
        headers = town.signer.headers("POST", target, body) | {"Idempotency-Key": "delivered-twice"}

        async with ClientSession() as session:
            answers = [await session.post(town.server.make_url(target), data=body, headers=headers) for _ in range(2)]

        assert [answer.status for answer in answers] == [201, 401]
        assert len(await town.system.applications(subject)) == 1


async def test_a_lost_answer_is_asked_for_again_and_gives_the_first_result(tmp_path):
    async with running_town(founded_file(tmp_path)) as town, losing_answers(town.server.port) as proxy:
        subject = (await town.system.prove_by_password(*town.numbers("租房、单身"))).subject
        system = before(f"http://127.0.0.1:{proxy}", Limits(deadline=10, attempt=5))

        filed = await system.submit(subject, Business.RENT, Decimal("100.00"), key="answer-was-lost")

        assert [one.number for one in await town.system.applications(subject)] == [filed.number]
        await system.close()


async def test_locks_are_told_as_locks(tmp_path):
    async with running_town(founded_file(tmp_path)) as town:
        number, _ = town.numbers("租房、单身")
        for _ in range(4):
            with pytest.raises(BusinessRefused):
                await town.system.prove_by_password(number, "wrong")
        with pytest.raises(IdentityLocked) as locked:
            await town.system.prove_by_password(number, "wrong")

        assert "锁定" in locked.value.say
