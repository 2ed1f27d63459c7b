"""Keeps the access token that all processes share (sealed), and the lease of the one that may fetch a new one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.seal import Seal
from bot.store.database import Database
from channels.wechat.store_schema import tokens

FORCED_EVERY = timedelta(minutes=5)  # the platform forces twenty times a day, and never twice within 30 seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token of the platform and when it ends."""

    value: str
    expires_at: datetime


class TokenStore:
    """Every method is one transaction and raises StoreUnavailable."""

    def __init__(
        self,
        database: Database,
        *,
        app_id: str,
        seal: Seal,
        owner: str,
        now: Callable[[], datetime],
        lease: float = 15.0,
    ) -> None:
        self._database = database
        self._app_id = app_id
        self._seal = seal
        self._owner = owner
        self._now = now
        self._lease = timedelta(seconds=lease)

    async def read(self) -> AccessToken | None:
        """Return the shared token, None when there is none or another secret sealed it."""
        query = select(tokens.c.sealed, tokens.c.expires_at).where(tokens.c.app_id == self._app_id)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        value = self._seal.open(row.sealed) if row is not None and row.sealed else None
        return AccessToken(value=value, expires_at=row.expires_at) if row is not None and value else None

    async def lease(self) -> bool:
        """Become the one who fetches; False while somebody else is."""
        now = self._now()
        mine = {"owner": self._owner, "lease_until": now + self._lease}
        dialect = sqlite if self._database.dialect == "sqlite" else postgresql
        first = dialect.insert(tokens).values(app_id=self._app_id, **mine).on_conflict_do_nothing()
        free = or_(tokens.c.lease_until < now, tokens.c.owner == "")
        take = update(tokens).where(tokens.c.app_id == self._app_id, free).values(**mine)

        def work(connection: Connection) -> bool:
            return bool(connection.execute(first).rowcount) or bool(connection.execute(take).rowcount)

        return await self._database.write(work)

    async def forcing(self) -> bool:
        """Tell the holder of the lease whether a new token may be forced now: not again soon after the last time."""
        now = self._now()
        rested = or_(tokens.c.forced_at.is_(None), tokens.c.forced_at < now - FORCED_EVERY)
        mine = update(tokens).where(tokens.c.app_id == self._app_id, tokens.c.owner == self._owner, rested)
        return await self._database.write(
            lambda connection: bool(connection.execute(mine.values(forced_at=now)).rowcount)
        )

    async def keep(self, token: AccessToken | None) -> None:
        """Write the fetched token for all and end the lease; None ends the lease only."""
        mine = update(tokens).where(tokens.c.app_id == self._app_id, tokens.c.owner == self._owner)
        fetched = {"sealed": self._seal.close(token.value), "expires_at": token.expires_at} if token else {}
        await self._database.write(lambda connection: connection.execute(mine.values(owner="", **fetched)))
