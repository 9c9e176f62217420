"""The store in an SQL database: SQLite for one process or a few on one machine, PostgreSQL for many."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.protocol import NO_COMMUNITY, SEEN_LIFE, Feedback, Json, Outline, Setting, Store, Votes
from knowledge.store.sql import tables
from knowledge.store.sql.database import Database
from knowledge.store.sql.parts.agreements import Agreements
from knowledge.store.sql.parts.embeddings import Embeddings
from knowledge.store.sql.parts.limits import Limits
from knowledge.store.sql.parts.queue import Queue
from knowledge.store.sql.parts.revisions import Revisions
from knowledge.store.sql.parts.schedules import Schedules
from knowledge.store.sql.parts.statements import are, utc
from knowledge.store.sql.parts.traces import Traces, voter_hash

# Seconds that a member waits for a database that does not answer; several such waits fit into one answer's time.
PATIENCE = 5.0
# More than SQLite has at hand without growing, and nothing beside a database.
_ROOM_BYTES = 65_536


async def _take_room(connection: AsyncConnection) -> None:
    """Write a row that takes room, and take it back."""
    tried = {"community": NO_COMMUNITY, "name": "room"}
    now = {"set_by": "", "set_at": datetime.now(UTC)}
    await connection.execute(insert(tables.settings).values(**tried, value=json.dumps("x" * _ROOM_BYTES), **now))
    await connection.execute(delete(tables.settings).where(*are(tables.settings, tried)))


def _outline() -> CompoundSelect[*tuple[Any, ...]]:
    ours, theirs = tables.communities.c, tables.settings.c
    community: BindParameter[str] = bindparam("community")
    number = select(null().label("name"), cast(ours.number, Text).label("value"), ours.left_at)
    values = select(theirs.name, theirs.value, null())
    return number.where(ours.community == community).union_all(values.where(theirs.community == community))


# Made once: every event needs it.
_OUTLINE = _outline()


@lru_cache
def _value_of(table: Table, key: tuple[str, ...]) -> Select[Any]:
    return select(table.c.value).where(*(table.c[name] == bindparam(name) for name in key))


class SqlStore(Revisions, Embeddings, Queue, Agreements, Schedules, Limits, Traces, Store):
    """The one implementation of Store.

    `url` is `sqlite:///path`, `sqlite://` (in memory) or `postgresql://user:password@host/database`; a driver named
    in it is ignored. `patience` is how many seconds to wait for a server, or for another process to let go.
    Raises StoreError if the URL is wrong. Nothing is opened yet: that is done by the first call.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        super().__init__(Database(url, patience))

    @property
    def database(self) -> Database:
        """Where it is kept, for what is kept beside it."""
        return self._database

    async def migrate(self) -> None:
        """Apply the migrations that are missing, in one transaction, under a lock."""
        await self._database.migrate()

    async def ping(self) -> None:
        """Ask for nothing; where the last change failed, also try one that takes room."""
        await self._database.rows(select(1))
        if self._database.refuses_changes:
            await self._database.change(_take_room)

    @property
    def errors(self) -> Mapping[str, int]:
        """Count what failed since the start."""
        return self._database.errors

    async def close(self) -> None:
        """Close all connections."""
        await self._database.close()

    async def add_feedback(
        self, community: str, entry_id: str, revision: int, *, helpful: bool, voter: str, now: datetime
    ) -> bool:
        """Count a vote, and remember it under a keyed hash."""
        cast_at = utc(now)
        entry = {"community": community, "entry_id": entry_id, "revision": revision}
        ballot = entry | {"voter_hash": voter_hash(await self._key_of(community), entry_id, revision, voter)}

        async def cast(connection: AsyncConnection) -> bool:
            # Changes nothing where the row is already there, but locks it: votes on one entry come one by one.
            counts = entry | {"helpful": 0, "unhelpful": 0}
            await connection.execute(self._upsert(tables.feedback, counts, {"helpful": tables.feedback.c.helpful}))
            before: bool | None = await connection.scalar(
                select(tables.ballots.c.helpful).where(*are(tables.ballots, ballot))
            )
            if before is not helpful:
                change = {_count(helpful): tables.feedback.c[_count(helpful)] + 1}
                if before is not None:
                    change[_count(before)] = tables.feedback.c[_count(before)] - 1
                await connection.execute(update(tables.feedback).where(*are(tables.feedback, entry)).values(change))
            await connection.execute(self._upsert(tables.ballots, ballot | {"helpful": helpful, "cast_at": cast_at}))
            return before is not helpful

        return await self._database.change(cast)

    async def feedback(self, community: str, since: datetime | None = None) -> Mapping[str, Feedback]:
        """Read the counts, or count the ballots that were cast since."""
        kept, ballots = tables.feedback.c, tables.ballots.c
        if since is None:
            query = select(tables.feedback).where(kept.community == community).order_by(kept.revision)
        else:
            votes = (
                func.count().filter(ballots.helpful).label("helpful"),
                func.count().filter(~ballots.helpful).label("unhelpful"),
            )
            query = (
                select(ballots.entry_id, ballots.revision, *votes)
                .where(ballots.community == community, ballots.cast_at >= utc(since))
                .group_by(ballots.entry_id, ballots.revision)
                .order_by(ballots.revision)
            )
        revisions: defaultdict[str, list[Votes]] = defaultdict(list)
        for row in await self._database.rows(query):
            revisions[row.entry_id].append(Votes(row.revision, row.helpful, row.unhelpful))
        return {entry_id: Feedback(tuple(votes)) for entry_id, votes in revisions.items()}

    async def setting(self, community: str, name: str) -> Json:
        """Read one value."""
        return await self._value(tables.settings, {"community": community, "name": name})

    async def settings(self, community: str) -> tuple[Setting, ...]:
        """Read a community's rows."""
        return await self._settings(tables.settings, {"community": community})

    async def set_setting(self, community: str, name: str, value: Json, *, by: str, now: datetime) -> None:
        """Write one value."""
        await self._set(tables.settings, {"community": community, "name": name}, value, by, now)

    async def place_setting(self, community: str, place: str, name: str) -> Json:
        """Read one value."""
        return await self._value(tables.place_settings, {"community": community, "place": place, "name": name})

    async def set_place_setting(
        self, community: str, place: str, name: str, value: Json, *, by: str, now: datetime
    ) -> None:
        """Write one value."""
        await self._set(tables.place_settings, {"community": community, "place": place, "name": name}, value, by, now)

    async def anywhere(self, name: str) -> bool:
        """Look for one row that says true."""
        row = tables.place_settings.c
        query = select(row.place).where(row.name == name, row.value == json.dumps(True)).limit(1)
        return bool(await self._database.rows(query))

    async def first_time(
        self,
        key: str,
        now: datetime,
        *,
        community: str = NO_COMMUNITY,
        life: timedelta = SEEN_LIFE,
        also: Sequence[str] = (),
    ) -> bool:
        """Write the keys; the database decides who was first."""
        moment, seen = utc(now), tables.seen_events

        async def win(connection: AsyncConnection) -> bool:
            rows = ({"community": community, "key": each, "expires_at": moment + life} for each in (key, *also))
            claims = [self._upsert(seen, row, where=seen.c.expires_at <= moment) for row in rows]
            return all([(await connection.execute(claim)).rowcount == 1 for claim in claims])

        return await self._database.change(win)

    async def not_yet(self, key: str, *, community: str = NO_COMMUNITY) -> None:
        """Delete the key."""
        seen = tables.seen_events
        await self._execute(delete(seen).where(seen.c.community == community, seen.c.key == key))

    async def outline(self, community: str) -> Outline:
        """Read the number and the settings together."""
        found, left_at = 0, None
        settings: dict[str, Json] = {}
        for row in await self._database.fast_rows(_OUTLINE, {"community": community}):
            if row.name is None:
                found, left_at = int(row.value), row.left_at
            elif (value := json.loads(row.value)) is not None:
                settings[row.name] = value
        return Outline(found, settings, left_at)

    async def _value(self, table: Table, key: Mapping[str, str]) -> Json:
        rows = await self._database.fast_rows(_value_of(table, tuple(key)), key)
        return _json(rows[0].value) if rows else None

    async def _settings(self, table: Table, key: Mapping[str, str]) -> tuple[Setting, ...]:
        rows = await self._database.rows(select(table).where(*are(table, key)))
        found = (Setting(row.name, _json(row.value), row.set_by, row.set_at) for row in rows)
        return tuple(sorted(found, key=lambda setting: setting.name))

    async def _set(self, table: Table, key: Mapping[str, str], value: Json, by: str, now: datetime) -> None:
        row = {**key, "value": json.dumps(value, allow_nan=False), "set_by": by, "set_at": utc(now)}
        await self._execute(self._upsert(table, row))


def _count(helpful: bool) -> str:
    return "helpful" if helpful else "unhelpful"


def _json(text: str) -> Json:
    value: Json = json.loads(text)
    return value
