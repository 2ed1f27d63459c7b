"""The URL WeChat calls: answers within WeChat's own seconds, or promises the answer first and keeps the promise."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from aiohttp import web

from bot.errors import FrameRefused, NotAllowed, StoreUnavailable
from bot.log import logger
from bot.messages import ChannelName
from bot.ports import Answering
from bot.seal import Seal
from channels.web.limits import Buckets
from channels.wechat import mapping, shown, words
from channels.wechat.answers import Answers
from channels.wechat.courier import Courier
from channels.wechat.markup import LARGEST_BYTES
from channels.wechat.parcel import Parcel, sealed
from channels.wechat.receipt_store import Receipts
from channels.wechat.receipts import Key, Receipt, State
from channels.wechat.received import Received, received
from channels.wechat.replay_store import Replays
from channels.wechat.security import DeliveryRefused, Envelope, Opened
from channels.wechat.shown import SUCCESS, Part

DELIVERY_REFUSED = "webhook.refused"
EVENT_SEEN = "event.seen"
LAST_DELIVERY = 3  # WeChat delivers at most three times
_REFUSED = {"X-Content-Type-Options": "nosniff"}
_MARGIN = 0.2  # seconds beyond the budget in which WeChat still listens
_RECORDED = 0.4  # seconds in which an answer that is recorded can be read again
_REPLYABLE = (State.WAITING, State.PASSIVE, State.REPLIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every delivery of a process shares; `budget` is seconds for a passive reply from the first delivery."""

    envelope: Envelope
    receipts: Receipts
    replays: Replays
    courier: Courier
    answers: Answers
    answering: Answering
    buckets: Buckets
    seal: Seal
    now: Callable[[], datetime]
    budget: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one delivery gets: XML to confirm under `key`, or `success`."""

    text: str = SUCCESS
    key: Key | None = None
    parts: int = 0
    receipt: Receipt | None = None


class Webhook:
    """GET connects the URL, POST brings messages and events."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._working: dict[Key, asyncio.Task[tuple[Part, ...]]] = {}

    async def connect(self, request: web.Request) -> web.Response:
        """Answer the check that 服务器配置 makes."""
        try:
            echo = self._around.envelope.greeted(request.query)
        except (NotAllowed, FrameRefused) as error:
            return _refused(403, error)
        return web.Response(text=echo, headers=_REFUSED)

    async def deliver(self, request: web.Request) -> web.StreamResponse:
        """Take one delivery."""
        try:
            opened = self._around.envelope.opened(request.query, await _body(request))
            message = received(opened.body)
            await self._not_replayed(opened)
        except FrameRefused as error:
            return _refused(400, error)
        except NotAllowed as error:
            return _refused(403, error)
        except StoreUnavailable:
            return web.Response(status=503)  # WeChat delivers again
        answer = await self._answered(message, Line(request, opened.stamp))
        response = web.Response(text=self._closed(answer.text, opened), content_type="text/xml")
        if answer.text == SUCCESS:
            return web.Response(text=SUCCESS)
        return await self._sent(request, response, answer)

    async def _sent(self, request: web.Request, response: web.Response, answer: _Answer) -> web.StreamResponse:
        """Write the reply out first and confirm it then: only what left this process counts as replied."""
        try:
            await response.prepare(request)
            await response.write_eof()
        except (ConnectionError, RuntimeError):
            return response  # WeChat has hung up and delivers again
        if answer.key is not None and answer.receipt is not None:
            self._around.courier.start(self._confirmed(answer.key, answer.receipt, answer.parts))
        return response

    async def _confirmed(self, key: Key, receipt: Receipt, parts: int) -> None:
        try:
            more = await self._around.receipts.replied(key, parts)
        except StoreUnavailable:
            return  # the sweep finds it
        if more:
            await self._around.courier.deliver(replace(receipt, parts_sent=1), self._around.answers)

    async def _answered(self, message: Received, line: "Line") -> _Answer:
        if not mapping.contact(message):
            logger().info(EVENT_SEEN, event_name=message.event, status=message.status)
            return _Answer()
        around = self._around
        conversation = around.answering.conversation(ChannelName.WECHAT, message.sender)
        key = Key(conversation=conversation, message_id=message.message_id)
        parcel = Parcel(sender=message.sender, received=message)
        try:
            raw = sealed(parcel, around.seal)
            receipt = replace(await around.receipts.receive(key, raw), sealed=raw)
            with around.receipts.working(key):
                return await self._decided(receipt, message, line)
        except StoreUnavailable as error:
            return self._xml(message, shown.texts(error.say))

    async def _decided(self, receipt: Receipt, message: Received, line: "Line") -> _Answer:
        around, key = self._around, receipt.key
        if receipt.new and not receipt.carries and not around.buckets.take(key.conversation):
            await around.receipts.decide(key, State.REPLIED)
            return self._xml(message, shown.texts(words.SLOWER))
        if receipt.state not in _REPLYABLE:
            return _Answer()
        if await line.hung_up():
            return await self._given_up(receipt, line)
        if receipt.deliveries >= LAST_DELIVERY and not around.courier.barred:
            if await around.receipts.owe(key, receipt.sealed or b""):
                around.courier.start(around.courier.deliver(replace(receipt, parts_sent=0), around.answers))
            return _Answer()
        return await self._raced(receipt, message, line)

    async def _raced(self, receipt: Receipt, message: Received, line: "Line") -> _Answer:
        """Wait for the answer as long as WeChat's first delivery leaves time, then promise it."""
        around = self._around
        work = self._work(receipt, message)
        if receipt.state is State.WAITING:
            left = around.budget - (around.now() - receipt.received_at).total_seconds()
            await asyncio.wait({work}, timeout=max(left, 0.0))
            if not work.done():
                return await self._promised(receipt, message, line, work)
        return await self._replied(receipt, message, line, await asyncio.shield(work))

    async def _replied(self, receipt: Receipt, message: Received, line: "Line", parts: tuple[Part, ...]) -> _Answer:
        around, key = self._around, receipt.key
        if await line.hung_up() or line.age > around.budget + _MARGIN:
            won, _ = await around.receipts.decide(key, State.OWED)  # too late for this delivery, whatever it looks like
            if won:
                around.courier.start(around.courier.deliver(receipt, around.answers))
                return _Answer()
            return await self._given_up(receipt, line)
        if not parts:
            await around.receipts.decide(key, State.REPLIED)
            return _Answer()
        state = await around.receipts.replying(key, line.stamp)
        if state not in (State.PASSIVE, State.REPLIED):
            return _Answer()
        return replace(self._xml(message, parts), key=key, receipt=receipt, parts=len(parts))

    async def _given_up(self, receipt: Receipt, line: "Line") -> _Answer:
        """WeChat waits for this delivery no more; if it came after the one we replied to, that reply did not arrive."""
        around = self._around
        if await around.receipts.disproved(receipt.key, receipt.sealed or b"", line.stamp):
            around.courier.start(around.courier.deliver(replace(receipt, parts_sent=0), around.answers))
        return _Answer()

    async def _promised(
        self, receipt: Receipt, message: Received, line: "Line", work: asyncio.Task[tuple[Part, ...]]
    ) -> _Answer:
        """The promise is written down before WeChat hears `success` and stops delivering."""
        around, key = self._around, receipt.key
        won, state = await around.receipts.decide(key, State.HELD if around.courier.barred else State.OWED)
        if won and around.courier.barred:
            return self._xml(message, shown.texts(words.STILL_LOOKING))
        if won:
            around.courier.start(around.courier.typing(message.sender))
            around.courier.start(around.courier.deliver(receipt, around.answers))
        if won or state not in _REPLYABLE:
            return _Answer()
        await asyncio.wait(
            {work}, timeout=_RECORDED
        )  # somebody has replied to an earlier delivery: WeChat waits for us
        if work.done():
            return await self._replied(receipt, message, line, work.result())
        return await self._given_up(receipt, line)

    def _work(self, receipt: Receipt, message: Received) -> asyncio.Task[tuple[Part, ...]]:
        """One piece of work per message and process, however many deliveries wait for it."""
        work = self._working.get(receipt.key)
        if work is None:
            parcel = Parcel(sender=message.sender, received=message)
            work = asyncio.create_task(
                self._around.answers.parts(receipt.key, parcel, carries=receipt.carries), name="wechat answer"
            )
            self._working[receipt.key] = work
            work.add_done_callback(lambda done: self._worked(receipt.key, done))
        return work

    def _worked(self, key: Key, done: asyncio.Task[tuple[Part, ...]]) -> None:
        del self._working[key]
        if not done.cancelled():
            done.exception()  # whoever waited has seen it; nobody else needs to be told

    async def _not_replayed(self, opened: Opened) -> None:
        if opened.encrypted:
            return  # the signature covers the body
        if not await self._around.replays.first_or_same(opened.proof, sha256(opened.body).hexdigest()[:40]):
            raise DeliveryRefused("replayed with another body")

    def _xml(self, message: Received, parts: tuple[Part, ...]) -> _Answer:
        return _Answer(text=shown.to_xml(parts[0], message, int(self._around.now().timestamp())))

    def _closed(self, text: str, opened: Opened) -> str:
        return self._around.envelope.closed(text) if opened.encrypted and text != SUCCESS else text


class Line:
    """One delivery's connection. WeChat has one open at a time: who finds its own closed must not reply for another."""

    def __init__(self, request: web.Request, stamp: int) -> None:
        self._request = request
        self._since = time.monotonic()
        self.stamp = stamp

    @property
    def age(self) -> float:
        """Seconds since this process took the delivery."""
        return time.monotonic() - self._since

    async def hung_up(self) -> bool:
        """Tell whether WeChat has given this delivery up; what becomes of the message is another's, or the sweep's."""
        await asyncio.sleep(0)  # let the loop read a hang-up that has already arrived
        transport = self._request.transport
        return transport is None or transport.is_closing()


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
