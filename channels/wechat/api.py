"""WeChat's server interface, as far as this door uses it: typed calls, a deadline each, WeChat's codes as errors.

wechatpy's client is not used here: it blocks the event loop, follows no deadline by default and fetches a new access
token in whichever process meets a refusal, which invalidates everybody else's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import aiohttp

from bot.errors import FrameRefused
from bot.wire import decode, encode
from channels.wechat.refusals import TOKEN_INVALID, PlatformRefused, PlatformSilent, PlatformUnreachable
from channels.wechat.shown import Part, to_customer_service
from channels.wechat.token_store import AccessToken, TokenStore
from channels.wechat.tokens import AccessTokens

T = TypeVar("T")
PLATFORM = "https://api.weixin.qq.com"
LARGEST_MEDIA_BYTES = 2 * 1024 * 1024  # WeChat's own limit for a voice message
_CLOSED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One line of the customer-service record: what reached whom and when (seconds since 1970)."""

    openid: str
    text: str
    time: int
    opercode: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    errcode: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    access_token: str = ""
    expires_in: int = 0
    errcode: int = 0
    errmsg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    recordlist: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Openid:
    openid: str = ""
    errcode: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    template_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Templates:
    template_list: tuple[_Template, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addresses:
    ip_list: tuple[str, ...] = ()


class PlatformApi:
    """Raises PlatformRefused and its kinds; the secret and tokens appear in no error."""

    def __init__(
        self,
        *,
        app_id: str,
        secret: str,
        store: TokenStore,
        now: Callable[[], datetime],
        url: str = PLATFORM,
        deadline: float = 5.0,
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self._url = url.rstrip("/")
        self._now = now
        self._deadline = deadline
        self._session: aiohttp.ClientSession | None = None
        self.tokens = AccessTokens(store, self.fetch_token, now=now)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch_token(self, force: bool) -> AccessToken:
        """Ask for the shared token (stable_token: asking again does not end the last one unless forced)."""
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": force,
        }
        token = _read(await self._post("/cgi-bin/stable_token", encode(body)), _Token)
        if token.errcode or not token.access_token:
            raise PlatformRefused(token.errcode, token.errmsg)
        return AccessToken(value=token.access_token, expires_at=self._now() + timedelta(seconds=token.expires_in))

    async def send(self, part: Part, openid: str) -> None:
        """Send one customer-service message."""
        await self.call("/cgi-bin/message/custom/send", to_customer_service(part, openid))

    async def typing(self, openid: str) -> None:
        """Show 对方正在输入."""
        await self.call("/cgi-bin/message/custom/typing", {"touser": openid, "command": "Typing"})

    async def notify(self, openid: str, template: str, first: str) -> None:
        """Send a template message that invites the citizen to write again."""
        data = {"thing1": {"value": first[:20]}}
        await self.call("/cgi-bin/message/template/send", {"touser": openid, "template_id": template, "data": data})

    async def sent(self, since: datetime, until: datetime) -> tuple[Sent, ...]:
        """Return what customer service sent between two moments (at most a day)."""
        body = {
            "starttime": int(since.timestamp()),
            "endtime": int(until.timestamp()) + 1,
            "msgid": 1,
            "number": 10_000,
        }
        raw = await self.call("/customservice/msgrecord/getmsglist", body)
        return tuple(line for line in _read(raw, _Records).recordlist if line.opercode in (0, 2002))

    async def openid(self, code: str) -> str:
        """Return who consented on the OAuth page (snsapi_base)."""
        query = {"appid": self._app_id, "secret": self._secret, "code": code, "grant_type": "authorization_code"}
        found = _read(await self._get("/sns/oauth2/access_token", query, 64 * 1024), _Openid)
        if found.errcode or not found.openid:
            raise PlatformRefused(found.errcode)
        return found.openid

    async def media(self, media_id: str) -> bytes:
        """Download a voice message (AMR); a refused token is replaced once."""
        token = await self.tokens.current()
        raw, code = await self._recording(media_id, token)
        if code in TOKEN_INVALID:
            raw, code = await self._recording(media_id, await self.tokens.current(refused=token))
        if code:
            raise PlatformRefused(code)
        return raw

    async def _recording(self, media_id: str, token: str) -> tuple[bytes, int]:
        query = {"access_token": token, "media_id": media_id}
        raw = await self._get("/cgi-bin/media/get", query, LARGEST_MEDIA_BYTES)
        return raw, _read(raw, _Answer).errcode if raw[:1] == b"{" else 0

    async def menu(self) -> dict[str, Any]:
        """Return the menu as it is on the platform; empty when there is none."""
        try:
            raw = await self.call("/cgi-bin/menu/get", {})
        except PlatformRefused as error:
            if error.errcode == 46003:
                return {}
            raise
        return dict(decode(raw, dict[str, Any]).get("menu", {}))

    async def push_menu(self, menu: dict[str, Any]) -> None:
        """Replace the menu."""
        await self.call("/cgi-bin/menu/create", menu)

    async def templates(self) -> tuple[str, ...]:
        """Return the ids of the template messages the account has."""
        raw = await self.call("/cgi-bin/template/get_all_private_template", {})
        return tuple(one.template_id for one in _read(raw, _Templates).template_list)

    async def callback_addresses(self) -> tuple[str, ...]:
        """Return from where WeChat calls us."""
        return _read(await self.call("/cgi-bin/getcallbackip", {}), _Addresses).ip_list

    async def call(self, path: str, body: dict[str, Any]) -> bytes:
        """Post with the access token; a refused token is replaced once."""
        token = await self.tokens.current()
        raw = await self._post(f"{path}?access_token={token}", encode(body))
        code = _read(raw, _Answer).errcode
        if code in TOKEN_INVALID:
            token = await self.tokens.current(refused=token)
            raw = await self._post(f"{path}?access_token={token}", encode(body))
            code = _read(raw, _Answer).errcode
        if code:
            raise PlatformRefused(code)
        return raw

    async def _post(self, path: str, body: bytes) -> bytes:
        try:
            async with self._pool().post(self._url + path, data=body) as answer:
                return await _body(answer, 16 * 1024 * 1024)
        except _CLOSED:
            raise PlatformUnreachable from None
        except (aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            raise PlatformSilent from None

    async def _get(self, path: str, query: dict[str, str], largest: int) -> bytes:
        try:
            async with self._pool().get(self._url + path, params=query) as answer:
                return await _body(answer, largest)
        except (aiohttp.ClientError, OSError):
            raise PlatformUnreachable from None

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._deadline))
        return self._session


async def _body(answer: aiohttp.ClientResponse, largest: int) -> bytes:
    if answer.status != 200:
        raise PlatformSilent
    raw = await answer.content.read(largest + 1)
    while len(raw) <= largest and (more := await answer.content.read(largest + 1 - len(raw))):
        raw += more
    if len(raw) > largest:
        raise PlatformSilent
    return raw


def _read(raw: bytes, kind: type[T]) -> T:
    try:
        return decode(raw, kind)
    except FrameRefused:
        raise PlatformSilent from None
