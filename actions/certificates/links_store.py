"""One-time links to papers: only the paper's code is kept, under a digest of the token, until the link expires.

No paper lies in the database: it is drawn anew from the core system when it is fetched.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Connection, DateTime, MetaData, String, Table, delete, select, update

from bot.store.database import Database

LIVES = timedelta(minutes=10)
FORGOTTEN = timedelta(days=1)

_metadata = MetaData()
_links = Table(
    "paper_links",
    _metadata,
    Column("token_digest", String(64), primary_key=True),
    Column("code", String(24), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
)


def prepare(connection: Connection) -> None:
    """Create the table when it is missing."""
    _metadata.create_all(connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a token leads to."""

    code: str
    expires_at: datetime


class Links:
    """Makes tokens and lets each through once."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def make(self, code: str) -> str:
        """Return a fresh token for the paper with this code; nobody can guess it or find it in the database."""
        token, now = secrets.token_urlsafe(24), self._now()
        row = {"token_digest": _digest(token), "code": code, "expires_at": now + LIVES}

        def work(connection: Connection) -> None:
            connection.execute(delete(_links).where(_links.c.expires_at < now - FORGOTTEN))
            connection.execute(_links.insert(), row)

        await self._database.write(work)
        return token

    async def look(self, token: str) -> Link | None:
        """The link while it can still be used; looking does not use it up."""
        wanted = select(_links).where(_links.c.token_digest == _digest(token), _links.c.used_at.is_(None))

        def work(connection: Connection) -> Link | None:
            row = connection.execute(wanted).mappings().first()
            return Link(code=row["code"], expires_at=_aware(row["expires_at"])) if row else None

        link = await self._database.read(work)
        return link if link and link.expires_at > self._now() else None

    async def use(self, token: str) -> str | None:
        """The paper's code, once: whoever comes second, comes late."""
        now = self._now()
        unused = (_links.c.token_digest == _digest(token)) & _links.c.used_at.is_(None) & (_links.c.expires_at > now)

        def work(connection: Connection) -> str | None:
            used = update(_links).where(unused).values(used_at=now).returning(_links.c.code)
            return connection.execute(used).scalar_one_or_none()

        return await self._database.write(work)

    async def restore(self, token: str) -> None:
        """Give a use back when no paper came of it."""
        mine = update(_links).where(_links.c.token_digest == _digest(token)).values(used_at=None)
        await self._database.write(lambda connection: connection.execute(mine) and None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
