"""Nothing is kept of a conversation with one person: what an earlier version kept under their id goes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Every table, children before their parents.
_TABLES = (
    *("ballots", "feedback", "voter_keys", "settings", "place_settings", "seen_events", "communities", "revisions"),
    *("misses", "suggestions", "typed", "marks", "tallies", "posts", "schedules", "embeddings"),
)


def upgrade() -> None:
    """Delete the rows of communities that are one person, as Discord's adapter names them."""
    for name in _TABLES:
        table = sa.table(name, sa.column("community", sa.Text))
        op.execute(sa.delete(table).where(table.c.community.like("%:user/%")))
