"""Keeps a conversation as Rasa needs it for the next turn: one row, read once and written once a turn.

docs/decisions/0011 says why: Rasa's own SQLTrackerStore writes some ten rows a turn and reads the whole session.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any

import ujson
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import QueuePool

from bot.rasa_parts.remembered import remembered, restored

logger = logging.getLogger(__name__)

_TABLE = """CREATE TABLE IF NOT EXISTS conversations (
    conversation VARCHAR(255) PRIMARY KEY, state TEXT NOT NULL, said_at DOUBLE PRECISION NOT NULL)"""
_BY_AGE = "CREATE INDEX IF NOT EXISTS conversations_by_age ON conversations (said_at)"
_READ = text("SELECT state FROM conversations WHERE conversation = :conversation")
_WRITE = text(
    "INSERT INTO conversations (conversation, state, said_at) VALUES (:conversation, :state, :said_at)"
    " ON CONFLICT (conversation) DO UPDATE SET state = excluded.state, said_at = excluded.said_at"
)
_FORGET = text("DELETE FROM conversations WHERE conversation = :conversation")
_KEYS = text("SELECT conversation FROM conversations")
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=4000", "secure_delete=ON")
_SERVER = {"connect_timeout": 2, "options": "-c statement_timeout=4000"}


class StateTrackerStore(TrackerStore):  # type: ignore[misc]  # rasa is not installed beside mypy
    """A TrackerStore on SQLite or PostgreSQL, named in `endpoints.yml`; any Rasa server may take any turn."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        *,
        url: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._engine = _open(str(kwargs.get("host") or url))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation where it was, None when nothing is remembered of it."""
        with self._engine.connect() as connection:
            state = connection.execute(_READ, {"conversation": sender_id}).scalar()
        return restored(self.init_tracker(sender_id), ujson.loads(state)) if state else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remember what the next turn needs; a conversation in which nothing was said yet is not worth a row."""
        await self.stream_events(tracker)
        if not tracker.events:
            return
        state = remembered(tracker)
        row = {"conversation": tracker.sender_id}
        with self._engine.begin() as connection:
            if state is None:  # restarted: what was said before is over
                connection.execute(_FORGET, row)
            else:
                said = ujson.dumps(state, ensure_ascii=False)
                connection.execute(_WRITE, {**row, "state": said, "said_at": time.time()})

    async def keys(self) -> Iterable[str]:
        """Return the conversations remembered."""
        with self._engine.connect() as connection:
            return list(connection.execute(_KEYS).scalars())


def _open(url: str) -> Engine:
    sqlite = make_url(url).get_backend_name() == "sqlite"
    if sqlite:  # SQLAlchemy 1.4 opens a SQLite file anew for every transaction unless told otherwise
        engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0)
        event.listen(engine, "connect", _prepare)
    else:
        engine = create_engine(url, pool_pre_ping=True, pool_size=5, connect_args=_SERVER)
    with engine.begin() as connection:
        connection.execute(text(_TABLE))
        connection.execute(text(_BY_AGE))
    return engine


def _prepare(connection: Any, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
