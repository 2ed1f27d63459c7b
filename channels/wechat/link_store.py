"""One-time links: an unguessable address that shows a document once, to whoever was given it, for a short time."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from bot.seal import Seal
from bot.store.database import Database
from channels.wechat.store_schema import links


class OneTimeLinks:
    """Makes and opens links; what they lead to is sealed at rest. Raises StoreUnavailable."""

    def __init__(
        self, database: Database, *, seal: Seal, now: Callable[[], datetime], lasting: timedelta = timedelta(minutes=30)
    ) -> None:
        self._database = database
        self._seal = seal
        self._now = now
        self._lasting = lasting

    async def make(self, target: str) -> str:
        """Return the secret word of a new link to `target`."""
        word, now = secrets.token_urlsafe(24), self._now()
        row = {"digest": self._digest(word), "sealed": self._seal.close(target), "expires_at": now + self._lasting}

        def work(connection: Connection) -> None:
            connection.execute(links.delete().where(links.c.expires_at < now - self._lasting))
            connection.execute(links.insert(), row)

        await self._database.write(work)
        return word

    async def waits(self, word: str) -> bool:
        """Tell whether the link can still be opened, without opening it: WeChat looks at links before people do."""
        query = select(links.c.digest).where(*self._open(word))
        return await self._database.read(lambda connection: connection.execute(query).first()) is not None

    async def open(self, word: str) -> str | None:
        """Return where it leads, once; None when it was opened before, is too old or was never made."""
        used = update(links).where(*self._open(word)).values(used_at=self._now()).returning(links.c.sealed)
        sealed = await self._database.write(lambda connection: connection.execute(used).scalar())
        return self._seal.open(sealed) if sealed else None

    def _open(self, word: str) -> tuple[ColumnElement[bool], ...]:
        return (links.c.digest == self._digest(word), links.c.used_at.is_(None), links.c.expires_at > self._now())

    def _digest(self, word: str) -> str:
        return self._seal.digest("wechat-link", word)
