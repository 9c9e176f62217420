"""What communities changed: revisions that are only ever added, and the number that says that there are new ones."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.pack.overlay import Change, Conflict, Draft, Overlay, Revision
from knowledge.pack.records import entry_of, record_of
from knowledge.store.sql.parts.statements import Statements, utc
from knowledge.store.sql.tables import communities, revisions

# An overlay's first number is below this, which leaves as many to count on (a 32-bit integer on PostgreSQL).
NUMBERS = 2**30


class Revisions(Statements):
    """The part of the store that holds overlays and their history."""

    async def overlay(self, community: str) -> Overlay:
        """Read the number and the newest revisions of one state."""

        async def read(connection: AsyncConnection) -> Overlay:
            number = await connection.scalar(select(communities.c.number).where(communities.c.community == community))
            rows = (await connection.execute(_newest(community))).all()
            return Overlay(number or 0, tuple(_revision(row) for row in rows))

        return await self._database.read(read)

    async def revise(self, community: str, drafts: Sequence[Draft], *, by: str, now: datetime) -> tuple[Revision, ...]:
        """Lock the community's row, compare, and add."""
        at = utc(now)
        if len({draft.entry_id for draft in drafts}) != len(drafts):
            raise ValueError("an entry has two drafts")

        async def add(connection: AsyncConnection) -> tuple[Revision, ...]:
            await connection.execute(self._insert_new(communities, {"community": community, "number": 0}))
            # Whoever writes in the community meanwhile waits here. The first number is any, so that a community that
            # was deleted and begins anew is never taken for its old self by a process that remembers that.
            first = secrets.randbelow(NUMBERS) + 1
            number = case((communities.c.number == 0, first), else_=communities.c.number + 1)
            row = communities.c.community == community
            await connection.execute(update(communities).where(row).values(number=number))
            made: list[Revision] = []
            for draft in drafts:
                found = (await connection.execute(_newest(community, draft.entry_id))).first()
                current = None if found is None else _revision(found)
                if current is not None and current.number != draft.expected:
                    raise Conflict(current)
                made.append(_made(draft, by, at))
                await connection.execute(revisions.insert().values(_row(community, made[-1])))
            return tuple(made)

        return await self._database.change(add)

    async def history(self, community: str, entry_id: str) -> tuple[Revision, ...]:
        """Read an entry's rows."""
        ours = (revisions.c.community == community, revisions.c.entry_id == entry_id)
        query = select(revisions).where(*ours).order_by(revisions.c.number.desc())
        return tuple(_revision(row) for row in await self._database.rows(query))


def _newest(community: str, entry_id: str | None = None) -> Any:
    """Return the newest revision of each entry, or of one."""
    numbers = select(revisions.c.entry_id, func.max(revisions.c.number).label("number")).where(
        revisions.c.community == community
    )
    if entry_id is not None:
        numbers = numbers.where(revisions.c.entry_id == entry_id)
    newest = numbers.group_by(revisions.c.entry_id).subquery()
    return (
        select(revisions)
        .join(newest, (revisions.c.entry_id == newest.c.entry_id) & (revisions.c.number == newest.c.number))
        .where(revisions.c.community == community)
        .order_by(revisions.c.entry_id)
    )


def _made(draft: Draft, by: str, at: datetime) -> Revision:
    return Revision(draft.entry_id, draft.number, draft.change, draft.entry, draft.base, draft.note, by, at)


def _row(community: str, revision: Revision) -> dict[str, Any]:
    return {
        "community": community,
        "entry_id": revision.entry_id,
        "number": revision.number,
        "change": revision.change.value,
        "content": None if revision.entry is None else json.dumps(record_of(revision.entry)),
        "base": revision.base,
        "note": revision.note,
        "made_by": revision.by,
        "made_at": revision.at,
    }


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        entry_id=row.entry_id,
        number=row.number,
        change=Change(row.change),
        entry=None if row.content is None else entry_of(json.loads(row.content)),
        base=row.base,
        note=row.note,
        by=row.made_by,
        at=row.made_at,
    )
