"""Assembles the way to understand recorded messages (WeChat voice): the speech process, or none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bot.ports import Transcriber
from bot.settings import Settings
from voice.transcribing import HttpTranscriber


@asynccontextmanager
async def transcribing(settings: Settings) -> AsyncIterator[Transcriber | None]:
    """The process of `phone.speech`, else the one that is started here when a model is set, else none."""
    asked = settings.phone
    url = asked.speech or (f"http://{asked.host}:{asked.http_port}" if asked.model else "")
    if not url:
        yield None
        return
    async with aiohttp.ClientSession() as session:
        yield HttpTranscriber(session, url=url, token=settings.phone_token.get_secret_value())
