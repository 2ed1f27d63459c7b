"""The vault's rows: sealed values under numbers that are never given twice in a conversation."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update

from bot.store.database import Database
from bot.store.schema import vault

_BLANK = {"sealed": None, "digest": None}  # the number stays taken: an old placeholder must never name a new value


class VaultRows:
    """Keeps what `EncryptedVault` seals. Every method is one transaction and raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(
        self, conversation: str, kind: str, digest: str, sealed: bytes, *, now: datetime, until: datetime
    ) -> int:
        """Keep the value until `until` and return its number; a value kept before keeps its number."""
        same = update(vault).where(vault.c.conversation == conversation, vault.c.kind == kind, vault.c.digest == digest)
        row = {"c": conversation, "k": kind, "d": digest, "s": sealed, "u": until}

        def work(connection: Connection) -> int:
            if (
                connection.dialect.name == "postgresql"
            ):  # SQLite has one writer; here two could count to the same number
                connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(conversation))))
            expired = update(vault).where(vault.c.expires_at <= now, vault.c.sealed.is_not(None))
            connection.execute(expired.values(_BLANK))
            known = connection.execute(same.values(expires_at=until).returning(vault.c.ordinal)).scalar()
            return int(known if known is not None else connection.execute(_INSERT, row).scalar_one())

        return await self._database.write(work)

    async def sealed(self, conversation: str, kind: str, ordinal: int, *, now: datetime) -> bytes | None:
        """Return the sealed value, None when it was never there or has expired."""
        query = select(vault.c.sealed).where(
            vault.c.conversation == conversation,
            vault.c.kind == kind,
            vault.c.ordinal == ordinal,
            vault.c.expires_at > now,
        )
        return await self._database.read(lambda connection: connection.execute(query).scalar())

    async def blank(self, conversation: str) -> None:
        """Wipe every value of the conversation."""
        wipe = update(vault).where(vault.c.conversation == conversation).values(_BLANK)
        await self._database.write(lambda connection: connection.execute(wipe))


_next = select(
    bindparam("c", type_=vault.c.conversation.type),
    bindparam("k", type_=vault.c.kind.type),
    func.coalesce(func.max(vault.c.ordinal), literal(0)) + 1,
    bindparam("d", type_=vault.c.digest.type),
    bindparam("s", type_=vault.c.sealed.type),
    bindparam("u", type_=vault.c.expires_at.type),
).where(vault.c.conversation == bindparam("c"), vault.c.kind == bindparam("k"))
_INSERT = (
    insert(vault)
    .from_select(["conversation", "kind", "ordinal", "digest", "sealed", "expires_at"], _next)
    .returning(vault.c.ordinal)
)
