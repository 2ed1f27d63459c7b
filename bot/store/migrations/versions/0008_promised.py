"""Messages whose answer has been promised and not yet given."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the promises; the messages are sealed."""
    op.create_table(
        "promised",
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("message_id", sa.String(200), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_index("promised_by_lease", "promised", ["lease_until"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("promised")
