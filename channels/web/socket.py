"""One browser's line: reads its frames, asks the heart, and sends every turn once and in order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from bot.errors import FrameRefused, InputRefused, StoreUnavailable, TooManyMessages
from bot.log import logger
from bot.messages import ChannelName, Message, Turn
from bot.ports import Answering, Bus, Identities, Ratings
from bot.record import topic
from channels.web import frames, shown
from channels.web.frames import Frame, Hello, Ping, Placed, Rated, Said, Tapped
from channels.web.limits import Gate, Limits
from channels.web.sessions import Session, Sessions

SOCKET_REFUSED = "socket.refused"
FRAME_REFUSED = "frame.refused"
LINE_BROKEN = "line.broken"
IDLE = 4000  # close code: the page may come back when somebody is there again
MISBEHAVED = 4008  # close code: too many bad frames

_GONE = (ConnectionError, RuntimeError)  # what aiohttp raises when the other side has left


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every line of a process shares."""

    answering: Answering
    bus: Bus
    ratings: Ratings
    identities: Identities
    sessions: Sessions
    gate: Gate
    limits: Limits
    demo: bool
    now: Callable[[], datetime]


class Line:
    """One WebSocket from hello to goodbye; `address` is a digest of where it comes from."""

    def __init__(self, socket: web.WebSocketResponse, address: str, around: Surroundings) -> None:
        self._socket = socket
        self._address = address
        self._around = around
        self._session: Session | None = None
        self._conversation = ""
        self._last = 0
        self._sending = asyncio.Lock()
        self._asked: dict[str, Turn | None] = {}  # by message id: None while the heart is working on it
        self._offered: set[str] = set()  # payloads of the buttons sent
        self._tasks: set[asyncio.Task[None]] = set()
        self._bad = 0
        self._quiet_since = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Serve until the browser leaves, falls asleep or misbehaves; the heart finishes what it has begun."""
        try:
            while (received := await self._receive()) is not None:
                await self._take(received)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code=code, message=reason.encode())

    async def _receive(self) -> WSMessage | None:
        limit = self._around.limits.idle if self._session else self._around.limits.hello
        patience = self._quiet_since + limit - asyncio.get_running_loop().time()
        try:
            received = await self._socket.receive(timeout=max(patience, 0.001))
        except TimeoutError:
            await self.close(IDLE, "idle")
            return None
        return received if received.type in (WSMsgType.TEXT, WSMsgType.BINARY) else None

    async def _take(self, received: WSMessage) -> None:
        raw = received.data if received.type is WSMsgType.TEXT else ""
        try:
            self._around.gate.admit(self._address, self._session.sender if self._session else "")
            if received.type is not WSMsgType.TEXT:
                raise FrameRefused("binary")
            await self._serve(frames.read(raw))
        except TooManyMessages as error:
            await self._send(shown.refused(error, frames.frame_id(raw), retry=shown.RETRY_SECONDS))
            await self._count_bad(error)
        except InputRefused as error:
            await self._send(shown.refused(error, frames.frame_id(raw)))
            await self._count_bad(error)
        except StoreUnavailable as error:
            await self._send(shown.refused(error, frames.frame_id(raw), retry=shown.RETRY_SECONDS))

    async def _count_bad(self, error: InputRefused) -> None:
        logger().warning(FRAME_REFUSED, code=error.code, conversation=self._conversation, cause=str(error))
        self._bad += 1
        if self._bad >= self._around.limits.bad_frames:
            await self.close(MISBEHAVED, "too many bad frames")

    async def _serve(self, frame: Frame) -> None:
        if isinstance(frame, Ping):
            return await self._send(shown.pong())
        self._quiet_since = asyncio.get_running_loop().time()
        if isinstance(frame, Hello):
            return await self._hello(frame)
        if self._session is None:
            raise FrameRefused("hello comes first")
        if isinstance(frame, Rated):
            return await self._rate(frame)
        return self._start(self._ask(frame, self._session))

    async def _hello(self, frame: Hello) -> None:
        if self._session is not None:
            raise FrameRefused("hello comes once")
        session = self._around.sessions.open(frame.session)
        self._conversation = self._around.answering.conversation(ChannelName.WEB, session.sender)
        self._last = frame.seq if session.token == frame.session else 0
        hints = self._around.bus.subscribe(topic(self._conversation))  # before reading, so that nothing falls between
        async with self._sending:
            missed = await self._around.answering.since(self._conversation, self._last)
            self._session = session
            self._offered |= _payloads(missed)
            self._last = max((turn.seq for turn in missed), default=self._last)
            known = await self._around.identities.identity(self._conversation)
            await self._send(shown.welcome(session.token, missed, proved=known.assurance > 0, demo=self._around.demo))
        self._start(self._listen(hints))

    async def _rate(self, frame: Rated) -> None:
        await self._around.ratings.rate(self._conversation, frame.turn, frame.score)
        await self._send(shown.rated(frame))

    async def _ask(self, frame: Said | Tapped | Placed, session: Session) -> None:
        """Bring one message to the heart, and its turn back; the same id while it is being worked on is the same."""
        if frame.id in self._asked:
            return
        self._asked[frame.id] = None
        try:
            await self._send(shown.typing(frame.id))
            self._asked[frame.id] = turn = await self._around.answering.handle(await self._message(frame, session))
            await self._push(turn)
        finally:
            del self._asked[frame.id]

    async def _message(self, frame: Said | Tapped | Placed, session: Session) -> Message:
        offered = isinstance(frame, Tapped) and await self._was_offered(frame.payload)
        now = self._around.now()
        return frames.to_message(frame, session.sender, offered=offered, received_at=now, origin=self._address)

    async def _was_offered(self, payload: str) -> bool:
        """Tell a tapped button from an invented one: this line has sent it, or the transcript has it."""
        if payload in self._offered:
            return True
        try:
            turns = await self._around.answering.since(self._conversation, 0)
        except StoreUnavailable:
            return False
        return payload in _payloads(turns)

    async def _listen(self, hints: AsyncIterator[str]) -> None:
        """Send what was answered elsewhere or late; while the heart works for this line, its answer brings the rest."""
        async for hint in hints:
            if hint.isdecimal() and int(hint) > self._last and None not in self._asked.values():
                await self._push()

    async def _push(self, own: Turn | None = None) -> None:
        """Send everything after the last turn sent, in order, once; `own` even when it could not be recorded."""
        async with self._sending:
            for turn in await self._unsent(own):
                mine = self._asked.get(turn.message_id, turn)
                if mine is None:
                    return  # recorded, and on its way back from the heart: its own task sends it
                await self._send(shown.turn(mine if mine.seq == turn.seq else turn))  # the heart's is not masked
                self._offered |= _payloads((turn,))
                self._last = max(self._last, turn.seq)

    async def _unsent(self, own: Turn | None) -> tuple[Turn, ...]:
        """Read what is new; an answer that could not be recorded (no number) is sent all the same."""
        unrecorded = (own,) if own and not own.seq else ()
        try:
            return (*await self._around.answering.since(self._conversation, self._last), *unrecorded)
        except StoreUnavailable:
            return (own,) if own and (not own.seq or own.seq > self._last) else ()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        """Hang up when something broke: the page calls again and gets what it missed."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger().error(LINE_BROKEN, kind=type(error).__name__, conversation=self._conversation)
            self._start(self.close(WSCloseCode.INTERNAL_ERROR, "broken"))

    async def _send(self, frame: str) -> None:
        with contextlib.suppress(*_GONE):
            await self._socket.send_str(frame)


def _payloads(turns: tuple[Turn, ...]) -> set[str]:
    return {button.payload for turn in turns for reply in turn.replies for button in reply.buttons}
