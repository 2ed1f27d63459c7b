"""Answers questions from the current version on the shelf, following the pointer without dropping a question."""

import asyncio
import contextlib
import time
from datetime import date

from bot.errors import KnowledgeUnavailable
from bot.knowledge import Finding, Query, Served
from bot.log import logger
from bot.one_turn import throughout
from knowledge_base.edition import Edition, load_edition
from knowledge_base.shelf import Shelf

VERSION_LOADED, LOAD_FAILED = "knowledge.version_loaded", "knowledge.load_failed"
SHORT = 60
"""So many characters are looked up in a quick base within a few milliseconds: handing them to a thread, which then
fights with this one over the interpreter, costs both more than that and answers nobody sooner."""
log = logger()


class KnowledgeRetriever:
    """Implements bot.ports.Retriever. `start` follows the pointer; without it every search looks for itself.

    All searches of one turn are answered from the version that answered its first.
    """

    def __init__(self, shelf: Shelf, poll_seconds: float = 1.0) -> None:
        self._shelf, self._poll = shelf, poll_seconds
        self._edition: Edition | None = None
        self._refused = ""
        self._looked = float("-inf")
        self._turn = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load the current version and keep following; raises KnowledgeUnavailable when there is none to begin with."""
        await self.refresh()
        if self._edition is None:
            raise KnowledgeUnavailable("no knowledge version could be loaded: run `python -m knowledge_base build`")
        self._following = asyncio.create_task(self._follow())

    async def close(self) -> None:
        if self._following:
            self._following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._following

    @property
    def version(self) -> str:
        """Return the version that answers now, or ""."""
        return self._edition.version if self._edition else ""

    async def search(self, query: Query) -> Finding:
        edition = await self._ready()
        if edition.quick and len(query.text) <= SHORT and not query.heard:
            return edition.search(query)
        return await asyncio.to_thread(edition.search, query)

    async def entry(self, entry_id: str, on: date) -> Served | None:
        edition = await self._ready()
        return edition.serve(entry_id, on)

    async def refresh(self) -> None:
        """Load what the pointer names if it is not loaded; a failure is logged and leaves the old one serving."""
        async with self._turn:
            self._looked = time.monotonic()
            wanted = self._shelf.current()
            if not wanted or wanted in (self.version, self._refused):
                return
            try:
                self._edition = await asyncio.to_thread(load_edition, self._shelf, wanted)
                log.info(VERSION_LOADED, version=wanted)
            except KnowledgeUnavailable as error:
                self._refused = wanted
                log.error(LOAD_FAILED, version=wanted, kept=self.version, reason=str(error))

    async def _ready(self) -> Edition:
        if self._following is None and time.monotonic() - self._looked >= self._poll:
            await self.refresh()
        edition = throughout(self, lambda: self._edition)
        if edition is None:
            raise KnowledgeUnavailable("no knowledge version is loaded")
        return edition

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._poll)
            await self.refresh()
