"""Assembles the heart of one process: database, vault, retriever, dialogue and the conversation boundary."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.assembly.figures import shelf_of
from bot.assembly.sealing import seal_of
from bot.assembly.texting import texting
from bot.assembly.wechat_door import LONGEST_ANSWER, official_account
from bot.clock import china_today, utc_now
from bot.conversation import Conversation, Limits
from bot.memory import MemoryBus, MemoryLocks
from bot.messages import ChannelName
from bot.ports import Sms
from bot.rasa import RasaDialogue
from bot.rasa_line import RasaLine
from bot.seal import Seal
from bot.settings import Settings
from bot.store.database import Database, Work
from bot.store.erasing import SqlErasing
from bot.store.identities import SqlIdentities
from bot.store.migrate import upgrade
from bot.store.sql import SqlStore
from bot.store.vault_rows import VaultRows
from bot.vault import EncryptedVault
from channels.wechat.channel import WeChatChannel
from knowledge_base.retriever import KnowledgeRetriever

LONGEST_ON_HOLD = 20.0  # seconds a caller waits, and is told so meanwhile: what comes later reaches nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """The parts that doors and actions are built from."""

    settings: Settings
    seal: Seal
    bus: MemoryBus
    database: Database
    trackers: Database
    vault: EncryptedVault
    identities: SqlIdentities
    retriever: KnowledgeRetriever
    conversation: Conversation
    wechat: WeChatChannel | None = None
    sms: Sms | None = None
    line: RasaLine | None = None


def vault_of(settings: Settings, database: Database, seal: Seal) -> EncryptedVault:
    """Personal numbers, sealed, until they expire."""
    keep = timedelta(minutes=settings.vault.keep_minutes)
    return EncryptedVault(rows=VaultRows(database), seal=seal, keep=keep, now=utc_now)


def limits_of(settings: Settings) -> Limits:
    """What one message may cost."""
    asked = settings.conversation
    return Limits(
        deadline=asked.deadline,
        channel_deadlines={
            ChannelName.WECHAT: min(LONGEST_ANSWER, asked.lease - 1),
            ChannelName.PHONE: min(LONGEST_ON_HOLD, asked.lease - 1),
        },
        longest_text=asked.longest_text,
        waiting=asked.waiting,
        lease=asked.lease,
    )


@asynccontextmanager
async def heart(settings: Settings, *, rasa_url: str, rasa_line: str = "") -> AsyncIterator[Heart]:
    """Everything opened, until the block ends; running turns may finish."""
    async with AsyncExitStack() as stack:
        seal, bus, line = seal_of(settings), MemoryBus(), RasaLine(rasa_line) if rasa_line else None
        database = await _opened(stack, settings.store.url, settings.store.deadline)
        trackers = await _opened(stack, settings.rasa.tracker, settings.store.deadline, prepare=lambda _: None)
        vault, identities = vault_of(settings, database, seal), SqlIdentities(database, utc_now)
        retriever = KnowledgeRetriever(shelf_of(settings))
        await retriever.start()
        stack.push_async_callback(retriever.close)
        wechat = await stack.enter_async_context(official_account(settings, database, seal, identities))
        conversation = Conversation(
            dialogue=_dialogue(stack, settings, rasa_url, line),
            retriever=retriever,
            store=SqlStore(database),
            vault=vault,
            identities=identities,
            erasing=SqlErasing(database, trackers),
            seal=seal,
            locks=MemoryLocks(),
            bus=bus,
            now=utc_now,
            limits=limits_of(settings),
            outbox=wechat.outbox if wechat else None,
        )
        stack.push_async_callback(conversation.close)
        yield Heart(
            settings=settings,
            seal=seal,
            bus=bus,
            database=database,
            trackers=trackers,
            vault=vault,
            identities=identities,
            retriever=retriever,
            conversation=conversation,
            wechat=wechat,
            line=line,
            sms=await stack.enter_async_context(texting(settings)),
        )


def _dialogue(stack: AsyncExitStack, settings: Settings, url: str, line: RasaLine | None) -> RasaDialogue:
    dialogue = RasaDialogue(url=url, deadline=settings.rasa.deadline, today=china_today(utc_now), line=line)
    stack.push_async_callback(dialogue.close)
    return dialogue


async def _opened(stack: AsyncExitStack, url: str, deadline: float, prepare: Work[None] = upgrade) -> Database:
    """Open a database until the stack ends: ours, and Rasa's, whose table rasa_parts makes."""
    database = await Database.open(url, deadline=deadline, prepare=prepare)
    stack.push_async_callback(database.close)
    return database
