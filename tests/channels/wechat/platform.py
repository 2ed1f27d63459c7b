"""WeChat's side on loopback, as its pages describe it: for tests only."""

import asyncio
import base64
import itertools
import json
import random
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import aiohttp
from aiohttp import web
from wechatpy.crypto import WeChatCrypto

from channels.wechat.markup import read
from channels.wechat.security import sign

APP_ID = "wx0123456789abcdef"
SECRET = "the-app-secret"
TOKEN = "callbacktoken"
AES_KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
ACCOUNT = "gh_0123456789ab"
QUOTA_MESSAGE, QUOTA_EVENT = 5, 3
WINDOW_MESSAGE, WINDOW_EVENT = 48 * 3600.0, 60.0
UNAVAILABLE = "该公众号提供的服务出现故障,请稍后再试"


@dataclass(kw_only=True)
class Phone:
    """What one follower sees, in order: (way, text)."""

    seen: list[tuple[str, str]] = field(default_factory=list)
    quota: int = 0
    window_until: float = 0.0
    typing: int = 0
    follows: bool = True

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.seen]


class Platform:
    """Delivers to `gateway()` up to three times, `patience` seconds each; answers the server interface."""

    def __init__(self, *, encrypted: bool = True, patience: float = 5.0, quota: int = QUOTA_MESSAGE) -> None:
        self.encrypted = encrypted
        self.patience = patience
        self.quota = quota
        self.clock: Callable[[], float] = time.time
        self.gateway: Callable[[], str] = lambda: ""
        self.url = ""
        self.phones: dict[str, Phone] = defaultdict(Phone)
        self.refusals: dict[str, list[int]] = defaultdict(list)  # path → codes for the next calls
        self.broken: dict[str, int] = defaultdict(int)  # path → calls that act and then drop the connection
        self.calls: list[str] = []
        self.tokens: set[str] = set()
        self.current = ""
        self.fetches = 0
        self.forced = 0
        self.media: dict[str, bytes] = {}
        self.codes: dict[str, str] = {}
        self.menu: dict[str, object] | None = None
        self.templates: list[tuple[str, str]] = []
        self.owned_templates = ["tpl-1"]
        self.records: list[dict[str, object]] = []
        self.deliveries: list[tuple[str, int, str]] = []
        self.said: dict[str, str] = {}  # message id → words
        self.replied: dict[str, float] = {}  # message id → seconds until the accepted reply
        self.crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        self._ids = itertools.count(23_000_000_000_000_000)
        self._session: aiohttp.ClientSession | None = None

    # the follower's side

    async def say(self, openid: str, text: str, **more: object) -> str:
        """A follower writes; returns the message id once WeChat is done with it."""
        return await self.send(openid, "text", Content=text, **more)

    async def send(self, openid: str, kind: str, **fields: object) -> str:
        message_id = str(fields.pop("MsgId", 0) or next(self._ids))
        self.opens_window(openid, self.quota, WINDOW_MESSAGE)
        self.said[message_id] = str(fields.get("Content", ""))
        await self.deliver(openid, {"MsgType": kind, "MsgId": message_id, **fields}, message_id)
        return message_id

    async def happen(self, openid: str, event: str, **fields: object) -> None:
        """An event: subscribe, CLICK, SCAN, VIEW …"""
        if event in ("subscribe", "SCAN", "CLICK"):
            self.opens_window(openid, QUOTA_EVENT, WINDOW_EVENT)
        await self.deliver(openid, {"MsgType": "event", "Event": event, **fields}, f"{openid}{event}")

    def opens_window(self, openid: str, quota: int, seconds: float) -> None:
        phone = self.phones[openid]
        phone.quota, phone.window_until = quota, self.clock() + seconds

    async def deliver(self, openid: str, fields: dict[str, object], name: str) -> None:
        fields = {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": int(self.clock())} | fields
        for attempt in range(1, 4):
            outcome = await self.once(openid, fields, name)
            self.deliveries.append((name, attempt, outcome))
            if outcome == "ok":
                return
        self.phones[openid].seen.append(("system", UNAVAILABLE))

    async def once(self, openid: str, fields: dict[str, object], name: str = "") -> str:
        """One delivery: ok, refused, late or broken."""
        started = time.perf_counter()
        try:
            query, body = self.envelope(fields)
            status, answer = await asyncio.wait_for(self._post(query, body), self.patience)
        except TimeoutError:
            return "late"
        except (aiohttp.ClientError, OSError):
            await asyncio.sleep(self.patience / 10)
            return "broken"
        if status != 200:
            return "refused"
        if answer not in ("", "success"):
            self._show(openid, answer)
        self.replied[name] = time.perf_counter() - started
        return "ok"

    def envelope(self, fields: dict[str, object], *, stamp: int | None = None) -> tuple[dict[str, str], str]:
        xml = to_xml(fields)
        at, nonce = str(stamp if stamp is not None else int(self.clock())), secrets.token_hex(6)
        query = {
            "timestamp": at,
            "nonce": nonce,
            "signature": sign(TOKEN, at, nonce),
            "openid": str(fields["FromUserName"]),
        }
        if not self.encrypted:
            return query, xml
        sealed = read(self.crypto.encrypt_message(xml, nonce, at).encode())["Encrypt"]
        query |= {"encrypt_type": "aes", "msg_signature": sign(TOKEN, at, nonce, sealed)}
        return (
            query,
            f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>",
        )

    async def _post(self, query: dict[str, str], body: str) -> tuple[int, str]:
        assert self._session is not None
        async with self._session.post(self.gateway(), params=query, data=body.encode()) as answer:
            return answer.status, await answer.text()

    def _show(self, openid: str, answer: str) -> None:
        fields = read(answer.encode())
        if self.encrypted:
            stamp, nonce, signature = fields["TimeStamp"], fields["Nonce"], fields["MsgSignature"]
            fields = read(self.crypto.decrypt_message(answer, signature, stamp, nonce).encode())
        assert fields["ToUserName"] == openid
        text = fields.get("Content") or "|".join(
            fields[f"Articles.item.{name}"] for name in ("Title", "Description", "Url")
        )
        assert 0 < len(text.encode()) <= 2_048
        self.phones[openid].seen.append(("passive", text))

    # the server interface

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self._stable_token)
        app.router.add_get("/sns/oauth2/access_token", self._oauth)
        app.router.add_get("/cgi-bin/media/get", self._media)
        for path, handler in {
            "/cgi-bin/message/custom/send": self._custom,
            "/cgi-bin/message/custom/typing": self._typing,
            "/cgi-bin/message/template/send": self._template,
            "/customservice/msgrecord/getmsglist": self._records,
            "/cgi-bin/menu/get": self._menu,
            "/cgi-bin/menu/create": self._new_menu,
            "/cgi-bin/getcallbackip": self._addresses,
            "/cgi-bin/template/get_all_private_template": self._templates,
        }.items():
            app.router.add_post(path, self._guarded(path, handler))
        return app

    def _guarded(self, path: str, handler: Callable[[dict], dict]) -> Callable:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self.calls.append(path)
            if request.query.get("access_token") not in self.tokens:
                return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
            if self.refusals[path]:
                return web.json_response({"errcode": self.refusals[path].pop(0), "errmsg": "no"})
            answer = handler(json.loads(await request.read() or b"{}"))
            if self.broken[path]:
                self.broken[path] -= 1
                request.transport.close()
            return web.json_response(answer)

        return guarded

    async def _stable_token(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.calls.append("/cgi-bin/stable_token")
        if (body["appid"], body["secret"]) != (APP_ID, SECRET):
            return web.json_response({"errcode": 40125, "errmsg": "invalid appsecret"})
        self.fetches += 1
        if body.get("force_refresh"):
            self.forced += 1
            self.invalidate()
        if not self.current:
            self.current = f"token-{secrets.token_hex(20)}"
            self.tokens = {self.current}
        return web.json_response({"access_token": self.current, "expires_in": 7200})

    def invalidate(self) -> None:
        """Somebody else took a new token: all earlier ones end."""
        self.current = f"token-{secrets.token_hex(20)}"
        self.tokens = {self.current}

    def _custom(self, body: dict) -> dict:
        phone = self.phones[body["touser"]]
        if not phone.follows or self.clock() > phone.window_until:
            return {"errcode": 45015, "errmsg": "response out of time limit or subscription is canceled"}
        if phone.quota <= 0:
            return {"errcode": 45047, "errmsg": "out of response count limit"}
        phone.quota -= 1
        text = (
            body["text"]["content"]
            if body["msgtype"] == "text"
            else "|".join(body["news"]["articles"][0][name] for name in ("title", "description", "url"))
        )
        if len(text.encode()) > 2_048:
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        phone.seen.append(("message", text))
        line = {"openid": body["touser"], "opercode": 2002, "text": text, "time": int(self.clock()), "worker": ""}
        self.records.append(line)
        return {"errcode": 0, "errmsg": "ok"}

    def _typing(self, body: dict) -> dict:
        if body["touser"] not in self.phones:
            return {"errcode": 40003, "errmsg": "invalid openid"}
        self.phones[body["touser"]].typing += 1
        return {"errcode": 0}

    def _template(self, body: dict) -> dict:
        self.templates.append((body["touser"], body["template_id"]))
        return {"errcode": 0, "msgid": 1}

    def _records(self, body: dict) -> dict:
        lines = [line for line in self.records if body["starttime"] <= line["time"] <= body["endtime"]]
        return {"recordlist": lines[: body["number"]], "number": len(lines), "msgid": 1}

    def _menu(self, _body: dict) -> dict:
        return {"menu": self.menu} if self.menu else {"errcode": 46003, "errmsg": "menu no exist"}

    def _new_menu(self, body: dict) -> dict:
        self.menu = body
        return {"errcode": 0}

    def _templates(self, _body: dict) -> dict:
        return {"template_list": [{"template_id": name, "title": "结果"} for name in self.owned_templates]}

    def _addresses(self, _body: dict) -> dict:
        return {"ip_list": ["127.0.0.1"]}

    async def _oauth(self, request: web.Request) -> web.Response:
        openid = self.codes.pop(request.query["code"], "")
        if request.query["secret"] != SECRET or not openid:
            return web.json_response({"errcode": 40029, "errmsg": "invalid code"})
        return web.json_response({"access_token": "x", "openid": openid, "scope": "snsapi_base"})

    async def _media(self, request: web.Request) -> web.Response:
        if request.query.get("access_token") not in self.tokens:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        media = self.media.get(request.query["media_id"])
        if media is None:
            return web.json_response({"errcode": 40007, "errmsg": "invalid media_id"})
        return web.Response(body=media, content_type="audio/amr")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Platform"]:
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True))
        try:
            yield self
        finally:
            await self._session.close()
            await runner.cleanup()


def to_xml(fields: dict[str, object]) -> str:
    """Write fields as WeChat does: texts as CDATA, numbers bare."""
    inner = "".join(
        f"<{name}>{value if isinstance(value, int | float) else _text(str(value))}</{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{inner}</xml>"


def _text(value: str) -> str:
    return escape(value) if "]]>" in value else f"<![CDATA[{value}]]>"


def openid(name: str) -> str:
    """An openid as they look."""
    return "o" + base64.urlsafe_b64encode(random.Random(name).randbytes(20)).decode().rstrip("=")
