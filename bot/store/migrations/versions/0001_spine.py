"""The spine's tables: inbox, turns, vault, owed."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the four tables."""
    _conversation_tables()
    _private_tables()


def _conversation_tables() -> None:
    op.create_table(
        "inbox",
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("message_id", sa.String(200), primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.Column("turn", BIG, nullable=True),
    )
    op.create_table(
        "turns",
        sa.Column("seq", BIG, primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("error", sa.String(40), nullable=False),
        sa.Column("knowledge_version", sa.String(64), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("buttons", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("turns_by_conversation", "turns", ["conversation", "seq"])
    op.create_index("turns_by_time", "turns", ["taken_at"])


def _private_tables() -> None:
    op.create_table(
        "vault",
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(32), nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.UniqueConstraint("conversation", "kind", "digest", name="vault_same_value_once"),
    )
    op.create_index("vault_by_expiry", "vault", ["expires_at"])
    op.create_table(
        "owed",
        sa.Column("turn", BIG, primary_key=True, autoincrement=False),
        sa.Column("recipient", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the four tables."""
    for table in ("owed", "vault", "turns", "inbox"):
        op.drop_table(table)
