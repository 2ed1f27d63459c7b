"""Starts the telephone's process beside a gateway; imports nothing of Vosk, which must not meet PyTorch."""

import asyncio
import os
import sys
import time

import aiohttp

from bot.assembly.child import Child
from bot.errors import Misconfigured
from bot.messages import ChannelName
from bot.settings import Settings

START = 120.0  # a large Vosk model takes its time


def wanted(settings: Settings) -> bool:
    """Whether `make run` starts the process here: for calls, or for recorded messages of other doors."""
    asked = settings.phone
    return not asked.elsewhere and (ChannelName.PHONE in settings.channels.enabled or bool(asked.model))


def phone_child() -> Child:
    """The process, with our environment; what it prints goes where ours goes."""
    command = [sys.executable, "-m", "voice"]
    return Child("phone", command, cwd=os.getcwd(), environment=os.environ)


async def start_phone(child: Child, settings: Settings) -> None:
    """Start it and wait until it listens; raises Misconfigured when it does not start (it has said why)."""
    await child.start()
    deadline = time.monotonic() + START
    url = f"http://{settings.phone.host}:{settings.phone.http_port}/ready"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
        while time.monotonic() < deadline:
            if child.code is not None:
                raise Misconfigured(f"电话进程没有启动成功(退出码 {child.code}),原因见上一行。")
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        child.keep()
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.2)
    raise Misconfigured(f"电话进程 {START:.0f} 秒内没有就绪。")
