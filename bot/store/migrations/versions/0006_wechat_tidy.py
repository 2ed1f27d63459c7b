"""Which delivery was read last and which was replied to; when a token was forced; unused one-time links go."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A delivery's mark tells deliveries of one second apart; WeChat lets a token be forced twenty times a day only."""
    op.drop_column("wechat_receipts", "replied_stamp")
    for name in ("replied_mark", "latest_mark"):
        op.add_column("wechat_receipts", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.drop_table("wechat_links")  # certificates have theirs, on every channel the same
    op.add_column("wechat_tokens", sa.Column("forced_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Make it again."""
    op.drop_column("wechat_tokens", "forced_at")
    for name in ("replied_mark", "latest_mark"):
        op.drop_column("wechat_receipts", name)
    op.add_column("wechat_receipts", sa.Column("replied_stamp", sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "wechat_links",
        sa.Column("digest", sa.String(40), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    )
