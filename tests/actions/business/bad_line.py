"""A line to a real core system that breaks whatever may be repeated, once: the answer comes at the second try."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

ASKED_ONCE = "/v1/identity/"  # codes and proofs are never repeated by the adapter
PASSED_ON = ("X-App", "X-Algorithm", "X-Timestamp", "X-Nonce", "X-Signature", "Idempotency-Key", "Content-Type")


@dataclass(slots=True, kw_only=True)
class BadLine:
    """Passes requests on to `target`; each one that is new meets the next fault of `faults` first."""

    target: str
    session: aiohttp.ClientSession
    faults: "itertools.cycle[str]"
    met: set[str]
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        mark = (request.method, request.raw_path, request.headers.get("Idempotency-Key", ""))
        if request.path.startswith(ASKED_ONCE) or mark in self.seen:
            return await self.passed_on(request)
        self.seen.add(mark)
        fault = next(self.faults)
        self.met.add(fault)
        return await FAULTS[fault](self, request)

    async def passed_on(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        url, body = URL(self.target + request.raw_path, encoded=True), await request.read()
        async with self.session.request(request.method, url, data=body or None, headers=headers) as answer:
            return web.Response(body=await answer.read(), status=answer.status, content_type=answer.content_type)


async def _lost_on_the_way(_line: BadLine, request: web.Request) -> web.StreamResponse:
    return _cut(request)


async def _answer_lost(line: BadLine, request: web.Request) -> web.StreamResponse:
    await line.passed_on(request)
    return _cut(request)


async def _answer_cut(line: BadLine, request: web.Request) -> web.StreamResponse:
    done = await line.passed_on(request)
    half = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100000"})
    await half.prepare(request)
    assert isinstance(done.body, bytes)
    await half.write(done.body[: len(done.body) // 2])
    return _cut(request)


async def _failed_afterwards(line: BadLine, request: web.Request) -> web.StreamResponse:
    await line.passed_on(request)
    return web.Response(status=500, text="<html>Traceback</html>", content_type="text/html")


async def _malformed(line: BadLine, request: web.Request) -> web.StreamResponse:
    await line.passed_on(request)
    return web.Response(body=b'{"number": "YS', content_type="application/json")


async def _busy(_line: BadLine, _request: web.Request) -> web.StreamResponse:
    return web.json_response({"code": "unavailable", "detail": "x"}, status=503)


async def _delivered_twice(line: BadLine, request: web.Request) -> web.StreamResponse:
    await line.passed_on(request)
    return await line.passed_on(request)


async def _dripping(line: BadLine, request: web.Request) -> web.StreamResponse:
    await line.passed_on(request)
    drip = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100000"})
    await drip.prepare(request)
    for _ in range(300):
        await drip.write(b" ")
        await asyncio.sleep(0.05)
    return drip


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


FAULTS: dict[str, Callable[[BadLine, web.Request], Awaitable[web.StreamResponse]]] = {
    "lost on the way": _lost_on_the_way,
    "answer lost": _answer_lost,
    "answer cut": _answer_cut,
    "failed afterwards": _failed_afterwards,
    "malformed": _malformed,
    "busy": _busy,
    "delivered twice": _delivered_twice,
    "dripping": _dripping,
}


@asynccontextmanager
async def bad_line(target: str, faults: "itertools.cycle[str]", met: set[str]) -> AsyncIterator[str]:
    """The address of a bad line to `target`."""
    async with aiohttp.ClientSession() as session:
        line = BadLine(target=target, session=session, faults=faults, met=met)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", line.handle)
        server = TestServer(app, shutdown_timeout=0.1)
        await server.start_server()
        try:
            yield str(server.make_url("")).rstrip("/")
        finally:
            await server.close()
