"""Assembles the way to send a text message: the centre's gateway, the demo's outbox page, or none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import utc_now
from bot.ports import Sms
from bot.settings import Settings
from bot.sms import DemoSms, HttpSms


@asynccontextmanager
async def texting(settings: Settings) -> AsyncIterator[Sms | None]:
    """The gateway of the settings; without one the demo shows texts on its page, and a real installation has none."""
    asked = settings.sms
    if not asked.url:
        yield None if settings.fund.url else DemoSms(utc_now)
        return
    sms = HttpSms(url=asked.url, key=settings.sms_key.get_secret_value(), sign=asked.sign, deadline=asked.deadline)
    try:
        yield sms
    finally:
        await sms.close()
