"""The page 绑定账户: WeChat says who opened it (snsapi_base), the core system proves who that is, and both are tied."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.web_request import FileField
from multidict import MultiDictProxy

from bot import numbers
from bot.buckets import code_shares
from bot.errors import BusinessRefused, FrameRefused, IdentityLocked, JiajiaError, StoreUnavailable, Unavailable
from bot.fund.system import IdentityDesk
from bot.messages import ChannelName
from bot.ports import Answering, Identities
from bot.seal import Seal
from bot.visitors import address
from bot.wire import decode, encode
from channels.wechat import binding_page as page
from channels.wechat.api import PlatformApi
from channels.wechat.refusals import PlatformRefused

PATH = "/wechat/bind"
OAUTH = "https://open.weixin.qq.com/connect/oauth2/authorize"
LASTING = timedelta(minutes=10)
BOUND = timedelta(days=30)
TOO_SOON = "too-soon"  # the contract's code for another SMS within a minute
_COOKIE = "jiajia_bind"
Form = str | bytes | bytearray | FileField


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What the page needs beyond the account."""

    desk: IdentityDesk
    identities: Identities
    public_url: str
    proxies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    """What a form carries, sealed: who opened the page, in which browser, the number proved, until when."""

    openid: str
    browser: str
    number: str = ""
    until: int = 0


class BindingPages:
    """Four steps: ask WeChat, ask the number, ask the code, tie."""

    def __init__(
        self,
        binding: Binding,
        *,
        api: PlatformApi,
        app_id: str,
        seal: Seal,
        answering: Answering,
        now: Callable[[], datetime],
    ) -> None:
        self._binding = binding
        self._api = api
        self._app_id = app_id
        self._seal = seal
        self._answering = answering
        self._now = now
        self._codes = code_shares(time.monotonic)

    def mount(self, app: web.Application) -> None:
        app.router.add_get(PATH, self.begin)
        app.router.add_get(f"{PATH}/back", self.back)
        app.router.add_post(f"{PATH}/number", self.number)
        app.router.add_post(f"{PATH}/again", self.again)
        app.router.add_post(f"{PATH}/code", self.code)

    async def begin(self, _request: web.Request) -> web.Response:
        """Send the phone to WeChat's consent, which for snsapi_base asks nothing."""
        state = secrets.token_urlsafe(18)
        back = f"{self._binding.public_url.rstrip('/')}{PATH}/back"
        asked = {"appid": self._app_id, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base"}
        location = f"{OAUTH}?{urlencode(asked | {'state': state})}#wechat_redirect"
        response = web.Response(status=302, headers={**page.HEADERS, "Location": location})
        secure = self._binding.public_url.startswith("https")
        response.set_cookie(_COOKIE, state, max_age=600, path=PATH, httponly=True, secure=secure, samesite="Lax")
        return response

    async def back(self, request: web.Request) -> web.Response:
        """Come back with WeChat's word who it is; only the phone that left may come back."""
        state, expected = request.query.get("state", ""), request.cookies.get(_COOKIE, "")
        if not expected or not secrets.compare_digest(state.encode(), expected.encode()):
            return page.told(page.START_AGAIN, status=403)
        try:
            openid = await self._api.openid(request.query.get("code", "")[:512])
        except PlatformRefused:
            return page.told(page.START_AGAIN, status=403)
        until = int((self._now() + LASTING).timestamp())
        return page.number_form(PATH, self._closed(_Ticket(openid=openid, browser=state, until=until)))

    async def number(self, request: web.Request) -> web.Response:
        """Take the ID number and have a code sent to the phone on record."""
        ticket, form = await self._opened(request)
        if ticket is None:
            return page.told(page.START_AGAIN, status=403)
        number = "".join(str(form.get("number", "")).split()).upper()
        if not numbers.identity(number):
            return page.number_form(PATH, self._closed(ticket), wrong=page.WRONG_NUMBER)
        if not self._may_send(ticket, request):
            return page.number_form(PATH, self._closed(ticket), wrong=page.TOO_MANY)
        known = self._closed(replace(ticket, number=number))
        try:
            phone = await self._binding.desk.send_code(number)
        except (BusinessRefused, IdentityLocked, Unavailable) as error:
            if isinstance(error, BusinessRefused) and error.problem == TOO_SOON:
                return page.code_form(PATH, known, wrong=error.reason)  # the last code is still good
            return page.number_form(PATH, self._closed(ticket), wrong=_words(error))
        return page.code_form(PATH, known, sent=page.SENT.format(phone))

    async def again(self, request: web.Request) -> web.Response:
        """Have another code sent."""
        ticket, _ = await self._opened(request)
        if ticket is None or not ticket.number:
            return page.told(page.START_AGAIN, status=403)
        if not self._may_send(ticket, request):
            return page.code_form(PATH, self._closed(ticket), wrong=page.TOO_MANY)
        try:
            phone = await self._binding.desk.send_code(ticket.number)
        except (BusinessRefused, IdentityLocked, Unavailable) as error:
            return page.code_form(PATH, self._closed(ticket), wrong=_words(error))
        return page.code_form(PATH, self._closed(ticket), sent=page.SENT.format(phone))

    async def code(self, request: web.Request) -> web.Response:
        """Check the code and tie this WeChat to the person: level 1 from now on."""
        ticket, form = await self._opened(request)
        if ticket is None or not ticket.number:
            return page.told(page.START_AGAIN, status=403)
        code = str(form.get("code", "")).strip()
        if not (len(code) == 6 and code.isascii() and code.isdecimal()):
            return page.code_form(PATH, self._closed(ticket), wrong=page.WRONG_CODE)
        try:
            person = await self._binding.desk.prove_by_code(ticket.number, code)
            conversation = self._answering.conversation(ChannelName.WECHAT, ticket.openid)
            await self._binding.identities.proved(conversation, person.subject, 1, bound=BOUND)
        except (BusinessRefused, IdentityLocked, Unavailable, StoreUnavailable) as error:
            return page.code_form(PATH, self._closed(ticket), wrong=_words(error))
        return page.told(page.BOUND, step=2)

    def _may_send(self, ticket: _Ticket, request: web.Request) -> bool:
        """Whether another code may go out."""
        return self._codes.take(ticket.openid, address(request, self._binding.proxies))

    def _closed(self, ticket: _Ticket) -> str:
        return self._seal.close(encode(ticket).decode()).decode()

    async def _opened(self, request: web.Request) -> tuple[_Ticket | None, MultiDictProxy[Form]]:
        """The form and its ticket, in the browser it was given to: else mine in your hands would bind you to me."""
        form = await request.post()
        ticket = self._unsealed(str(form.get("ticket", "")))
        here = request.cookies.get(_COOKIE, "")
        same = ticket is not None and secrets.compare_digest(ticket.browser.encode(), here.encode())
        return (ticket if same else None), form

    def _unsealed(self, sealed: str) -> _Ticket | None:
        text = self._seal.open(sealed.encode("utf-8", "replace")) if sealed else None
        try:
            ticket = decode(text, _Ticket) if text else None
        except FrameRefused:
            return None
        return ticket if ticket is not None and ticket.until > self._now().timestamp() else None


def _words(error: JiajiaError) -> str:
    return error.reason if isinstance(error, BusinessRefused) else error.say
