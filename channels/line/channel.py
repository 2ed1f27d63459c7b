"""What the telephone's process asks of the gateway: turns, ratings, text messages, calls back; each shows the token.

It stands on the inside port, never on the citizens'. What is private leaves the gateway only after a fresh proof.
"""

from dataclasses import replace
from typing import TypeVar

from aiohttp import web

from bot.errors import FrameRefused, JiajiaError
from bot.guard import Guard
from bot.line import PATH, Abilities, Answered, Asked, CallBack, Done, Rated, Text
from bot.log import logger
from bot.messages import ChannelName, Identity, Message, Reply, Turn, Voice
from bot.ports import Answering, CallBacks, Identities, Ratings, Sms
from bot.wire import decode, to_builtins

LINE_FAILED = "line.failed"
PRIVATE_LEVEL = 2  # own data is spoken only after a fresh proof
T = TypeVar("T")


class LineChannel:
    """Implements `Channel` for calls; what is None is not there, and `abilities` says so."""

    def __init__(
        self,
        guard: Guard,
        *,
        identities: Identities | None = None,
        ratings: Ratings | None = None,
        sms: Sms | None = None,
        call_backs: CallBacks | None = None,
    ) -> None:
        self._guard = guard
        self._identities = identities
        self._ratings = ratings
        self._sms = sms
        self._call_backs = call_backs

    def mount(self, app: web.Application, answering: Answering) -> None:
        self._answering = answering
        app.router.add_get(PATH, self._abilities)
        app.router.add_post(f"{PATH}/turns", self._turn)
        app.router.add_post(f"{PATH}/ratings", self._rate)
        app.router.add_post(f"{PATH}/texts", self._text)
        app.router.add_post(f"{PATH}/call-backs", self._call_back)

    async def _abilities(self, request: web.Request) -> web.Response:
        self._guard.check(request)
        able = Abilities(texts=self._sms is not None, call_backs=self._call_backs is not None)
        return web.json_response(to_builtins(able))

    async def _turn(self, request: web.Request) -> web.Response:
        asked = await self._read(request, Asked)
        turn = await self._answering.handle(
            to_message(asked, origin=self._conversation(asked.caller) if asked.caller else "")
        )
        known = await self._identities.identity(turn.conversation) if self._identities else Identity()
        answered = Answered(turn=withheld(turn, known.assurance), assurance=known.assurance)
        return web.json_response(to_builtins(answered))

    async def _rate(self, request: web.Request) -> web.Response:
        rated = await self._read(request, Rated)
        if self._ratings is None or not 1 <= rated.score <= 5:
            raise web.HTTPBadRequest(text="one to five")
        await self._ratings.rate(self._conversation(rated.call), rated.seq, rated.score)
        return web.json_response(to_builtins(Done(done=True)))

    async def _text(self, request: web.Request) -> web.Response:
        text = await self._read(request, Text)
        done = False
        if self._sms is not None:
            try:
                await self._sms.send(text.phone, text.text)
                done = True
            except JiajiaError as error:
                logger().error(LINE_FAILED, what="text", code=error.code)
        return web.json_response(to_builtins(Done(done=done)))

    async def _call_back(self, request: web.Request) -> web.Response:
        wish = await self._read(request, CallBack)
        done = False
        if self._call_backs is not None:
            try:
                await self._call_backs.note(self._conversation(wish.call), wish.phone, wish.summary)
                done = True
            except JiajiaError as error:
                logger().error(LINE_FAILED, what="call-back", code=error.code)
        return web.json_response(to_builtins(Done(done=done)))

    async def _read(self, request: web.Request, kind: type[T]) -> T:
        self._guard.check(request)
        try:
            return decode(await request.read(), kind)
        except FrameRefused as error:
            raise web.HTTPBadRequest(text=str(error)) from None

    def _conversation(self, call: str) -> str:
        """Return the keyed digest by which a call, or who calls, is known."""
        return self._answering.conversation(ChannelName.PHONE, call)


def to_message(asked: Asked, *, origin: str) -> Message:
    """A call's UUID is its sender."""
    return Message(
        channel=ChannelName.PHONE,
        sender=asked.call,
        id=asked.id,
        text=asked.text,
        payload=asked.payload,
        attachments=(Voice(heard=asked.heard),) if asked.heard else (),
        origin=origin,
    )


def withheld(turn: Turn, assurance: int) -> Turn:
    """Take what is private out of a turn until its owner has proved who is calling; that it was there stays known."""
    if assurance >= PRIVATE_LEVEL:
        return turn
    return replace(turn, replies=tuple(_emptied(reply) if reply.private else reply for reply in turn.replies))


def _emptied(reply: Reply) -> Reply:
    return Reply(text="", buttons=reply.buttons, private=True, handoff=reply.handoff, expects=reply.expects)
