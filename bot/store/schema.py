"""The tables, as the code of today reads them; how they came to be is in `migrations/`."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment in both databases; SQLite keeps none, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only plain INTEGER keys

metadata = MetaData()

inbox = Table(
    "inbox",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("message_id", String(200), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("turn", BigId, nullable=True),
)

turns = Table(
    "turns",
    metadata,
    Column("seq", BigId, primary_key=True, autoincrement=True),
    Column("conversation", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("error", String(40), nullable=False),
    Column("knowledge_version", String(64), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("buttons", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("turns_by_conversation", "conversation", "seq"),
    Index("turns_by_time", "taken_at"),
    sqlite_autoincrement=True,
)

vault = Table(
    "vault",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("digest", String(32), nullable=True),
    Column("sealed", LargeBinary, nullable=True),
    Column("expires_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation", "kind", "digest", name="vault_same_value_once"),
    Index("vault_by_expiry", "expires_at"),
)

owed = Table(
    "owed",
    metadata,
    Column("turn", BigId, primary_key=True, autoincrement=False),
    Column("recipient", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

promised = Table(
    "promised",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("message_id", String(200), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Index("promised_by_lease", "lease_until"),
)

identities = Table(
    "identities",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("assurance", Integer, nullable=False),
    Column("proved_at", UtcDateTime, nullable=True),
    Column("fresh_until", UtcDateTime, nullable=True),
    Column("bound_until", UtcDateTime, nullable=True),
    Column("proving_until", UtcDateTime, nullable=True),
)

ratings = Table(
    "ratings",
    metadata,
    Column("turn", BigId, primary_key=True, autoincrement=False),
    Column("conversation", String(64), nullable=False),
    Column("score", Integer, nullable=False),
    Column("rated_at", UtcDateTime, nullable=False),
)

call_backs = Table(
    "call_backs",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("conversation", String(64), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("summary", Text, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
