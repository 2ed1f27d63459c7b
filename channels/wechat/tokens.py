"""The access token: read by every process, fetched by the one that holds the lease."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.log import logger
from channels.wechat.refusals import PlatformUnreachable
from channels.wechat.token_store import AccessToken, TokenStore

TOKEN_FETCHED = "token.fetched"  # noqa: S105 - an event's name
MARGIN = timedelta(minutes=5)  # WeChat renews five minutes ahead, and both are valid meanwhile
_LOOK, _PATIENCE = 0.05, 12.0

Fetch = Callable[[bool], Awaitable[AccessToken]]


class AccessTokens:
    """`fetch(force)` asks stable_token; force also when that still returns a token WeChat has refused."""

    def __init__(self, store: TokenStore, fetch: Fetch, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._fetch = fetch
        self._now = now
        self._known: AccessToken | None = None
        self._one = asyncio.Lock()

    async def current(self, refused: str = "") -> str:
        """Return a token that is valid and not `refused`; raises PlatformRefused, StoreUnavailable."""
        if self._usable(self._known, refused):
            return self._value()
        async with self._one:
            if not self._usable(self._known, refused):
                self._known = await self._shared(refused)
        return self._value()

    async def _shared(self, refused: str) -> AccessToken:
        until = asyncio.get_running_loop().time() + _PATIENCE
        while asyncio.get_running_loop().time() < until:
            shared = await self._store.read()
            if shared is not None and self._usable(shared, refused):
                return shared
            if await self._store.lease():
                return await self._fetched(refused)
            await asyncio.sleep(_LOOK)
        raise PlatformUnreachable

    async def _fetched(self, refused: str) -> AccessToken:
        token = None
        try:
            shared = await self._store.read()  # somebody may have been first between our look and our lease
            if shared is not None and self._usable(shared, refused):
                return shared
            token = await self._fetch(False)
            if token.value == refused and await self._store.forcing():
                token = await self._fetch(True)
            logger().info(TOKEN_FETCHED, expires_at=token.expires_at.isoformat(), after_refusal=bool(refused))
            return token
        finally:
            await self._store.keep(token)

    def _usable(self, token: AccessToken | None, refused: str) -> bool:
        return token is not None and token.value != refused and token.expires_at - MARGIN > self._now()

    def _value(self) -> str:
        return self._known.value if self._known else ""
