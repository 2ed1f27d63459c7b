"""Decides how a delivery is answered: in WeChat's own seconds, or by a promise that is written down and kept."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.buckets import Buckets
from bot.errors import StoreUnavailable
from bot.log import logger
from bot.messages import ChannelName
from bot.ports import Answering
from bot.seal import Seal
from channels.wechat import mapping, shown, words
from channels.wechat.answers import Answers
from channels.wechat.courier import Courier
from channels.wechat.lease_store import Leases
from channels.wechat.line import Line
from channels.wechat.parcel import Parcel, sealed
from channels.wechat.receipt_store import Receipts
from channels.wechat.receipts import Key, Receipt, State
from channels.wechat.received import Received
from channels.wechat.shown import SUCCESS, Part

EVENT_SEEN = "event.seen"
REPLAY_SEEN = "replay.seen"
LAST_DELIVERY = 3  # WeChat delivers at most three times
DELIVERED_WITHIN = timedelta(minutes=1)  # and does not come back later: who does replays what WeChat once sent
_MARGIN = 0.2  # seconds beyond the budget in which WeChat still listens
_RECORDED = 0.4  # seconds in which an answer that is recorded can be read again
_THIRD = 1.8  # budgets after the message was written: WeChat's third delivery begins later, its second earlier
_REPLYABLE = (State.WAITING, State.PASSIVE, State.REPLIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every delivery of a process shares; `budget` is seconds for a passive reply from the first delivery."""

    receipts: Receipts
    leases: Leases
    courier: Courier
    answers: Answers
    answering: Answering
    buckets: Buckets
    seal: Seal
    now: Callable[[], datetime]
    budget: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one delivery gets: XML that settles `receipt` once it is written out, or `success`."""

    text: str = SUCCESS
    parts: int = 0
    receipt: Receipt | None = None


class Reception:
    """One per process; two deliveries of one message share one piece of work."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._working: dict[Key, asyncio.Task[tuple[Part, ...]]] = {}

    async def answered(self, message: Received, line: Line) -> Answer:
        """Return what to write on this line. What is promised here is written down before."""
        if not mapping.contact(message):
            logger().info(EVENT_SEEN, event_name=message.event, status=message.status)
            return Answer()
        around = self._around
        conversation = around.answering.conversation(ChannelName.WECHAT, message.sender)
        key = Key(conversation=conversation, message_id=message.message_id)
        try:
            raw = sealed(Parcel(sender=message.sender, received=message), around.seal)
            receipt = replace(await around.receipts.receive(key, raw, line.stamp), sealed=raw)
            with around.leases.working(key):
                return await self._decided(receipt, message, line)
        except StoreUnavailable as error:
            return self._xml(message, shown.texts(error.say))

    async def chosen(self, answer: Answer) -> bool:
        """Choose this answer, ready to be written out, as the reply; False when another way was chosen meanwhile."""
        if answer.receipt is None:
            return True
        return await self._around.receipts.replying(answer.receipt) in (State.PASSIVE, State.REPLIED)

    async def written(self, answer: Answer) -> None:
        """The answer has left this process: only now it counts as replied."""
        if answer.receipt is not None:
            self._around.courier.start(self._confirmed(answer.receipt, answer.parts))

    async def unwritten(self, answer: Answer) -> None:
        """The answer could not be written out: WeChat had hung up."""
        if answer.receipt is not None:
            await self._around.receipts.unsent(answer.receipt)

    async def _confirmed(self, receipt: Receipt, parts: int) -> None:
        try:
            more = await self._around.receipts.replied(receipt.key, parts)
        except StoreUnavailable:
            return  # the sweep finds it
        if more:
            await self._around.courier.deliver(replace(receipt, parts_sent=1), self._around.answers)

    async def _decided(self, receipt: Receipt, message: Received, line: Line) -> Answer:
        around, key = self._around, receipt.key
        if receipt.new and not receipt.carries and not around.buckets.take(key.conversation):
            await around.receipts.decide(key, State.REPLIED)
            return self._xml(message, shown.texts(words.SLOWER))
        if receipt.state not in _REPLYABLE:
            return Answer()
        if not receipt.new and around.now() - receipt.received_at > DELIVERED_WITHIN:
            logger().warning(REPLAY_SEEN, conversation=key.conversation)
            return Answer()
        if await line.hung_up():
            return await self._given_up(receipt)
        if self._last(receipt, message, line) and not around.courier.barred:
            if await around.receipts.owe(receipt):
                around.courier.start(around.courier.deliver(replace(receipt, parts_sent=0), around.answers))
            return Answer()
        return await self._raced(receipt, message, line)

    def _last(self, receipt: Receipt, message: Received, line: Line) -> bool:
        """Tell whether no delivery can follow: then nobody would see that a passive reply did not arrive."""
        since = line.stamp - message.created
        return receipt.deliveries >= LAST_DELIVERY or since >= _THIRD * self._around.budget

    async def _raced(self, receipt: Receipt, message: Received, line: Line) -> Answer:
        """Wait for the answer as long as WeChat's first delivery leaves time, then promise it."""
        around = self._around
        work = self._work(receipt, message)
        if receipt.state is State.WAITING:
            waited = max(line.age, (around.now() - receipt.received_at).total_seconds())
            await asyncio.wait({work}, timeout=max(around.budget - waited, 0.0))
            if not work.done():
                return await self._promised(receipt, message, line, work)
        return await self._replied(receipt, message, line, await asyncio.shield(work))

    async def _replied(self, receipt: Receipt, message: Received, line: Line, parts: tuple[Part, ...]) -> Answer:
        around, key = self._around, receipt.key
        if await line.hung_up() or line.age > around.budget + _MARGIN:
            won, _ = await around.receipts.decide(key, State.OWED)  # too late for this delivery, whatever it looks like
            if won:
                around.courier.start(around.courier.deliver(receipt, around.answers))
                return Answer()
            return await self._given_up(receipt)
        if not parts:
            await around.receipts.decide(key, State.REPLIED)
            return Answer()
        return replace(self._xml(message, parts), receipt=receipt, parts=len(parts))

    async def _given_up(self, receipt: Receipt) -> Answer:
        """WeChat waits for this delivery no more; if it came after the one we replied to, that reply did not arrive."""
        around = self._around
        if await around.receipts.disproved(receipt):
            around.courier.start(around.courier.deliver(replace(receipt, parts_sent=0), around.answers))
        return Answer()

    async def _promised(
        self, receipt: Receipt, message: Received, line: Line, work: asyncio.Task[tuple[Part, ...]]
    ) -> Answer:
        """The promise is written down before WeChat hears `success` and stops delivering."""
        around, key = self._around, receipt.key
        won, state = await around.receipts.decide(key, State.HELD if around.courier.barred else State.OWED)
        if won and around.courier.barred:
            return self._xml(message, shown.texts(words.STILL_LOOKING))
        if won:
            around.courier.start(around.courier.typing(message.sender))
            around.courier.start(around.courier.deliver(receipt, around.answers))
        if won or state not in _REPLYABLE:
            return Answer()
        # somebody has replied to an earlier delivery, but WeChat waits for us
        await asyncio.wait({work}, timeout=_RECORDED)
        if work.done():
            return await self._replied(receipt, message, line, work.result())
        return await self._given_up(receipt)

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

    def _xml(self, message: Received, parts: tuple[Part, ...]) -> Answer:
        return Answer(text=shown.to_xml(parts[0], message, int(self._around.now().timestamp())))
