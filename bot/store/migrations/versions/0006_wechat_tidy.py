"""WeChat's own one-time links go (certificates have theirs, on every channel the same); when a token was forced."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the table nothing wrote to; WeChat lets a token be forced twenty times a day only."""
    op.drop_table("wechat_links")
    op.add_column("wechat_tokens", sa.Column("forced_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Make it again."""
    op.drop_column("wechat_tokens", "forced_at")
    op.create_table(
        "wechat_links",
        sa.Column("digest", sa.String(40), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
    )
