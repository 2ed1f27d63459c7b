"""One signed request to the core system: deadline, retries of what is idempotent, circuit breaker, typed failures."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from actions.business.breaker import Breaker
from actions.business.signing import Signer
from bot.errors import (
    BusinessRefused,
    FundSystemUnavailable,
    IdentityLocked,
    JiajiaError,
    ProofNeeded,
    SubmissionUnconfirmed,
)

T = TypeVar("T")
ATTEMPTS = 3
FAILURES_TO_OPEN = 5
LEAST_LEFT = 0.05
PAUSE = 0.05
LONGEST_ANSWER = 2 * 1024 * 1024
SAYABLE = frozenset(
    {"not-found", "forbidden", "wrong-secret", "code-expired", "too-soon", "in-flight", "not-eligible", "over-limit"}
    | {"no-such-time"}
)
PASSING = frozenset({"replayed", "unavailable"})  # a fresh nonce, or a moment later, may do


class _Broken(Exception):
    """The core system did not answer properly. `sent` is false only when the request surely never reached it."""

    def __init__(self, name: str, *, sent: bool = True) -> None:
        super().__init__(name)
        self.sent = sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for a call with its retries, for one attempt (0: half of it), and how long an open breaker rests."""

    deadline: float = 3.0
    attempt: float = 0.0
    rest: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    target: str
    body: bytes = b""
    key: str = ""


class Transport:
    """Signed JSON over one connection pool."""

    def __init__(
        self,
        *,
        base: str,
        signer: Signer,
        limits: Limits | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base.rstrip("/")
        self._signer = signer
        self._limits = limits or Limits()
        self._now = now
        self._breaker = Breaker(failures_to_open=FAILURES_TO_OPEN, rest=self._limits.rest, now=now)
        self._session: aiohttp.ClientSession | None = None

    async def read(self, target: str) -> Any:
        """GET; tried again, because reading twice changes nothing."""
        return await self._ask(_Request(method="GET", target=target), again=True)

    async def write(
        self, target: str, body: object, *, key: str = "", again: bool = False, method: str = "POST"
    ) -> Any:
        """Send `body`; `again` only where a repetition is harmless: with an idempotency key, or a mere calculation."""
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode(errors="replace")
        return await self._ask(_Request(method=method, target=target, body=raw, key=key), again=again)

    async def typed(self, build: Callable[[Any], T], answer: Awaitable[Any], *, written: bool = False) -> T:
        """Map an answer; a field that is missing or malformed is the core system's failure, named without values.

        `written`: the answer to a write, which has happened however malformed its answer is.
        """
        plain = await answer
        try:
            return build(plain)
        except ValueError as error:
            name = f"malformed answer: {type(error).__name__}"
            raise (SubmissionUnconfirmed if written else FundSystemUnavailable)(name) from None

    async def close(self) -> None:
        """Close the pool."""
        if self._session:
            await self._session.close()

    async def _ask(self, request: _Request, *, again: bool) -> Any:
        until = self._now() + self._limits.deadline
        sent, cause = False, "breaker open"
        for attempt in range(ATTEMPTS if again else 1):
            left = until - self._now()
            if left < LEAST_LEFT or not self._breaker.lets_through():
                break
            try:
                answer = await self._once(request, min(self._limits.attempt or self._limits.deadline / 2, left))
            except _Broken as broken:
                self._breaker.failed()
                sent, cause = sent or broken.sent, str(broken)
                await asyncio.sleep(min(PAUSE * 2**attempt * random.random(), max(0.0, until - self._now())))  # noqa: S311
                continue
            self._breaker.succeeded()
            return answer
        raise (SubmissionUnconfirmed if sent and request.key else FundSystemUnavailable)(cause)

    async def _once(self, request: _Request, seconds: float) -> Any:
        """One attempt: the JSON of a 2xx answer; a refusal of the contract is raised as ours, all else as _Broken."""
        headers = self._signer.headers(request.method, request.target, request.body)
        headers["Content-Type"] = "application/json"
        if request.key:
            headers["Idempotency-Key"] = request.key
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with self._session.request(
                request.method,
                URL(self._base + request.target, encoded=True),
                data=request.body or None,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,  # a signed request goes nowhere else
            ) as response:
                plain = json.loads(await _read(response))
        except aiohttp.ClientConnectorError as error:
            raise _Broken(type(error).__name__, sent=False) from None
        except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError, OSError) as error:
            raise _Broken(type(error).__name__) from None
        if 200 <= response.status < 300:
            return plain
        if not 400 <= response.status < 500 and response.status != 503:
            raise _Broken(str(response.status))
        refusal = _refusal(plain)
        self._breaker.succeeded()
        raise refusal


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, however it is cut into pieces; too much of it is broken."""
    raw = bytearray()
    async for piece in response.content.iter_any():
        raw += piece
        if len(raw) > LONGEST_ANSWER:
            raise _Broken("answer too long")
    return bytes(raw)


def _refusal(plain: object) -> JiajiaError:
    """The problem of the contract as one of our errors; only sentences meant for citizens are passed on."""
    problem = plain if isinstance(plain, dict) else {}
    code, detail = problem.get("code"), problem.get("detail", "")
    if not isinstance(code, str) or not isinstance(detail, str) or code in PASSING:
        raise _Broken(str(code))
    if code == "locked":
        return IdentityLocked(detail)
    if code == "not-proved":
        return ProofNeeded(detail)
    if code in SAYABLE:
        return BusinessRefused(detail, problem=code)
    return FundSystemUnavailable(code)
