"""The sandbox's HTTP face: checks signatures, one transaction a request, problems as the contract says."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, func, select

from actions.business.sandbox import applying, borrowing, counter, viewing
from actions.business.sandbox.identity import IdentityBook
from actions.business.sandbox.persons import dossier, shared_data
from actions.business.sandbox.problems import Problem
from actions.business.sandbox.rules import Rulebook
from actions.business.sandbox.schema import people
from actions.business.sandbox.seed import Town
from actions.business.sandbox.wire import to_fen
from actions.business.sandbox.writing import once
from actions.business.signing import Verifier
from bot.fund.records import Business
from bot.ports import Parameters
from bot.store.database import Database

CHINA = timezone(timedelta(hours=8))
BODY_BYTES = 16 * 1024
SETTLE_EVERY = 0.5
Answer = dict[str, Any] | list[Any]
Handle = Callable[[Connection, "Asked"], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, taken apart."""

    path: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    key: str
    now: datetime

    @property
    def subject(self) -> str:
        """The person the path names."""
        return self.path["KHBH"]


@dataclass(slots=True, kw_only=True)
class Sandbox:
    """The stand-in core system over one database."""

    database: Database
    parameters: Parameters
    verifier: Verifier
    pepper: bytes
    now: Callable[[], datetime]
    outbox: deque[tuple[str, str, datetime]] = field(default_factory=lambda: deque(maxlen=50))

    def application(self) -> web.Application:
        """The aiohttp application; settles postings in the background while it runs."""
        app = web.Application(client_max_size=BODY_BYTES, middlewares=[self._guard])
        app.router.add_get("/v1/health", self._health)
        app.router.add_get("/demo", self._demo)
        for method, path, handle in ROUTES:
            app.router.add_route(method, path, self._run(handle))
        app.cleanup_ctx.append(self._settling)
        return app

    async def prepare(self) -> None:
        """Fill the town on first start."""
        town = self.town()

        def work(connection: Connection) -> None:
            if not connection.execute(select(func.count()).select_from(people)).scalar_one():
                town.build(connection)

        await self.database.write(work)

    def town(self) -> Town:
        """The generator of demo data for today."""
        return Town(today=self.now().astimezone(CHINA).date(), digest=self.identities().digest)

    def identities(self) -> IdentityBook:
        """Codes go to the demo outbox page, never to a log."""
        return IdentityBook(
            pepper=self.pepper, post_code=lambda phone, code: self.outbox.appendleft((phone, code, self.now()))
        )

    def rules(self) -> Rulebook:
        """Today's rules."""
        return Rulebook(parameters=self.parameters, on=self.now().astimezone(CHINA).date())

    async def _settling(self, _app: web.Application) -> AsyncIterator[None]:
        async def forever() -> None:
            while True:
                await asyncio.sleep(SETTLE_EVERY)
                await self.database.write(lambda connection: applying.settle(connection, self.now()))

        task = asyncio.create_task(forever())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.path.startswith("/v1/") and request.path != "/v1/health":
            code = self.verifier.problem(request.headers, request.method, request.raw_path, await request.read())
            if code:
                return _problem(Problem(code, "请求没有通过签名检查。"))
        try:
            return await handler(request)
        except Problem as problem:
            return _problem(problem)

    def _run(self, handle: Handle) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def run(request: web.Request) -> web.StreamResponse:
            asked = Asked(
                path=dict(request.match_info),
                query=dict(request.query),
                body=_body(await request.read()),
                key=request.headers.get("Idempotency-Key", ""),
                now=self.now(),
            )
            answer = await self.database.write(lambda connection: handle(self, connection, asked))  # type: ignore[call-arg,arg-type]
            if isinstance(answer, dict) and "problem" in answer:
                raise Problem(answer["problem"], answer["detail"])
            return web.json_response(answer, status=_success(request), dumps=_dumps)

        return run

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "demo": True})

    async def _demo(self, _request: web.Request) -> web.Response:
        rows = "".join(
            f"<tr><td>{p.story}</td><td>{p.id_number}</td><td>{p.password}</td></tr>" for p in self.town().personas()
        )
        codes = "".join(
            f"<tr><td>{phone}</td><td>{code}</td><td>{at.astimezone(CHINA):%H:%M:%S}</td></tr>"
            for phone, code, at in self.outbox
        )
        return web.Response(text=DEMO.format(rows=rows, codes=codes), content_type="text/html")


