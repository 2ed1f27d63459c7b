"""`python -m voice`: the telephone's process; says at its start what is ready and what is missing.

`python -m voice sounds <folder>` speaks the announcements of the PBX's queue into files, by the voice of the settings.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

import uvloop

from bot.assembly.phone import Line, announcements, gateway_url, phone
from bot.assembly.serving import until_signal
from bot.errors import GatewayUnavailable, JiajiaError
from bot.log import configure
from bot.settings import Settings, load
from voice.gateway import HttpGateway


def main() -> int:
    """Read the settings and answer until a signal; what stops it is told in one line."""
    parser = argparse.ArgumentParser(prog="python -m voice", description="12329 电话进程")
    verbs = parser.add_subparsers(dest="verb")
    sounds = verbs.add_parser("sounds", help="把排队提示音写成文件,给 Asterisk 的 sounds/zh 用")
    sounds.add_argument("folder", type=Path)
    options = parser.parse_args()
    try:
        settings = load()
        configure(level=settings.log.level)
        if options.verb == "sounds":
            print(f"✔ {uvloop.run(announcements(settings, options.folder))} 个提示音写在 {options.folder}")
            return 0
        return uvloop.run(until_signal(_run(settings)))
    except JiajiaError as error:
        print(f"✘ {error}", file=sys.stderr)
        return 2


async def _run(settings: Settings) -> None:
    started = time.monotonic()
    async with phone(settings) as line:
        print(await _welcome(settings, line, time.monotonic() - started), flush=True)
        await asyncio.Event().wait()


async def _welcome(settings: Settings, line: Line, seconds: float) -> str:
    """Say what is ready and what is missing, and how to get it."""
    asked = settings.phone
    hears = f"听     ✘ {line.deaf}" if line.deaf else f"听     ✔ {asked.model}"
    if not line.calls:
        return f"✔ 语音识别进程准备好了({seconds:.0f} 秒):http://{asked.host}:{asked.http_port}/speech\n  {hears}"
    deaf = ";电话先走按键" if line.deaf else ""
    return "\n".join(
        (
            f"✔ 电话进程准备好了({seconds:.0f} 秒)",
            f"  线路   AudioSocket {asked.host}:{asked.port},拨号方案的 HTTP {asked.host}:{asked.http_port}"
            "(配置见 deploy/asterisk/)",
            f"  {hears}{deaf}",
            f"  说     ✔ {asked.voice}",
            f"  网关   {await _gateway(settings)}",
            f"  人工   {asked.hours or '全天'}",
        )
    )


async def _gateway(settings: Settings) -> str:
    gateway = HttpGateway(gateway_url(settings), settings.phone_token.get_secret_value())
    try:
        able = await gateway.abilities()
    except GatewayUnavailable as error:
        return f"✘ {gateway_url(settings)} 还连不上({error}),连上之前的来电直接转人工"
    finally:
        await gateway.close()
    lacks = [what for what, has in (("短信(sms.url)", able.texts), ("回电登记", able.call_backs)) if not has]
    return f"✔ {gateway_url(settings)}{',没有' + '、'.join(lacks) if lacks else ''}"
