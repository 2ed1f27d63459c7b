"""Carries owed answers by customer-service message: each part once, every attempt written down, no refusal hidden."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from bot.errors import StoreUnavailable
from bot.log import DELIVERY_FAILED, logger
from bot.seal import Seal
from channels.wechat import words
from channels.wechat.answers import Answers
from channels.wechat.api import PlatformApi
from channels.wechat.lease_store import Leases
from channels.wechat.parcel import Parcel, opened
from channels.wechat.receipts import Key, Receipt, State, Way
from channels.wechat.refusals import NOT_PERMITTED, UNKNOWN, WINDOW_CLOSED, Fate, PlatformRefused, PlatformSilent, fate
from channels.wechat.sending_store import Sendings
from channels.wechat.shown import Part, Text, texts

ANSWER_DELIVERED = "answer.delivered"
PAUSES = (0.5, 1.5)  # between attempts at once
LATER, MOST_ATTEMPTS = 15.0, 30  # then by the sweep, some minutes long
_UNPERMITTED = timedelta(hours=1)


class Courier:
    """One per process; `close()` lets running deliveries finish."""

    def __init__(
        self,
        *,
        api: PlatformApi,
        sendings: Sendings,
        leases: Leases,
        seal: Seal,
        now: Callable[[], datetime],
        template: str = "",
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._api = api
        self._sendings = sendings
        self._leases = leases
        self._seal = seal
        self._now = now
        self._template = template
        self._pauses = pauses
        self._barred_until: datetime | None = None
        self._running: set[asyncio.Task[object]] = set()

    @property
    def barred(self) -> bool:
        """Whether WeChat has told lately that this account may not send customer-service messages (48001)."""
        return self._barred_until is not None and self._now() < self._barred_until

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self, grace: float = 10.0) -> None:
        """Wait for what is on its way; the rest is the sweep's of another process."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def deliver(self, receipt: Receipt, answers: Answers | None = None) -> bool:
        """Bring an owed answer to its end, or leave it to a later sweep; True when all of it arrived.

        Without `answers` the receipt holds words ready to send.
        """
        parcel = opened(receipt.sealed, self._seal)
        try:
            with self._leases.working(receipt.key):
                if parcel is None:
                    await self._sendings.settle(receipt.key, State.UNDELIVERED)
                    return False
                if answers is None:
                    return await self._parts(receipt, parcel, texts(parcel.text))
                parts = await answers.parts(receipt.key, parcel, carries=receipt.carries)
                return await self._parts(receipt, parcel, parts)
        except StoreUnavailable as error:  # the row stays owed; its lease ends, and the sweep takes it
            logger().warning(DELIVERY_FAILED, conversation=receipt.key.conversation, error=error.code)
            return False

    async def typing(self, openid: str) -> None:
        """Show that an answer is being looked for; nobody minds if that fails."""
        try:
            await self._api.typing(openid)
        except (PlatformRefused, StoreUnavailable):
            return

    async def _parts(self, receipt: Receipt, parcel: Parcel, parts: tuple[Part, ...]) -> bool:
        doubtful = receipt.sending_at
        for number in range(receipt.parts_sent, len(parts)):
            last = number + 1 == len(parts)
            if not await self._part(receipt.key, number, parts[number], parcel.sender, doubtful=doubtful, last=last):
                return False
            doubtful = None
        if receipt.parts_sent >= len(parts):
            await self._sendings.settle(receipt.key, State.DELIVERED)
        return True

    async def _part(
        self, key: Key, number: int, part: Part, openid: str, *, doubtful: datetime | None, last: bool
    ) -> bool:
        """Send one part; True when it arrived. `doubtful`: when somebody may have sent it already."""
        done = State.DELIVERED if last else State.OWED
        for pause in (*self._pauses, 0.0):
            begun = await self._sendings.begin(key, number, doubtful=doubtful)
            if begun is None:
                return False
            code = await self._once(part, openid, doubtful)
            await self._sendings.ended(key, number, way=Way.MESSAGE, code=code, state=_after(code, done))
            if code == 0:
                logger().info(ANSWER_DELIVERED, conversation=key.conversation, message_id=key.message_id, part=number)
                return True
            if fate(code) is not Fate.AGAIN:
                await self._refused(key, number, openid, code)
                return False
            doubtful = begun if code == UNKNOWN else None
            await asyncio.sleep(pause)
        logger().warning(DELIVERY_FAILED, conversation=key.conversation, error="wechat-refused", code=code)
        await self._sendings.leave(key, seconds=LATER, most=MOST_ATTEMPTS)
        return False

    async def _once(self, part: Part, openid: str, doubtful: datetime | None) -> int:
        """Return WeChat's code; 0 also when its record shows that the part arrived before."""
        try:
            if doubtful is not None and await self._arrived(part, openid, doubtful):
                return 0
            await self._api.send(part, openid)
        except PlatformRefused as error:
            return error.errcode
        return 0

    async def _arrived(self, part: Part, openid: str, since: datetime) -> bool:
        """Ask the customer-service record. Where none is kept we send: better twice than never.

        Raises PlatformRefused with UNKNOWN when the record cannot be asked just now: then we may not send either.
        """
        if not isinstance(part, Text):
            return False
        try:
            lines = await self._api.sent(since - timedelta(seconds=10), self._now())
        except PlatformRefused as error:
            if fate(error.errcode) is Fate.AGAIN:
                raise PlatformSilent from None
            return False
        return any(one.openid == openid and one.text == part.content for one in lines)

    async def _refused(self, key: Key, number: int, openid: str, code: int) -> None:
        logger().warning(DELIVERY_FAILED, conversation=key.conversation, error="wechat-refused", code=code)
        if code == NOT_PERMITTED:
            self._barred_until = self._now() + _UNPERMITTED
        if code == WINDOW_CLOSED and self._template:
            await self._sendings.noted(key, number, way=Way.TEMPLATE, code=await self._notified(openid))

    async def _notified(self, openid: str) -> int:
        try:
            await self._api.notify(openid, self._template, words.WAITING_ANSWER)
        except PlatformRefused as error:
            return error.errcode
        return 0


def _after(code: int, done: State) -> State:
    """Say what a part's answer makes of the whole."""
    if code == 0:
        return done
    return {Fate.AGAIN: State.OWED, Fate.HOLD: State.HELD, Fate.GIVE_UP: State.UNDELIVERED}[fate(code)]
