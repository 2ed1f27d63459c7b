"""Assembles the heart of one process: database, vault, retriever, dialogue and the conversation boundary."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.assembly.knowledge import shelf_of
from bot.clock import china_today, utc_now
from bot.conversation import Conversation, Limits
from bot.errors import Misconfigured
from bot.memory import MemoryBus, MemoryLocks
from bot.rasa import RasaDialogue
from bot.seal import Seal, kept_secret
from bot.settings import Settings
from bot.store.database import Database, file_of
from bot.store.sql import SqlStore
from bot.store.vault_rows import VaultRows
from bot.vault import EncryptedVault
from knowledge_base.retriever import KnowledgeRetriever


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """The parts that doors and actions are built from."""

    settings: Settings
    seal: Seal
    bus: MemoryBus
    database: Database
    vault: EncryptedVault
    retriever: KnowledgeRetriever
    conversation: Conversation


def seal_of(settings: Settings) -> Seal:
    """The installation's secret: from the environment, or made once beside the embedded database."""
    secret = settings.secret_key.get_secret_value()
    if secret:
        return Seal(secret)
    file = file_of(settings.store.url)
    if file is None:
        raise Misconfigured("JIAJIA_SECRET_KEY: several processes on one PostgreSQL need the same secret; set it")
    return Seal(kept_secret(file.parent / "secret.key"))


def vault_of(settings: Settings, database: Database, seal: Seal) -> EncryptedVault:
    """Personal numbers, sealed, until they expire."""
    keep = timedelta(minutes=settings.vault.keep_minutes)
    return EncryptedVault(rows=VaultRows(database), seal=seal, keep=keep, now=utc_now)


def limits_of(settings: Settings) -> Limits:
    """What one message may cost."""
    asked = settings.conversation
    return Limits(deadline=asked.deadline, longest_text=asked.longest_text, waiting=asked.waiting, lease=asked.lease)


@asynccontextmanager
async def heart(settings: Settings, *, rasa_url: str) -> AsyncIterator[Heart]:
    """Everything opened, until the block ends; running turns may finish."""
    async with AsyncExitStack() as stack:
        seal, bus = seal_of(settings), MemoryBus()
        database = await Database.open(settings.store.url, deadline=settings.store.deadline)
        stack.push_async_callback(database.close)
        vault = vault_of(settings, database, seal)
        retriever = KnowledgeRetriever(shelf_of(settings))
        await retriever.start()
        stack.push_async_callback(retriever.close)
        dialogue = RasaDialogue(url=rasa_url, deadline=settings.rasa.deadline, today=china_today(utc_now))
        stack.push_async_callback(dialogue.close)
        conversation = Conversation(
            dialogue=dialogue,
            retriever=retriever,
            store=SqlStore(database),
            vault=vault,
            seal=seal,
            locks=MemoryLocks(),
            bus=bus,
            now=utc_now,
            limits=limits_of(settings),
        )
        stack.push_async_callback(conversation.close)
        yield Heart(
            settings=settings,
            seal=seal,
            bus=bus,
            database=database,
            vault=vault,
            retriever=retriever,
            conversation=conversation,
        )
