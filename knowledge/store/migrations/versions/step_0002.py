"""Overlays with their revisions, the review queue, unsaved forms, counts, and communities that were left."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _table("communities", [], [_whole("number"), sa.Column("left_at", _MOMENT)])
    _table(
        "revisions",
        [_text("entry_id"), _whole("number")],
        [
            _text("change"),
            sa.Column("content", sa.Text),
            sa.Column("base", sa.Text),
            _text("note"),
            _text("made_by"),
            _moment("made_at"),
        ],
    )
    _table("misses", [_text("id")], [_text("text"), _whole("count"), _moment("first"), _moment("last")])
    op.create_index("ix_misses_last", "misses", ["last"])
    _table("suggestions", [_text("id")], [_text("text"), _moment("made_at")])
    op.create_index("ix_suggestions_made_at", "suggestions", ["made_at"])
    _table("typed", [_text("id")], [_text("typed_by"), _text("content"), _moment("typed_at")])
    op.create_index("ix_typed_typed_at", "typed", ["typed_at"])
    _table("marks", [_text("key")], [_text("marked_by"), _moment("marked_at")])
    _table("tallies", [_text("day"), _text("what"), _text("entry_id")], [_whole("count")])


def _table(name: str, keys: list[Any], others: list[Any]) -> None:
    """Make a table whose rows belong to a community."""
    primary = sa.PrimaryKeyConstraint("community", *(key.name for key in keys), name=f"pk_{name}")
    op.create_table(name, _text("community"), *keys, *others, primary)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, _MOMENT, nullable=False)
