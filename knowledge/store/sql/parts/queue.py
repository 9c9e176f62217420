"""What waits for moderators, what they are typing, and what was counted."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.plain.digests import digest
from knowledge.store.protocol import (
    DRAFT_LENGTH,
    DRAFTS_LIMIT,
    MISSES_LIMIT,
    PERSONAL_DRAFTS_LIMIT,
    SUGGESTIONS_LIMIT,
    Json,
    Miss,
    QuotaReached,
    Suggestion,
    Typed,
    UsageCount,
)
from knowledge.store.sql.parts.statements import Statements, are, utc
from knowledge.store.sql.tables import askers, marks, misses, suggestions, tallies, typed

# An id travels in a button beside an entry's id, so it is short; of so many letters none comes twice by chance.
ID_DIGITS = 16
# Forms are smaller, files are larger.
SMALL = 50_000


class Queue(Statements):
    """The part of the store that holds the review queue, unsaved forms and counts."""

    async def add_miss(self, community: str, key: str, text: str, *, now: datetime, offered: bool = False) -> str:
        """Add a row, or one to its count."""
        at, made = utc(now), digest(key, ID_DIGITS)
        row = {"community": community, "id": made, "text": text, "count": 1, "first": at, "last": at}
        rarest = (
            select(misses.c.id)
            .where(misses.c.community == community)
            .order_by(misses.c.count.desc(), misses.c.last.desc(), misses.c.id)
            .offset(MISSES_LIMIT)
        )
        await self._execute(
            self._upsert(
                misses, {**row, "offered": offered}, {"count": misses.c.count + 1, "last": at, "offered": offered}
            ),
            delete(misses).where(misses.c.community == community, misses.c.id.in_(rarest), misses.c.id != made),
        )
        return made

    async def declined(self, community: str, miss_id: str) -> None:
        """Change a row."""
        row = are(misses, {"community": community, "id": miss_id})
        await self._execute(update(misses).where(*row).values(offered=False))

    async def picked(self, community: str, miss_id: str) -> None:
        """Take one from a count, and delete the row where none is left."""
        row = (*are(misses, {"community": community, "id": miss_id}), misses.c.offered)
        await self._execute(
            update(misses).where(*row).values(count=misses.c.count - 1), delete(misses).where(*row, misses.c.count <= 0)
        )

    async def misses(self, community: str, most: int = 500) -> tuple[Miss, ...]:
        """Read the rows with the highest counts."""
        order = (misses.c.count.desc(), misses.c.last.desc(), misses.c.id)
        query = select(misses).where(misses.c.community == community).order_by(*order).limit(most)
        found = await self._database.rows(query)
        return tuple(Miss(row.id, row.text, row._mapping["count"], row.first, row.last, row.offered) for row in found)

    async def remove_misses(self, community: str, ids: Sequence[str]) -> None:
        """Delete rows."""
        if ids:
            of = (misses.c.community == community, misses.c.id.in_(ids))
            asked = (askers.c.community == community, askers.c.question_id.in_(ids))
            await self._execute(delete(misses).where(*of), delete(askers).where(*asked))

    async def add_suggestion(self, community: str, text: str, *, now: datetime) -> None:
        """Add a row."""
        row = {"community": community, "id": digest(text, ID_DIGITS), "text": text, "made_at": utc(now)}

        async def add(connection: AsyncConnection) -> None:
            count = select(func.count()).where(suggestions.c.community == community)
            if (await connection.scalar(count) or 0) >= SUGGESTIONS_LIMIT:
                raise QuotaReached(
                    f"I did not keep this: {SUGGESTIONS_LIMIT} suggestions wait for the moderators already. Please "
                    "tell a moderator yourself."
                )
            await connection.execute(self._insert_new(suggestions, row))

        await self._database.change(add)

    async def suggestions(self, community: str, most: int = 500) -> tuple[Suggestion, ...]:
        """Read the oldest rows."""
        order = (suggestions.c.made_at, suggestions.c.id)
        query = select(suggestions).where(suggestions.c.community == community).order_by(*order).limit(most)
        return tuple(Suggestion(row.id, row.text, row.made_at) for row in await self._database.rows(query))

    async def remove_suggestions(self, community: str, ids: Sequence[str]) -> None:
        """Delete rows."""
        if ids:
            await self._execute(
                delete(suggestions).where(suggestions.c.community == community, suggestions.c.id.in_(ids))
            )

    async def keep_typed(
        self, community: str, values: Mapping[str, Json], *, by: str, now: datetime, typed_id: str | None = None
    ) -> str:
        """Write a row, if nobody else's is in its place."""
        content = json.dumps(values)
        if len(content) > DRAFT_LENGTH:
            raise QuotaReached("That is too long to be kept. Send it in smaller pieces.")
        row = {"community": community, "typed_by": by, "content": content, "typed_at": utc(now)}

        async def write(connection: AsyncConnection) -> str:
            if typed_id is not None:
                statement = self._upsert(typed, {**row, "id": typed_id}, where=typed.c.typed_by == by)
                if (await connection.execute(statement)).rowcount == 1:
                    return typed_id
            own = func.count().filter(typed.c.typed_by == by)
            count = select(func.count().label("all"), own.label("own")).where(typed.c.community == community)
            kept = (await connection.execute(count)).one()
            if kept.own >= PERSONAL_DRAFTS_LIMIT or kept.all >= DRAFTS_LIMIT:
                whose = "you have" if kept.own >= PERSONAL_DRAFTS_LIMIT else "this community has"
                raise QuotaReached(
                    f"I did not keep this: {whose} {kept.own if whose == 'you have' else kept.all} drafts that nobody "
                    "has saved. Save some or throw them away; each goes after a week."
                )
            made = secrets.token_hex(ID_DIGITS // 2)
            await connection.execute(typed.insert().values({**row, "id": made}))
            return made

        return await self._database.change(write)

    async def typed(self, community: str, typed_id: str) -> Typed | None:
        """Read one row."""
        query = select(typed).where(*are(typed, {"community": community, "id": typed_id}))
        rows = await self._database.rows(query)
        return Typed(rows[0].id, rows[0].typed_by, json.loads(rows[0].content), rows[0].typed_at) if rows else None

    async def typed_by(self, community: str, by: str) -> tuple[Typed, ...]:
        """Read one person's rows."""
        order = (typed.c.typed_at.desc(), typed.c.id)
        query = select(typed).where(*are(typed, {"community": community, "typed_by": by})).order_by(*order)
        rows = await self._database.rows(query)
        return tuple(Typed(row.id, row.typed_by, json.loads(row.content), row.typed_at) for row in rows)

    async def typed_since(self, community: str, since: datetime) -> tuple[Typed, ...]:
        """Read the newest rows that are no files."""
        lately = (typed.c.community == community, typed.c.typed_at > utc(since))
        small = func.length(typed.c.content) < SMALL
        query = select(typed).where(*lately, small).order_by(typed.c.typed_at.desc(), typed.c.id)
        rows = await self._database.rows(query)
        return tuple(Typed(row.id, row.typed_by, json.loads(row.content), row.typed_at) for row in rows)

    async def drop_typed(self, community: str, typed_id: str) -> None:
        """Delete one row."""
        await self._execute(delete(typed).where(*are(typed, {"community": community, "id": typed_id})))

    async def mark(self, community: str, key: str, *, by: str, now: datetime) -> None:
        """Write a row."""
        row = {"community": community, "key": key, "marked_by": by, "marked_at": utc(now)}
        await self._execute(self._upsert(marks, row))

    async def marks(self, community: str) -> frozenset[str]:
        """Read the keys."""
        rows = await self._database.rows(select(marks.c.key).where(marks.c.community == community))
        return frozenset(row.key for row in rows)

    async def count(self, community: str, what: str, entry_id: str = "", *, now: datetime, amount: int = 1) -> None:
        """Add a row, or to its count."""
        day = utc(now).date().isoformat()
        row = {"community": community, "day": day, "what": what, "entry_id": entry_id, "count": amount}
        await self._execute(self._upsert(tallies, row, {"count": tallies.c.count + amount}))

    async def usage(self, community: str, since: datetime) -> tuple[UsageCount, ...]:
        """Read the rows of some days."""
        first = utc(since).astimezone(UTC).date().isoformat()
        order = (tallies.c.day, tallies.c.what, tallies.c.entry_id)
        query = select(tallies).where(tallies.c.community == community, tallies.c.day >= first).order_by(*order)
        rows = await self._database.rows(query)
        return tuple(UsageCount(row.day, row.what, row.entry_id, row._mapping["count"]) for row in rows)
