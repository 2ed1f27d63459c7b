"""Builds a Conversation on a real SQLite file with fakes around it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.conversation import Conversation
from bot.memory import MemoryBus, MemoryLocks
from bot.messages import ChannelName, Message
from bot.seal import Seal
from bot.store import SqlStore
from bot.store.database import Database
from bot.store.vault_rows import VaultRows
from bot.vault import EncryptedVault
from tests.fakes import FakeClock, FixedRetriever, ScriptedDialogue

SECRET = "a secret for tests only"


_template: list[tempfile.TemporaryDirectory[str]] = []


async def migrated(path: Path) -> Database:
    """Open a database with all tables, made once a run and copied: migrating takes longer than most tests."""
    if not _template:
        _template.append(tempfile.TemporaryDirectory())
        await (await Database.open(f"sqlite:///{_template[0].name}/empty.db")).close()
    await asyncio.to_thread(_copied, path)
    return await Database.open(f"sqlite:///{path}", prepare=_as_it_is)


def _copied(path: Path) -> None:
    if not path.exists():
        shutil.copyfile(Path(_template[0].name) / "empty.db", path)


def _as_it_is(_connection: Connection) -> None:
    """What this run has migrated needs no look at the migrations again."""


@dataclass(kw_only=True)
class Heart:
    conversation: Conversation
    dialogue: Any
    store: SqlStore
    vault: EncryptedVault
    bus: MemoryBus
    locks: MemoryLocks
    clock: FakeClock
    path: Path


@asynccontextmanager
async def heart(
    folder: Path, dialogue: Any = None, *, now: Callable[[], datetime] | None = None, **parts: Any
) -> AsyncIterator[Heart]:
    path = folder / "jiajia.db"
    database = await migrated(path)
    clock = FakeClock()
    seal = Seal(SECRET)
    store = parts.pop("store", None) or SqlStore(database)
    vault = EncryptedVault(rows=VaultRows(database), seal=seal, keep=timedelta(hours=1), now=now or clock)
    dialogue = dialogue or ScriptedDialogue()
    bus, locks = MemoryBus(), MemoryLocks()
    conversation = Conversation(
        dialogue=dialogue,
        retriever=parts.pop("retriever", FixedRetriever()),
        store=store,
        vault=vault,
        seal=seal,
        locks=locks,
        bus=bus,
        now=now or clock,
        **parts,
    )
    built = Heart(
        conversation=conversation,
        dialogue=dialogue,
        store=store,
        vault=vault,
        bus=bus,
        locks=locks,
        clock=clock,
        path=path,
    )
    try:
        yield built
    finally:
        await conversation.close(grace=2.0)
        await database.close()


def message(text: str = "租房一年最多能提多少?", *, id: str = "m1", sender: str = "s1", **more: Any) -> Message:
    return Message(channel=more.pop("channel", ChannelName.WEB), sender=sender, id=id, text=text, **more)
