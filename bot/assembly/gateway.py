"""Assembles one gateway process: heart, store, retriever, the actions Rasa calls, the citizens' doors."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from actions.registry import assemble
from actions.server import ActionServer
from bot.assembly.knowledge import parameters_of, shelf_of
from bot.clock import china_today, utc_now
from bot.conversation import Conversation, Limits
from bot.errors import Misconfigured
from bot.log import logger
from bot.memory import MemoryBus, MemoryLocks
from bot.messages import ChannelName
from bot.ports import Channel
from bot.rasa import RasaDialogue
from bot.seal import Seal, kept_secret
from bot.settings import Settings
from bot.store.database import Database, file_of
from bot.store.ratings import SqlRatings
from bot.store.sql import SqlStore
from bot.store.vault_rows import VaultRows
from bot.vault import EncryptedVault
from channels.web.channel import WebChannel
from channels.web.limits import Limits as WebLimits
from knowledge_base.retriever import KnowledgeRetriever

GATEWAY_READY = "gateway.ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What a program needs of a running gateway."""

    conversation: Conversation
    dialogue: RasaDialogue
    retriever: KnowledgeRetriever


def seal_of(settings: Settings) -> Seal:
    """The installation's secret: from the environment, or made once beside the embedded database."""
    secret = settings.secret_key.get_secret_value()
    if secret:
        return Seal(secret)
    file = file_of(settings.store.url)
    if file is None:
        raise Misconfigured("JIAJIA_SECRET_KEY: several processes on one PostgreSQL need the same secret; set it")
    return Seal(kept_secret(file.parent / "secret.key"))


@asynccontextmanager
async def gateway(settings: Settings, *, rasa_url: str, serve: bool = True) -> AsyncIterator[Gateway]:
    """Run a gateway until the block ends; with `serve` false only the actions are served, no citizen's door."""
    async with AsyncExitStack() as stack:
        seal, bus = seal_of(settings), MemoryBus()
        database = await Database.open(settings.store.url, deadline=settings.store.deadline)
        stack.push_async_callback(database.close)
        retriever = KnowledgeRetriever(shelf_of(settings))
        await retriever.start()
        stack.push_async_callback(retriever.close)
        today = china_today(utc_now)
        dialogue = RasaDialogue(url=rasa_url, deadline=settings.rasa.deadline, today=today)
        stack.push_async_callback(dialogue.close)
        conversation = Conversation(
            dialogue=dialogue,
            retriever=retriever,
            store=SqlStore(database),
            vault=EncryptedVault(
                rows=VaultRows(database),
                seal=seal,
                keep=timedelta(minutes=settings.vault.keep_minutes),
                now=utc_now,
            ),
            seal=seal,
            locks=MemoryLocks(),
            bus=bus,
            now=utc_now,
            limits=Limits(
                deadline=settings.conversation.deadline,
                longest_text=settings.conversation.longest_text,
                waiting=settings.conversation.waiting,
                lease=settings.conversation.lease,
            ),
        )
        stack.push_async_callback(conversation.close)
        actions = assemble(retriever=retriever, parameters=parameters_of(settings), today=today)
        await _serve(stack, actions_app(ActionServer(actions)), settings.actions.host, settings.actions.port)
        if serve:
            doors = _doors(settings, seal, bus, SqlRatings(database, utc_now))
            await _serve(stack, doors_app(doors, conversation), settings.gateway.host, settings.gateway.port)
        await conversation.deliver_owed()
        logger().info(GATEWAY_READY, knowledge=retriever.version)
        yield Gateway(conversation=conversation, dialogue=dialogue, retriever=retriever)


def _doors(settings: Settings, seal: Seal, bus: MemoryBus, ratings: SqlRatings) -> tuple[Channel, ...]:
    per_minute = settings.gateway.messages_per_minute
    limits = WebLimits(session_per_second=per_minute / 60, largest_frame_bytes=settings.gateway.frame_bytes)
    web_hall = WebChannel(
        seal=seal,
        bus=bus,
        ratings=ratings,
        origins=frozenset(settings.gateway.origins),
        limits=limits,
        demo=True,
    )
    known: dict[ChannelName, Channel] = {ChannelName.WEB: web_hall}
    missing = [name for name in settings.channels.enabled if name not in known]
    if missing:
        raise Misconfigured(f"channels.enabled: {', '.join(missing)} is not available in this version")
    return tuple(known[name] for name in settings.channels.enabled)


def doors_app(doors: tuple[Channel, ...], conversation: Conversation) -> web.Application:
    """The citizens' side."""
    app = web.Application()
    for door in doors:
        door.mount(app, conversation)
    return app


def actions_app(server: ActionServer) -> web.Application:
    """Rasa's side, on its own loopback port."""
    app = web.Application(client_max_size=8 * 1024 * 1024)
    server.mount(app)
    return app


async def _serve(stack: AsyncExitStack, app: web.Application, host: str, port: int) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise Misconfigured(f"端口 {port} 已被占用:请先停掉占用它的程序,或换一个端口(见 docs/settings.md)。") from error
