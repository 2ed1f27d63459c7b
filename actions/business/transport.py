"""One signed request to the core system: deadline, retries of what is idempotent, circuit breaker, typed failures."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Any, TypeVar

import aiohttp
from circuitbreaker import CircuitBreaker, CircuitBreakerError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from yarl import URL

from actions.business.signing import Signer
from bot.errors import BusinessRefused, FundSystemUnavailable, IdentityLocked, ProofNeeded

T = TypeVar("T")
ATTEMPTS = 3
FAILURES_TO_OPEN = 5
LONGEST_ANSWER = 2 * 1024 * 1024
SAYABLE = frozenset(
    {"not-found", "forbidden", "wrong-secret", "code-expired", "too-soon", "in-flight", "not-eligible", "over-limit"}
    | {"no-such-time"}
)


class _Broken(Exception):
    """The core system did not answer properly: worth another try, counted by the breaker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds one attempt may take, and how long an open breaker stays open."""

    deadline: float = 3.0
    rest: float = 10.0


class Transport:
    """Signed JSON over one connection pool."""

    def __init__(self, *, base: str, signer: Signer, limits: Limits | None = None) -> None:
        self._base = base.rstrip("/")
        self._signer = signer
        limits = limits or Limits()
        self._timeout = aiohttp.ClientTimeout(total=limits.deadline)
        self._breaker = CircuitBreaker(
            failure_threshold=FAILURES_TO_OPEN, recovery_timeout=limits.rest, expected_exception=_Broken
        )
        self._session: aiohttp.ClientSession | None = None

    async def read(self, target: str) -> Any:
        """GET; tried again, because reading twice changes nothing."""
        return await self._ask("GET", target, b"", "", again=True)

    async def write(
        self, target: str, body: object, *, key: str = "", again: bool = False, method: str = "POST"
    ) -> Any:
        """Send `body`; `again` only where a repetition is harmless: with an idempotency key, or a mere calculation."""
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        return await self._ask(method, target, raw, key, again=again)

    async def typed(self, build: Callable[[Any], T], answer: Awaitable[Any]) -> T:
        """Map an answer; a field that is missing or malformed is the core system's failure, named without values."""
        plain = await answer
        try:
            return build(plain)
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise FundSystemUnavailable(f"malformed answer: {type(error).__name__}") from None

    async def close(self) -> None:
        """Close the pool."""
        if self._session:
            await self._session.close()

    async def _ask(self, method: str, target: str, body: bytes, key: str, *, again: bool) -> Any:
        tries = AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS if again else 1),
            wait=wait_random_exponential(multiplier=0.05, max=0.5),
            retry=retry_if_exception_type(_Broken),
            reraise=True,
        )
        try:
            async for attempt in tries:
                with attempt:
                    return await self._breaker.call_async(self._once, method, target, body, key)
        except (_Broken, CircuitBreakerError) as error:
            raise FundSystemUnavailable(type(error).__name__) from None
        raise FundSystemUnavailable("no attempt was made")

    async def _once(self, method: str, target: str, body: bytes, key: str) -> Any:
        headers = self._signer.headers(method, target, body) | {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        url = URL(self._base + target, encoded=True)
        try:
            async with self._session.request(method, url, data=body or None, headers=headers) as response:
                raw = await response.content.read(LONGEST_ANSWER + 1)
                if len(raw) > LONGEST_ANSWER or response.status >= 500:
                    raise _Broken(str(response.status))
                plain = json.loads(raw)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, ValueError, OSError) as error:
            raise _Broken(type(error).__name__) from None
        if response.status >= 400:
            raise _refusal(plain)
        return plain


def _refusal(plain: object) -> Exception:
    """The problem of the contract as one of our errors; only sentences meant for citizens are passed on."""
    problem = plain if isinstance(plain, dict) else {}
    code, detail = str(problem.get("code", "")), str(problem.get("detail", ""))
    if code == "locked":
        return IdentityLocked(detail)
    if code == "not-proved":
        return ProofNeeded(detail)
    if code in SAYABLE:
        return BusinessRefused(detail, problem=code)
    return FundSystemUnavailable(code or "unknown problem")
