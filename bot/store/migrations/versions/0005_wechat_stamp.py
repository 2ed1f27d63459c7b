"""Which of WeChat's deliveries was replied to: a later one proves that the reply did not arrive."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment (WeChat's own, in seconds) of the delivery that was replied to last."""
    op.add_column("wechat_receipts", sa.Column("replied_stamp", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("wechat_receipts", "replied_stamp")
