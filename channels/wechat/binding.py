"""The page 绑定账户: WeChat says who opened it (snsapi_base), the core system proves who that is, and both are tied."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from bot import numbers
from bot.errors import BusinessRefused, FrameRefused, IdentityLocked, JiajiaError, StoreUnavailable, Unavailable
from bot.fund.system import IdentityDesk
from bot.messages import ChannelName
from bot.ports import Answering, Identities
from bot.seal import Seal
from bot.wire import decode, encode
from channels.wechat.api import PlatformApi
from channels.wechat.refusals import PlatformRefused

PATH = "/wechat/bind"
OAUTH = "https://open.weixin.qq.com/connect/oauth2/authorize"
LASTING = timedelta(minutes=10)
_COOKIE = "jiajia_bind"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_STYLE = (
    "body{font:18px/1.7 sans-serif;margin:8vh 6vw;color:#222}input{font:inherit;width:100%;box-sizing:border-box;"
    "padding:.5em}button{font:inherit;padding:.6em 2em;margin-top:1em}.wrong{color:#b00}"
)
START_AGAIN = "页面打开太久了,或不是从公众号打开的。请回到公众号,从菜单“绑定账户”再进一次。"
BOUND = "绑定好了。回到公众号对家家说“查余额”就行;不想绑了,说“解除绑定”。"
ASK_NUMBER = "为了保护您的账户,先确认是您本人。请填 18 位身份证号,验证码会发到您在中心预留的手机。"
WRONG_NUMBER = "身份证号好像打错了一位,请核对后再填。"
WRONG_CODE = "验证码是 6 位数字,请核对后再填。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What the page needs beyond the account."""

    desk: IdentityDesk
    identities: Identities
    public_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    """What a form carries, sealed: who opened the page, the number proved, until when."""

    openid: str
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

    def mount(self, app: web.Application) -> None:
        app.router.add_get(PATH, self.begin)
        app.router.add_get(f"{PATH}/back", self.back)
        app.router.add_post(f"{PATH}/number", self.number)
        app.router.add_post(f"{PATH}/code", self.code)

    async def begin(self, _request: web.Request) -> web.Response:
        """Send the phone to WeChat's consent, which for snsapi_base asks nothing."""
        state = secrets.token_urlsafe(18)
        back = f"{self._binding.public_url.rstrip('/')}{PATH}/back"
        asked = {"appid": self._app_id, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base"}
        location = f"{OAUTH}?{urlencode(asked | {'state': state})}#wechat_redirect"
        response = web.Response(status=302, headers={**_HEADERS, "Location": location})
        secure = self._binding.public_url.startswith("https")
        response.set_cookie(_COOKIE, state, max_age=600, path=PATH, httponly=True, secure=secure, samesite="Lax")
        return response

    async def back(self, request: web.Request) -> web.Response:
        """Come back with WeChat's word who it is; only the phone that left may come back."""
        state, expected = request.query.get("state", ""), request.cookies.get(_COOKIE, "")
        if not expected or not secrets.compare_digest(state.encode(), expected.encode()):
            return _page(START_AGAIN, status=403)
        try:
            openid = await self._api.openid(request.query.get("code", "")[:512])
        except PlatformRefused:
            return _page(START_AGAIN, status=403)
        return self._form("number", ASK_NUMBER, _Ticket(openid=openid))

    async def number(self, request: web.Request) -> web.Response:
        """Take the ID number and have a code sent to the phone on record."""
        form = await request.post()
        ticket = self._opened(str(form.get("ticket", "")))
        if ticket is None:
            return _page(START_AGAIN, status=403)
        number = "".join(str(form.get("number", "")).split()).upper()
        if not numbers.identity(number):
            return self._form("number", ASK_NUMBER, ticket, wrong=WRONG_NUMBER)
        try:
            phone = await self._binding.desk.send_code(number)
        except (BusinessRefused, IdentityLocked, Unavailable) as error:
            return self._form("number", ASK_NUMBER, ticket, wrong=_words(error))
        known = _Ticket(openid=ticket.openid, number=number)
        return self._form("code", f"验证码已发到您的预留手机 {phone},5 分钟内有效。", known)

    async def code(self, request: web.Request) -> web.Response:
        """Check the code and tie this WeChat to the person: level 1 from now on."""
        form = await request.post()
        ticket = self._opened(str(form.get("ticket", "")))
        if ticket is None or not ticket.number:
            return _page(START_AGAIN, status=403)
        code = str(form.get("code", "")).strip()
        if not (len(code) == 6 and code.isascii() and code.isdecimal()):
            return self._form("code", "请填短信里的 6 位验证码。", ticket, wrong=WRONG_CODE)
        try:
            person = await self._binding.desk.prove_by_code(ticket.number, code)
            conversation = self._answering.conversation(ChannelName.WECHAT, ticket.openid)
            await self._binding.identities.proved(conversation, person.subject, 1, bound=True)
        except (BusinessRefused, IdentityLocked, Unavailable, StoreUnavailable) as error:
            return self._form("code", "请填短信里的 6 位验证码。", ticket, wrong=_words(error))
        return _page(BOUND)

    def _form(self, step: str, text: str, ticket: _Ticket, *, wrong: str = "") -> web.Response:
        until = int((self._now() + LASTING).timestamp()) if not ticket.until else ticket.until
        sealed = self._seal.close(encode(_Ticket(openid=ticket.openid, number=ticket.number, until=until)).decode())
        label, pattern = ("身份证号", "[0-9Xx ]{18,24}") if step == "number" else ("验证码", "[0-9]{6}")
        numeric = ' inputmode="numeric"' if step == "code" else ""
        return _page(
            text,
            wrong=wrong,
            form=(
                f'<form method="post" action="{PATH}/{step}" autocomplete="off">'
                f'<input type="hidden" name="ticket" value="{sealed.decode()}">'
                f'<label>{label}<input name="{step}" required pattern="{pattern}"{numeric}></label>'
                "<button>下一步</button></form>"
            ),
        )

    def _opened(self, sealed: str) -> _Ticket | None:
        text = self._seal.open(sealed.encode("utf-8", "replace")) if sealed else None
        try:
            ticket = decode(text, _Ticket) if text else None
        except FrameRefused:
            return None
        return ticket if ticket is not None and ticket.until > self._now().timestamp() else None


def _words(error: JiajiaError) -> str:
    return error.reason if isinstance(error, BusinessRefused) else error.say


def _page(text: str, *, form: str = "", wrong: str = "", status: int = 200) -> web.Response:
    told = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>绑定公积金账户</title><style>{_STYLE}</style><p>{escape(text)}</p>{told}{form}</html>"
    )
    return web.Response(text=body, status=status, content_type="text/html", headers=_HEADERS)
