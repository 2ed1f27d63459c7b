"""The URL WeChat calls: proves and opens what comes, has it answered, and writes the answer out."""

from collections.abc import Awaitable
from hashlib import sha256

from aiohttp import web

from bot.errors import FrameRefused, NotAllowed, StoreUnavailable
from bot.log import logger
from channels.wechat.line import Line, Pulse
from channels.wechat.markup import LARGEST_BYTES
from channels.wechat.received import received
from channels.wechat.reception import Answer, Reception
from channels.wechat.replay_store import Replays
from channels.wechat.security import DeliveryRefused, Envelope, Opened
from channels.wechat.shown import SUCCESS

DELIVERY_REFUSED = "webhook.refused"
_REFUSED = {"X-Content-Type-Options": "nosniff"}


class Webhook:
    """GET connects the URL, POST brings messages and events."""

    def __init__(self, *, envelope: Envelope, replays: Replays, reception: Reception, pulse: Pulse) -> None:
        self._envelope = envelope
        self._replays = replays
        self._reception = reception
        self._pulse = pulse

    async def connect(self, request: web.Request) -> web.Response:
        """Answer the check that 服务器配置 makes."""
        try:
            echo = self._envelope.greeted(request.query)
        except (NotAllowed, FrameRefused) as error:
            return _refused(403, error)
        return web.Response(text=echo, headers=_REFUSED)

    async def deliver(self, request: web.Request) -> web.StreamResponse:
        """Take one delivery."""
        waited = self._pulse.stalled
        try:
            opened = self._envelope.opened(request.query, await _body(request))
            line = Line(request, stamp=opened.stamp, waited=waited)
            message = received(opened.body)
            await self._not_replayed(opened)
        except FrameRefused as error:
            return _refused(400, error)
        except NotAllowed as error:
            return _refused(403, error)
        except StoreUnavailable:
            return web.Response(status=503)  # WeChat delivers again
        answer = await self._reception.answered(message, line)
        if answer.text == SUCCESS:
            return web.Response(text=SUCCESS)
        text = self._envelope.closed(answer.text) if opened.encrypted else answer.text
        try:
            return await self._written(request, web.Response(text=text, content_type="text/xml"), answer)
        except StoreUnavailable:
            return web.Response(status=503)

    async def _written(self, request: web.Request, response: web.Response, answer: Answer) -> web.StreamResponse:
        """Choose, write out, confirm: only what left this process counts as replied, and nothing comes in between."""
        if not await self._reception.chosen(answer):
            return web.Response(text=SUCCESS)
        try:
            await response.prepare(request)
            await response.write_eof()
        except (ConnectionError, RuntimeError):
            await _if_stored(self._reception.unwritten(answer))
            return response
        await self._reception.written(answer)
        return response

    async def _not_replayed(self, opened: Opened) -> None:
        if opened.encrypted:
            return  # the signature covers the body, and a message is answered once
        if not await self._replays.first_or_same(opened.proof, sha256(opened.body).hexdigest()[:40]):
            raise DeliveryRefused("replayed with another body")


async def _if_stored(work: Awaitable[None]) -> None:
    try:
        await work
    except StoreUnavailable:
        return  # the sweep finds it


async def _body(request: web.Request) -> bytes:
    """Read the body, but never more than a message can have; raises FrameRefused."""
    limit = 2 * LARGEST_BYTES
    raw = bytearray()
    async for chunk in request.content.iter_chunked(16 * 1024):
        raw += chunk
        if len(raw) > limit:
            raise FrameRefused("too large")
    return bytes(raw)


def _refused(status: int, error: NotAllowed | FrameRefused) -> web.Response:
    logger().warning(DELIVERY_REFUSED, code=error.code, cause=str(error))
    return web.Response(status=status, text="refused", headers=_REFUSED)
