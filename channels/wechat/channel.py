"""The WeChat door: adds the webhook and the pages to the application and keeps its promises while it runs."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from bot.buckets import Buckets
from bot.clock import utc_now
from bot.ports import Answering, Transcriber
from bot.seal import Seal
from bot.store.database import Database
from channels.wechat.answers import Answers, Ears
from channels.wechat.api import PLATFORM, PlatformApi
from channels.wechat.binding import Binding, BindingPages
from channels.wechat.courier import PAUSES, Courier
from channels.wechat.ears import VoiceMessages
from channels.wechat.keeper import Keeper
from channels.wechat.lease_store import Leases
from channels.wechat.line import Pulse
from channels.wechat.mapping import Questions
from channels.wechat.outbox import WeChatOutbox
from channels.wechat.receipt_store import Receipts
from channels.wechat.reception import Reception, Surroundings
from channels.wechat.replay_store import Replays
from channels.wechat.security import Envelope, Mode
from channels.wechat.sending_store import Sendings
from channels.wechat.store_rows import Owner
from channels.wechat.token_store import TokenStore
from channels.wechat.webhook import Webhook

PATH = "/wechat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The official account, as the platform's 基本配置 page shows it."""

    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)
    mode: Mode = Mode.ENCRYPTED
    template: str = ""
    platform: str = PLATFORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds. `budget` is what a passive reply may take; `lease` must outlast WeChat's three deliveries."""

    budget: float = 4.5
    lease: float = 20.0
    beat: float = 2.0
    burst: int = 8
    per_second: float = 0.5
    deadline: float = 5.0
    pauses: tuple[float, ...] = PAUSES


class WeChatChannel:
    """Implements `Channel`. `outbox` goes to the heart before the channel is mounted."""

    def __init__(
        self,
        *,
        account: Account,
        database: Database,
        seal: Seal,
        questions: Questions = Questions(),  # noqa: B008 - frozen
        transcriber: Transcriber | None = None,
        binding: Binding | None = None,
        limits: Limits = Limits(),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        name = f"{os.getpid()}-{os.urandom(6).hex()}"
        owner = Owner(name=name, lease=timedelta(seconds=limits.lease), now=now)
        self._account = account
        self._seal = seal
        self._now = now
        self._limits = limits
        self._questions = questions
        self._binding = binding
        self._receipts = Receipts(database, owner)
        self._sendings = Sendings(database, owner)
        self._leases = Leases(database, owner)
        self._replays = Replays(database, now=now)
        self._pulse = Pulse()
        tokens = TokenStore(database, app_id=account.app_id, seal=seal, owner=name, now=now)
        self.api = _api(account, tokens, limits, now)
        self._ears: Ears | None = VoiceMessages(self.api, transcriber) if transcriber else None
        self._courier = Courier(
            api=self.api,
            sendings=self._sendings,
            leases=self._leases,
            seal=seal,
            now=now,
            template=account.template,
            pauses=limits.pauses,
        )
        self.outbox = WeChatOutbox(courier=self._courier, sendings=self._sendings, seal=seal)

    def mount(self, app: web.Application, answering: Answering) -> None:
        answers = Answers(
            answering=answering, sendings=self._sendings, seal=self._seal, questions=self._questions, ears=self._ears
        )
        webhook = Webhook(
            envelope=_envelope(self._account, self._now),
            replays=self._replays,
            reception=Reception(self._around(answers, answering)),
            pulse=self._pulse,
        )
        app.router.add_get(PATH, webhook.connect)
        app.router.add_post(PATH, webhook.deliver)
        if self._binding is not None:
            pages = BindingPages(
                self._binding,
                api=self.api,
                app_id=self._account.app_id,
                seal=self._seal,
                answering=answering,
                now=self._now,
            )
            pages.mount(app)
        app.cleanup_ctx.append(lambda _: self._running(answers))

    def _around(self, answers: Answers, answering: Answering) -> Surroundings:
        return Surroundings(
            receipts=self._receipts,
            leases=self._leases,
            courier=self._courier,
            answers=answers,
            answering=answering,
            buckets=Buckets(self._limits.burst, self._limits.per_second, time.monotonic),
            seal=self._seal,
            now=self._now,
            budget=self._limits.budget,
        )

    async def _running(self, answers: Answers) -> AsyncIterator[None]:
        """Sweep while the application runs; then let what is on its way arrive."""
        keeper = Keeper(
            leases=self._leases, courier=self._courier, answers=answers, now=self._now, beat=self._limits.beat
        )
        keeper.start()
        pulse = asyncio.create_task(self._pulse.run())
        yield
        pulse.cancel()
        await keeper.stop()
        await self._courier.close()
        await self.api.close()


def _envelope(account: Account, now: Callable[[], datetime]) -> Envelope:
    return Envelope(app_id=account.app_id, token=account.token, aes_key=account.aes_key, mode=account.mode, now=now)


def _api(account: Account, tokens: TokenStore, limits: Limits, now: Callable[[], datetime]) -> PlatformApi:
    return PlatformApi(
        app_id=account.app_id,
        secret=account.secret,
        store=tokens,
        now=now,
        url=account.platform,
        deadline=limits.deadline,
    )
