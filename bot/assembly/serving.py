"""Opens a port for an application, or names the one that is taken; runs a program until it is asked to stop."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import web

from bot.errors import Misconfigured


async def open_port(stack: AsyncExitStack, app: web.Application, host: str, port: int) -> None:
    """Serve until the stack unwinds; raises Misconfigured when the port is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise Misconfigured(f"端口 {port} 已被占用:请先停掉占用它的程序,或换一个端口(见 docs/settings.md)。") from error


async def until_signal(program: Coroutine[Any, Any, None]) -> int:
    """Run until it ends or SIGINT or SIGTERM asks to stop; what the program opened is closed either way."""
    work = asyncio.ensure_future(program)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        print("已停止。", file=sys.stderr)
    return 0
