"""Who wants to hear of an answer, what was offered, what waits for a second moderator, and what is lent."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and the column."""
    op.add_column("misses", sa.Column("offered", sa.Boolean, nullable=False, server_default=sa.false()))
    _table("askers", ["question_id", "person"], [_text("name"), _flag("notify"), _moment("asked_at")])
    op.create_index("ix_askers_asked_at", "askers", ["asked_at"])
    _table("proposals", ["id"], [_text("content"), _text("made_by"), _moment("made_at")])
    _table("loans", ["code"], [_text("entry_id"), _text("made_by"), _moment("made_at")])
    op.create_index("ix_loans_made_at", "loans", ["made_at"])


def _table(name: str, keys: list[str], others: list[sa.Column[Any]]) -> None:
    """Make a table whose rows belong to a community."""
    primary = sa.PrimaryKeyConstraint("community", *keys, name=f"pk_{name}")
    op.create_table(name, _text("community"), *map(_text, keys), *others, primary)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, _MOMENT, nullable=False)
