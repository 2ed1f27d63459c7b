"""The WeChat door's tables, as the code of today reads them; how they came to be is in `bot/store/migrations/`."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from bot.store.schema import BigId, UtcDateTime, metadata

receipts = Table(
    "wechat_receipts",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("message_id", String(200), primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("parts_sent", Integer, nullable=False),
    Column("sending_at", UtcDateTime, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("carrier", String(200), nullable=False),
    Column("code", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=True),
    Column("replied_mark", BigInteger, nullable=False),
    Column("latest_mark", BigInteger, nullable=False),
    Index("wechat_receipts_by_state", "state", "lease_until"),
)
sends = Table(
    "wechat_sends",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("conversation", String(64), nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("part", Integer, nullable=False),
    Column("way", String(16), nullable=False),
    Column("code", Integer, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Index("wechat_sends_by_message", "conversation", "message_id"),
)
tokens = Table(
    "wechat_tokens",
    metadata,
    Column("app_id", String(40), primary_key=True),
    Column("sealed", LargeBinary, nullable=True),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("forced_at", UtcDateTime, nullable=True),
)
proofs = Table(
    "wechat_proofs",
    metadata,
    Column("proof", String(40), primary_key=True),
    Column("body", String(40), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)
