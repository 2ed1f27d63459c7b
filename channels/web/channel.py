"""The web hall's door: adds the page, the widget and the socket to the application."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import WSCloseCode, web

from bot import visitors
from bot.clock import utc_now
from bot.errors import NotAllowed, TooManyMessages
from bot.log import logger
from bot.ports import Answering, Bus, Identities, Ratings
from bot.seal import Seal
from bot.wire import to_builtins
from channels.web.limits import Gate, Limits
from channels.web.pages import Pages
from channels.web.sessions import Sessions
from channels.web.socket import SOCKET_REFUSED, Line, Surroundings

WRONG_ORIGIN = "这个网页没有获准使用家家。请从住房公积金管理中心的网上大厅进入,或拨打 12329。"
TOO_MANY_LINES = "您所在的网络同时打开的咨询页面太多了。请关掉几个再试,或拨打 12329。"


class WebChannel:
    """Implements `Channel`. `origins` are the other sites that embed the widget, as `https://host`; our own is welcome.

    `proxies` are the addresses of our own reverse proxies, which are believed about the visitor's address.
    """

    def __init__(
        self,
        *,
        seal: Seal,
        bus: Bus,
        ratings: Ratings,
        identities: Identities,
        origins: frozenset[str] = frozenset(),
        proxies: frozenset[str] = frozenset(),
        limits: Limits = Limits(),  # noqa: B008 - frozen
        demo: bool = False,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._seal = seal
        self._bus = bus
        self._ratings = ratings
        self._identities = identities
        self._origins = origins
        self._proxies = proxies
        self._limits = limits
        self._demo = demo
        self._now = now
        self._sessions = Sessions(seal, now=now)
        self._gate = Gate(limits)
        self._pages = Pages()
        self._lines: set[Line] = set()

    def mount(self, app: web.Application, answering: Answering) -> None:
        self._pages.mount(app)
        around = Surroundings(
            answering=answering,
            bus=self._bus,
            ratings=self._ratings,
            identities=self._identities,
            sessions=self._sessions,
            gate=self._gate,
            limits=self._limits,
            demo=self._demo,
            now=self._now,
        )

        async def socket(request: web.Request) -> web.StreamResponse:
            return await self._socket(request, around)

        app.router.add_get("/ws", socket)
        app.on_shutdown.append(self._close)

    async def _socket(self, request: web.Request, around: Surroundings) -> web.StreamResponse:
        if not visitors.welcome_origin(request, self._origins):
            return _refused(403, NotAllowed.code, WRONG_ORIGIN)
        address = self._seal.digest("address", visitors.address(request, self._proxies))
        socket = web.WebSocketResponse(max_msg_size=self._limits.largest_frame_bytes, heartbeat=self._limits.heartbeat)
        if not socket.can_prepare(request):
            return _refused(400, "not-a-socket", "这个地址供网上大厅的页面使用。请打开网上大厅首页。")
        try:
            with self._gate.connection(address):
                await socket.prepare(request)
                await self._talk(Line(socket, address, around))
        except TooManyMessages as error:
            return _refused(429, error.code, TOO_MANY_LINES)
        return socket

    async def _talk(self, line: Line) -> None:
        self._lines.add(line)
        try:
            await line.run()
        finally:
            self._lines.discard(line)

    async def _close(self, _app: web.Application) -> None:
        for line in tuple(self._lines):
            await line.close(WSCloseCode.GOING_AWAY, "restarting")


def _refused(status: int, code: str, say: str) -> web.Response:
    """Say why no line was opened; a browser tells its page nothing, so the page asks once more and may read this."""
    logger().warning(SOCKET_REFUSED, code=code)
    headers = {"Access-Control-Allow-Origin": "*"}
    return web.json_response(to_builtins({"code": code, "say": say}), status=status, headers=headers)
