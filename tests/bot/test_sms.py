"""Both ways to send a text, and a gateway that fails in every way it can."""

import asyncio
import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import SmsUnavailable
from bot.sms import DemoSms, HttpSms
from tests.contracts.sms import PHONE, SmsContract
from tests.fakes import FakeClock


class TestDemoSms(SmsContract):
    @pytest.fixture
    async def sms(self):
        return DemoSms(FakeClock())

    def received(self, sms):
        return [(one.phone, one.text) for one in reversed(sms.texts)]


class Gateway:
    """A gateway as carriers run them: keeps what it took, answers what it is told."""

    def __init__(self) -> None:
        self.took: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.status, self.body, self.fault = 200, b'{"accepted": true}', ""

    async def receive(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.took.append((asked["phone"], asked["text"]))
        self.headers.append(dict(request.headers))
        if self.fault == "silent":
            await asyncio.sleep(30)
        if self.fault == "reset":
            assert request.transport
            request.transport.abort()
        if self.fault == "drip":
            answer = web.StreamResponse(headers={"Content-Length": "18"})
            await answer.prepare(request)
            for _ in range(18):
                await answer.write(b" ")
                await asyncio.sleep(0.1)
            return answer
        return web.Response(status=self.status, body=self.body, headers={"Location": "/elsewhere"})


@pytest.fixture
async def gateway():
    return Gateway()


@pytest.fixture
async def over_http(gateway):
    app = web.Application()
    app.router.add_post("/sms", gateway.receive)
    server = TestServer(app, shutdown_timeout=0.1)
    await server.start_server()
    sms = HttpSms(url=str(server.make_url("/sms")), key="k-1", sign="西宁公积金", deadline=0.4)
    yield sms
    await sms.close()
    await server.close()


class TestHttpSms(SmsContract):
    @pytest.fixture
    async def sms(self, over_http):
        return over_http

    @pytest.fixture(autouse=True)
    def _taken(self, gateway):
        self.gateway = gateway

    def received(self, sms):
        return self.gateway.took


async def test_the_gateway_gets_its_key_our_signature_and_a_new_key_per_text(over_http, gateway):
    await over_http.send(PHONE, "一")
    await over_http.send(PHONE, "一")

    assert gateway.took == [(PHONE, "【西宁公积金】一")] * 2
    assert [headers["Authorization"] for headers in gateway.headers] == ["Bearer k-1"] * 2
    assert len({headers["Idempotency-Key"] for headers in gateway.headers}) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (403, b'{"accepted": true}'),
        (302, b""),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"accepted": "yes"}'),
        (200, b'{"accepted": false, "why": "13812345678 is blocked"}'),
        (200, b'{"accepted": tr\xff'),
    ],
)
async def test_an_answer_that_does_not_accept_is_a_failure_without_the_number(over_http, gateway, caplog, status, body):
    gateway.status, gateway.body = status, body

    with caplog.at_level(logging.DEBUG), pytest.raises(SmsUnavailable) as failure:
        await over_http.send(PHONE, "好")

    assert len(gateway.took) == 1, "a text that may have gone out is not sent again"
    assert PHONE not in f"{failure.value!r}{failure.value.__cause__!r}{caplog.text}"


@pytest.mark.parametrize("fault", ["silent", "reset", "drip"])
async def test_a_gateway_that_hangs_resets_or_drips_is_given_up_within_the_deadline(over_http, gateway, fault):
    gateway.fault = fault

    with pytest.raises(SmsUnavailable):
        await over_http.send(PHONE, "好")

    assert len(gateway.took) == 1


async def test_a_gateway_that_is_not_there_is_a_failure(unused_tcp_port):
    sms = HttpSms(url=f"http://127.0.0.1:{unused_tcp_port}/sms", key="", deadline=1.0)
    try:
        with pytest.raises(SmsUnavailable):
            await sms.send(PHONE, "好")
    finally:
        await sms.close()


async def test_the_demo_keeps_the_latest_texts_and_no_whole_number():
    sms = DemoSms(FakeClock())
    for number in range(60):
        await sms.send(PHONE, f"第{number}条")

    assert [one.text for one in sms.texts] == [f"第{number}条" for number in range(59, 9, -1)]
    assert PHONE not in repr(sms.texts)
