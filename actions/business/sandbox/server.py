"""The sandbox's HTTP face: checks signatures and shapes, one transaction a request, problems as the contract says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from aiohttp import web
from sqlalchemy import Connection, select

from actions.business.contract import Contract, Operation
from actions.business.sandbox import applying
from actions.business.sandbox.days import run_day
from actions.business.sandbox.demo_page import demo_page
from actions.business.sandbox.identity import IdentityBook
from actions.business.sandbox.locking import hold
from actions.business.sandbox.nonces import forget, use_up
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.receiving import check_parameters, read_body
from actions.business.sandbox.routes import HANDLES, Answer, Asked, Desk, Handle
from actions.business.sandbox.rules import Rulebook
from actions.business.sandbox.schema import town
from actions.business.sandbox.seed import Town
from actions.business.signing import Verifier
from bot.clock import CHINA, china_today
from bot.errors import StoreUnavailable
from bot.log import logger
from bot.ports import Parameters
from bot.sms import DemoSms
from bot.store.database import Database

HEALTH = "/v1/health"
BODY_BYTES = 16 * 1024
CODE_TEXT = "您的验证码是 {code},5 分钟内有效。工作人员不会向您要验证码。(演示)"
FOUNDING = 60.0  # several may start at once and wait for each other
SETTLE_EVERY = 0.5
SETTLING_DELAYED = "sandbox.settling_delayed"


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """The stand-in core system over one database."""

    database: Database
    parameters: Parameters
    verifier: Verifier
    pepper: bytes
    now: Callable[[], datetime]
    outbox: DemoSms
    contract: Contract = field(default_factory=Contract.read)
    _ran: date = field(default=date.min, init=False)

    def application(self) -> web.Application:
        """The aiohttp application; settles postings and runs the days in the background while it runs."""
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[self._guard])
        app.router.add_get("/demo", self._demo)
        for operation in self.contract.operations:
            app.router.add_route(operation.method, operation.path, self._run(operation, HANDLES[operation.id]))
        app.cleanup_ctx.append(self._settling)
        return app

    async def prepare(self) -> None:
        """Fill the town on first start, and catch up with the days since."""

        def work(connection: Connection) -> None:
            hold(connection, "town")
            if _founded_on(connection) is None:
                self.town(self.today()).build(connection)

        await self.database.write(work, deadline=FOUNDING)
        await self.run_day()

    async def run_day(self) -> None:
        """Instalments, rates and interest up to today."""
        today = self.today()
        await self.database.write(lambda connection: run_day(connection, self.parameters, today), deadline=FOUNDING)
        self._ran = today

    def today(self) -> date:
        """The day in China."""
        return china_today(self.now)()

    def town(self, founded_on: date) -> Town:
        """The generator of demo data as of the day it was founded."""
        return Town(today=founded_on, digest=self.identities().digest, parameters=self.parameters)

    def identities(self) -> IdentityBook:
        """Codes go to the demo outbox page, never to a log."""
        return IdentityBook(
            pepper=self.pepper, post_code=lambda phone, code: self.outbox.show(phone, CODE_TEXT.format(code=code))
        )

    def rules(self, now: datetime) -> Rulebook:
        """The rules of the day in China; a request is judged by the day it is booked on."""
        return Rulebook(parameters=self.parameters, on=now.astimezone(CHINA).date())

    async def _settling(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._settle_for_ever())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _settle_for_ever(self) -> None:
        """A database that is away for a while delays postings; it does not end them."""
        while True:
            try:
                if self._ran != self.today():
                    await self.run_day()
                await self.database.write(self.settle)
            except StoreUnavailable as error:
                logger().warning(SETTLING_DELAYED, error=error.code)
            await asyncio.sleep(SETTLE_EVERY)

    def settle(self, connection: Connection) -> None:
        """One look at what is due: postings to make, nonces to forget."""
        applying.settle(connection, self.now())
        forget(connection, self.now())

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            if request.path.startswith("/v1/") and request.path != HEALTH:
                await self._check_signature(request)
            return await handler(request)
        except Problem as problem:
            return _answered(problem)
        except web.HTTPRequestEntityTooLarge:
            return _answered(Problem("bad-request", "正文太长。"))
        except web.HTTPMethodNotAllowed:
            return _answered(Problem("bad-request", "这个地址不接受这种请求。"))
        except web.HTTPNotFound:
            return _answered(Problem("not-found", "没有这个地址。"))
        except StoreUnavailable:
            return _answered(Problem("unavailable", "系统繁忙,请稍后再试。", retry_after=5))

    async def _check_signature(self, request: web.Request) -> None:
        code = self.verifier.problem(request.headers, request.method, request.raw_path, await request.read())
        if code:
            raise Problem(code, "请求没有通过签名检查。")

    def _run(self, operation: Operation, handle: Handle) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        signed, reads = operation.path != HEALTH, operation.method == "GET"
        status = min(int(status) for status in operation.answers if status.startswith("2"))

        async def run(request: web.Request) -> web.StreamResponse:
            check_parameters(request, operation)
            asked = Asked(
                operation=operation.id,
                path=dict(request.match_info),
                query=dict(request.query),
                body=read_body(await request.read(), operation),
                key=request.headers.get("Idempotency-Key", ""),
                now=self.now(),
            )
            desk = Desk(rules=self.rules(asked.now), identities=self.identities())

            def work(connection: Connection) -> Answer:
                """A refusal undoes what was written, but not that the request was used up."""
                if signed:
                    use_up(connection, request.headers["X-App"], request.headers["X-Nonce"], asked.now)
                try:
                    with nullcontext() if reads else connection.begin_nested():
                        return handle(desk, connection, asked)
                except Problem as problem:
                    return problem

            return _answered(await self.database.write(work), status)

        return run

    async def _demo(self, _request: web.Request) -> web.Response:
        founded_on = await self.database.read(_founded_on) or self.today()
        page = demo_page(self.town(founded_on).personas(), self.outbox.texts)
        return web.Response(text=page, content_type="text/html")


def _founded_on(connection: Connection) -> date | None:
    return connection.execute(select(town.c.founded_on)).scalar_one_or_none()


def _answered(answer: Answer, status: int = 200) -> web.Response:
    if not isinstance(answer, Problem):
        return web.json_response(answer, status=status, dumps=_dumps)
    body = {
        "type": f"urn:jiajia:problem:{answer.code}",
        "title": answer.code,
        "status": answer.status,
        "code": answer.code,
        "detail": answer.detail,
        "retry_after": answer.retry_after,
    }
    return web.json_response(body, status=answer.status, content_type="application/problem+json", dumps=_dumps)


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
