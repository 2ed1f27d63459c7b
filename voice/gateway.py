"""Reaches the gateway over HTTP from the telephone's process; what may be asked twice is asked again after a break."""

import asyncio
from typing import TypeVar

import aiohttp

from bot.errors import FrameRefused, GatewayUnavailable
from bot.guard import shown
from bot.line import PATH, Abilities, Answered, Asked, CallBack, Done, Rated, Text
from bot.wire import decode, encode

LONGEST_TURN = 25.0  # the gateway itself gives up a caller's turn before that
QUICK = 3.0
PAUSE = 0.5
T = TypeVar("T")


class HttpGateway:
    """Implements `Gateway`. A turn is asked by its id, so a gateway that restarts meanwhile answers it once."""

    def __init__(self, url: str, token: str, *, deadline: float = LONGEST_TURN) -> None:
        self._url = url.rstrip("/") + PATH
        self._token = token
        self._deadline = deadline
        self._session: aiohttp.ClientSession | None = None

    async def abilities(self) -> Abilities:
        return await self._once("", None, Abilities)

    async def ask(self, asked: Asked) -> Answered:
        try:
            async with asyncio.timeout(self._deadline):
                while True:
                    try:
                        return await self._once("/turns", asked, Answered, deadline=self._deadline)
                    except GatewayUnavailable as error:
                        if not error.again:
                            raise
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise GatewayUnavailable("the gateway gave no turn in time") from None

    async def rate(self, rated: Rated) -> None:
        await self._once("/ratings", rated, Done)

    async def text(self, text: Text) -> bool:
        return (await self._once("/texts", text, Done)).done

    async def call_back(self, wish: CallBack) -> bool:
        return (await self._once("/call-backs", wish, Done)).done

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _once(self, path: str, body: object, kind: type[T], *, deadline: float = QUICK) -> T:
        method, data = ("GET", None) if body is None else ("POST", encode(body))
        wait = aiohttp.ClientTimeout(total=deadline, connect=QUICK)
        try:
            async with self._open().request(method, self._url + path, data=data, timeout=wait) as answer:
                if answer.status != 200:
                    raise GatewayUnavailable(f"the gateway answered {answer.status}", again=answer.status >= 500)
                return decode(await answer.read(), kind)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:  # the cause may quote the body
            raise GatewayUnavailable(f"no gateway: {type(error).__name__}", again=True) from None
        except FrameRefused as error:
            raise GatewayUnavailable(f"the gateway answered something else: {error}") from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=shown(self._token))
        return self._session
