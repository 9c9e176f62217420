"""Feedback, settings of communities and places, events already seen."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "voter_keys",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("community", name="pk_voter_keys"),
    )
    op.create_table(
        "feedback",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("helpful", sa.Integer, nullable=False),
        sa.Column("unhelpful", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("community", "entry_id", "revision", name="pk_feedback"),
    )
    op.create_table(
        "ballots",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("voter_hash", sa.LargeBinary, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("community", "entry_id", "revision", "voter_hash", name="pk_ballots"),
        sa.ForeignKeyConstraint(
            ["community", "entry_id", "revision"],
            ["feedback.community", "feedback.entry_id", "feedback.revision"],
            name="fk_ballots_feedback",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_ballots_cast_at", "ballots", ["cast_at"])
    op.create_table(
        "settings",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("community", "name", name="pk_settings"),
    )
    op.create_table(
        "place_settings",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("community", "place", "name", name="pk_place_settings"),
    )
    op.create_table(
        "seen_events",
        sa.Column("community", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("community", "key", name="pk_seen_events"),
    )
    op.create_index("ix_seen_events_expires_at", "seen_events", ["expires_at"])
