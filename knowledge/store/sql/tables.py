"""The tables of the database, as its newest migration leaves them."""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite has no time zones, so there it is written without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the database."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# A constraint can be changed on SQLite only if it has a name.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _community() -> Column[str]:
    return Column("community", Text, primary_key=True)


voter_keys = Table(
    "voter_keys",
    metadata,
    _community(),
    Column("key", LargeBinary, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    _community(),
    Column("entry_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("helpful", Integer, nullable=False),
    Column("unhelpful", Integer, nullable=False),
)

# Who gave which vote, so that it can be changed; gone after BALLOT_LIFE.
ballots = Table(
    "ballots",
    metadata,
    _community(),
    Column("entry_id", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("voter_hash", LargeBinary, primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("cast_at", Moment, nullable=False, index=True),
    ForeignKeyConstraint(
        ["community", "entry_id", "revision"],
        ["feedback.community", "feedback.entry_id", "feedback.revision"],
        ondelete="CASCADE",
    ),
)

# `value` is JSON as text: PostgreSQL's own type refuses some of it (the character U+0000).
settings = Table(
    "settings",
    metadata,
    _community(),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)

place_settings = Table(
    "place_settings",
    metadata,
    _community(),
    Column("place", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
)

seen_events = Table(
    "seen_events",
    metadata,
    _community(),
    Column("key", Text, primary_key=True),
    Column("expires_at", Moment, nullable=False, index=True),
)

# `number` grows with each change of the overlay; `left_at` says since when the bot is gone.
communities = Table(
    "communities",
    metadata,
    _community(),
    Column("number", Integer, nullable=False),
    Column("left_at", Moment, nullable=True),
)

# Only ever added to. `content` is the entry as JSON, null once it is removed.
revisions = Table(
    "revisions",
    metadata,
    _community(),
    Column("entry_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("change", Text, nullable=False),
    Column("content", Text, nullable=True),
    Column("base", Text, nullable=True),
    Column("note", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

misses = Table(
    "misses",
    metadata,
    _community(),
    Column("id", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first", Moment, nullable=False),
    Column("last", Moment, nullable=False, index=True),
    Column("offered", Boolean, nullable=False, server_default=false()),
)

suggestions = Table(
    "suggestions",
    metadata,
    _community(),
    Column("id", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
)

# What moderators have typed and not saved yet, as JSON.
typed = Table(
    "typed",
    metadata,
    _community(),
    Column("id", Text, primary_key=True),
    Column("typed_by", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("typed_at", Moment, nullable=False, index=True),
)

marks = Table(
    "marks",
    metadata,
    _community(),
    Column("key", Text, primary_key=True),
    Column("marked_by", Text, nullable=False),
    Column("marked_at", Moment, nullable=False),
)

# `day` is an ISO date (UTC), which sorts as text.
tallies = Table(
    "tallies",
    metadata,
    _community(),
    Column("day", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("entry_id", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

# `plan` and `used` are JSON. `number` grows with each change; `paused` is null while it runs.
schedules = Table(
    "schedules",
    metadata,
    _community(),
    Column("id", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("next_at", Moment, nullable=True, index=True),
    Column("paused", Text, nullable=True),
    Column("round", Integer, nullable=False),
    Column("used", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# `until` is the end of the lease of the process that has it, null once it came to an end.
posts = Table(
    "posts",
    metadata,
    _community(),
    Column("schedule_id", Text, primary_key=True),
    Column("due", Moment, primary_key=True, index=True),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("fact", Text, nullable=False),
    Column("until", Moment, nullable=True, index=True),
    Column("tries", Integer, nullable=False),
    Column("sent_at", Moment, nullable=True),
    Column("note", Text, nullable=False),
    ForeignKeyConstraint(["community", "schedule_id"], ["schedules.community", "schedules.id"], ondelete="CASCADE"),
)

# Sentence embeddings of what a community's knowledge is matched by, so that no start encodes it again: `text` is the
# digest of a text, `model` that of the encoder, `vector` half-precision numbers.
embeddings = Table(
    "embeddings",
    metadata,
    _community(),
    Column("text", Text, primary_key=True),
    Column("model", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

# Who agreed to be named with a question, or to be told of its answer; gone after ASKER_LIFE.
askers = Table(
    "askers",
    metadata,
    _community(),
    Column("question_id", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("notify", Boolean, nullable=False),
    Column("asked_at", Moment, nullable=False, index=True),
)

# Changes that wait for a second moderator, as JSON.
proposals = Table(
    "proposals",
    metadata,
    _community(),
    Column("id", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)

# `code` is a digest of the code that another community may copy an entry with; gone after LOAN_LIFE.
loans = Table(
    "loans",
    metadata,
    _community(),
    Column("code", Text, primary_key=True),
    Column("entry_id", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False, index=True),
)

# Everything that belongs to a community, or to none.
OF_COMMUNITIES = tuple(metadata.sorted_tables)

# How much was asked: of a person or community, by a keyed digest, the moment (seconds since 1970) when nothing counts
# any more; the row is gone within a minute of it.
limits = Table(
    "limits",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("even_at", Double, nullable=False, index=True),
)
