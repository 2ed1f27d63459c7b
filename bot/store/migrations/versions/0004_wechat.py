"""What WeChat delivered and what became of the answers; its access token, replay memory and one-time links."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the five tables."""
    _receipts()
    op.create_table(
        "wechat_sends",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
    )
    op.create_index("wechat_sends_by_message", "wechat_sends", ["conversation", "message_id"])
    op.create_table(
        "wechat_tokens",
        sa.Column("app_id", sa.String(40), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
    )
    op.create_table(
        "wechat_proofs",
        sa.Column("proof", sa.String(40), primary_key=True),
        sa.Column("body", sa.String(40), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "wechat_links",
        sa.Column("digest", sa.String(40), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )


def _receipts() -> None:
    op.create_table(
        "wechat_receipts",
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("message_id", sa.String(200), primary_key=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("deliveries", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("parts_sent", sa.Integer, nullable=False),
        sa.Column("sending_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.Column("carrier", sa.String(200), nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
    )
    op.create_index("wechat_receipts_by_state", "wechat_receipts", ["state", "lease_until"])


def downgrade() -> None:
    """Drop them."""
    for table in ("wechat_links", "wechat_proofs", "wechat_tokens", "wechat_sends", "wechat_receipts"):
        op.drop_table(table)
