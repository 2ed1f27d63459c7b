"""The running programs: training, the whole product in one command, and a conversation in the terminal."""

import asyncio
import contextlib
import secrets
import socket
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.assembly.core_system import demo_page
from bot.assembly.environments import RASA, ROOT
from bot.assembly.knowledge import ensure_knowledge, questions_of
from bot.assembly.phone_child import phone_child, start_phone, wanted
from bot.assembly.promises import kept_promises
from bot.assembly.rasa_process import LEAN, RasaProcess
from bot.assembly.training import Training, training_begun, write_examples
from bot.clock import china_today, utc_now
from bot.errors import DialogueUnavailable, Misconfigured
from bot.log import logger
from bot.messages import ChannelName, Message
from bot.rasa import RasaDialogue
from bot.rasa_parts.settled import settle
from bot.settings import Settings
from bot.store.database import file_of

if TYPE_CHECKING:
    from bot.assembly.heart import Heart

RASA_START = 120.0
WARM_UP = 20.0
WARM_UP_FAILED = "dialogue.warm_up_failed"
ANYWHERE = "0.0.0.0"  # noqa: S104 - compared with, not bound to


def training_of(settings: Settings) -> Training:
    """Where Rasa's model is trained."""
    python = ROOT / RASA.folder / "bin" / "python"
    if not python.exists():
        raise Misconfigured(f"没有 {RASA.folder}:请先运行 make env(或 python3 -m bot.assembly.environments)。")
    return Training(root=ROOT, work=settings.rasa.models.resolve().parent, python=python)


def train(settings: Settings, *, said: TextIO) -> Path:
    """Build knowledge and train Rasa where their inputs changed, beside each other; returns the Rasa model.

    Progress goes to `said`. Neither reads what the other makes, and each keeps one core busy.
    """
    with contextlib.redirect_stdout(said):
        if settings.rasa.url:
            ensure_knowledge(settings)
            return Path()
        training = training_of(settings)
        write_examples(training, questions_of(settings.knowledge.directory))
        with training_begun(training) as model:
            ensure_knowledge(settings)
            return model()


def require_ports(settings: Settings) -> None:
    """Say before anything is trained, in one line, which port that `run` needs is taken."""
    ports = [settings.gateway.port, settings.actions.port]
    ports += [] if settings.rasa.url else [settings.rasa.port]
    ports += [] if settings.fund.url else [settings.fund.port]
    _require_free(ports, settings.gateway.host)
    if wanted(settings):
        _require_free((settings.phone.port, settings.phone.http_port), settings.phone.host)


def _require_free(ports: Iterable[int], host: str) -> None:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                raise Misconfigured(
                    f"端口 {port} 已被占用:请停掉占用它的程序,或用环境变量换端口(JIAJIA_GATEWAY__PORT、"
                    "JIAJIA_RASA__PORT、JIAJIA_ACTIONS__PORT,见 docs/settings.md)。"
                ) from None


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def product(settings: Settings, model: Path, *, serve: bool) -> AsyncIterator[tuple["Heart", RasaProcess | None]]:
    """Rasa and one gateway, both ready, until the block ends; nothing is left behind."""
    line = "" if settings.rasa.url else f"@jiajia-{secrets.token_hex(8)}"
    rasa = None if settings.rasa.url else _rasa(settings, model, line)
    telephone = phone_child() if serve and wanted(settings) else None
    url = settings.rasa.url or f"http://127.0.0.1:{settings.rasa.port}"
    try:
        if rasa:
            await rasa.start()
        from bot.assembly.gateway import gateway  # imports PyTorch for seconds, while Rasa starts

        async with gateway(settings, rasa_url=url, rasa_line=line, serve=serve) as running:
            if rasa:
                await rasa.ready(RASA_START)
            await _warm_up(url)
            settle()
            if telephone:
                await start_phone(telephone, settings)
            async with kept_promises(running):  # not before Rasa can answer them
                yield running, rasa
    finally:
        if telephone:
            await telephone.stop()
        if rasa:
            await rasa.stop()


async def _warm_up(url: str) -> None:
    """Let the first citizen not wait for dictionaries and indexes: one question through Rasa, action and retriever."""
    dialogue = RasaDialogue(url=url, deadline=WARM_UP, today=china_today(utc_now))
    question = Message(channel=ChannelName.TERMINAL, sender="warm-up", id=uuid.uuid4().hex, text="租房一年最多能提多少")
    try:
        await dialogue.respond("warm-up", question)
    except DialogueUnavailable as error:
        logger().warning(WARM_UP_FAILED, reason=str(error))
    finally:
        await dialogue.close()


def _rasa(settings: Settings, model: Path, line: str) -> RasaProcess:
    work = settings.rasa.models.resolve().parent
    (work / "rasa").mkdir(parents=True, exist_ok=True)
    return RasaProcess(
        python=ROOT / RASA.folder / "bin" / "python",
        root=ROOT,
        model=model,
        port=settings.rasa.port,
        log=work / "log" / "rasa.log",
        extra={
            **LEAN,
            "RASA_ACTION_ENDPOINT": f"http://{settings.actions.host}:{settings.actions.port}/webhook",
            "RASA_LINE": line,
            "RASA_TRACKER_URL": _absolute(settings.rasa.tracker),
        },
    )


def _absolute(url: str) -> str:
    """Rasa runs elsewhere on the disk; a relative SQLite file is meant from here."""
    file = file_of(url)
    return f"sqlite:///{file.resolve()}" if file else url


async def run(settings: Settings, model: Path) -> None:
    """`make run`: start everything, say where to click, go on until cancelled."""
    started = time.monotonic()
    print("▸ 启动 Rasa 和网关(约 15 秒)…", flush=True)
    async with product(settings, model, serve=True) as (running, _):
        print(_welcome(settings, running, time.monotonic() - started), flush=True)
        await asyncio.Event().wait()


def _welcome(settings: Settings, running: "Heart", seconds: float) -> str:
    here = (
        f"http://{'127.0.0.1' if settings.gateway.host == ANYWHERE else settings.gateway.host}:{settings.gateway.port}"
    )
    doors = ", ".join(settings.channels.enabled)
    demo = demo_page(settings)
    return "\n".join(
        (
            f"✔ 家家准备好了({seconds:.0f} 秒),知识版本 {running.retriever.version}",
            f"  网上大厅   {here}/",
            f"  演示人物   {demo}(身份证号、查询密码、验证码,都是生成的)" if demo else "  核心系统   已接中心业务系统",
            f"  已开的渠道 {doors};其余渠道的接法见 README。",
            "  试试问:租房一年最多能提多少?    停止:Ctrl-C",
        )
    )
