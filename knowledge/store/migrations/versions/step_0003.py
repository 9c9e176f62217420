"""Schedules, and what became of their posts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "schedules",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("next_at", _MOMENT),
        sa.Column("paused", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("used", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("community", "id", name="pk_schedules"),
    )
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    op.create_table(
        "posts",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("schedule_id", sa.Text, nullable=False),
        sa.Column("due", _MOMENT, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("until", _MOMENT),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent_at", _MOMENT),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("community", "schedule_id", "due", name="pk_posts"),
        sa.ForeignKeyConstraint(
            ["community", "schedule_id"],
            ["schedules.community", "schedules.id"],
            name="fk_posts_schedules",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_posts_due", "posts", ["due"])
    op.create_index("ix_posts_until", "posts", ["until"])