DEMO = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>演示核心系统</title>
<style>body{{font:16px/1.6 sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}}td,th{{padding:.3rem .8rem;
border-bottom:1px solid #ddd;text-align:left}}</style>
<h1>演示核心系统</h1><p>以下都是生成的演示数据,不属于任何真人。</p>
<table><tr><th>人物</th><th>身份证号(演示)</th><th>查询密码</th></tr>{rows}</table>
<h2>短信验证码</h2><table><tr><th>手机</th><th>验证码</th><th>时间</th></tr>{codes}</table></html>"""


def _body(raw: bytes) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Problem("bad-request", "正文不是 JSON。") from None
    if not isinstance(body, dict):
        raise Problem("bad-request", "正文要是一个对象。")
    return body


def _success(request: web.Request) -> int:
    if request.method == "POST":
        return 202 if request.path.endswith("/codes") else 200 if request.path.endswith(("proofs", "quotes")) else 201
    return 200


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _problem(problem: Problem) -> web.Response:
    body = {
        "type": f"urn:jiajia:problem:{problem.code}",
        "title": problem.code,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "retry_after": problem.retry_after,
    }
    return web.json_response(body, status=problem.status, content_type="application/problem+json", dumps=_dumps)


def _text(asked: Asked, name: str, most: int) -> str:
    value = asked.body.get(name)
    if not isinstance(value, str) or not value or len(value) > most:
        raise Problem("bad-request", f"{name} 不对。")
    return value


def _business(value: object) -> Business:
    try:
        return Business(str(value))
    except ValueError:
        raise Problem("bad-request", "没有这种业务。") from None


def _send_code(box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    return box.identities().send_code(connection, _text(asked, "ZJHM", 18).upper(), asked.now)


def _prove(box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    method = asked.body.get("method")
    if method not in ("code", "password"):
        raise Problem("bad-request", "method 不对。")
    number, secret = _text(asked, "ZJHM", 18).upper(), _text(asked, "secret", 32)
    return box.identities().prove(connection, number, method, secret, asked.now)


def _submit(box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    wish = applying.Submission(
        subject=asked.subject,
        business=_business(asked.body.get("business")),
        amount=to_fen(asked.body.get("amount")),
        shorten=asked.body.get("shorten") is True,
    )
    rules = box.rules()
    return once(connection, asked.subject, asked.key, asked.body, lambda c: applying.submit(c, rules, wish, asked.now))


def _quote(box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    amount, on = to_fen(asked.body.get("amount")), asked.now.astimezone(CHINA).date()
    return borrowing.quote(connection, asked.subject, amount, shorten=asked.body.get("shorten") is True, on=on)


def _times(_box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    try:
        on = date.fromisoformat(asked.query.get("on", ""))
    except ValueError:
        raise Problem("bad-request", "日期写法不对。") from None
    return counter.free_times(connection, asked.path["outlet"], on, asked.now)


def _shared(_box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    registry = asked.path["registry"]
    facts = shared_data(dossier(connection, asked.subject), registry)
    return {"registry": registry, "facts": facts, "checked_at": asked.now.isoformat()}


def _contributions(_box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    since, until = asked.query.get("KSNY", ""), asked.query.get("JSNY", "")
    if not all(len(month) == 6 and month.isdigit() for month in (since, until)):
        raise Problem("bad-request", "年月要写成 YYYYMM。")
    return viewing.show_contributions(connection, asked.subject, since, until)


def _take(_box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    request = {
        "outlet": _text(asked, "outlet", 20),
        "business": _text(asked, "business", 40),
        "at": asked.body.get("at"),
    }
    return once(
        connection, asked.subject, asked.key, request, lambda c: counter.take(c, asked.subject, request, asked.now)
    )


def _cancel(_box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    number = asked.path["number"]
    return once(
        connection, asked.subject, asked.key, number, lambda c: counter.cancel(c, asked.subject, number, asked.now)
    )


def _complain(_box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    about, text = _text(asked, "about", 60), _text(asked, "text", 2000)
    return once(
        connection,
        asked.subject,
        asked.key,
        [about, text],
        lambda c: counter.file_complaint(c, asked.subject, about, text, asked.now),
    )


def _issue(_box: Sandbox, connection: Connection, asked: Asked) -> Answer:
    kind = _text(asked, "kind", 20)
    return once(connection, asked.subject, asked.key, kind, lambda c: counter.issue(c, asked.subject, kind, asked.now))


PERSON = "/v1/persons/{KHBH}"
ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/v1/identity/codes", _send_code),
    ("POST", "/v1/identity/proofs", _prove),
    ("GET", PERSON + "/account", lambda b, c, a: viewing.show_account(c, a.subject)),
    ("GET", PERSON + "/contributions", _contributions),
    ("GET", PERSON + "/employer", lambda b, c, a: viewing.show_employer(c, a.subject)),
    ("GET", PERSON + "/loan", lambda b, c, a: borrowing.show_loan(c, a.subject)),
    ("GET", PERSON + "/loan/plan", lambda b, c, a: borrowing.show_plan(c, a.subject)),
    ("POST", PERSON + "/prepayment-quotes", _quote),
    (
        "GET",
        PERSON + "/eligibility/{business}",
        lambda b, c, a: applying.show_eligibility(c, b.rules(), a.subject, _business(a.path["business"])),
    ),
    ("GET", PERSON + "/shared-data/{registry}", _shared),
    ("GET", PERSON + "/applications", lambda b, c, a: applying.show_all(c, a.subject)),
    ("POST", PERSON + "/applications", _submit),
    ("POST", PERSON + "/certificates", _issue),
    ("GET", "/v1/certificates/{code}", lambda b, c, a: counter.verify(c, a.path["code"])),
    ("GET", "/v1/outlets", lambda b, c, a: counter.show_outlets(c, a.query.get("district", ""), a.now)),
    ("GET", "/v1/outlets/{outlet}/times", _times),
    ("GET", PERSON + "/tickets", lambda b, c, a: counter.show_tickets(c, a.subject, a.now)),
    ("POST", PERSON + "/tickets", _take),
    ("DELETE", PERSON + "/tickets/{number}", _cancel),
    ("GET", PERSON + "/complaints", lambda b, c, a: counter.show_complaints(c, a.subject, a.now)),
    ("POST", PERSON + "/complaints", _complain),
)
