"""How much was asked just now, for limits that all processes count together."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "limits",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("even_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_limits"),
    )
    op.create_index("ix_limits_even_at", "limits", ["even_at"])
