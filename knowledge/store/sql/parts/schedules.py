"""Schedules and their posts: each change is compared with what its author saw, so that of many processes one posts."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.schedules import Post, PostState, Schedule
from knowledge.store.sql.parts.statements import Statements, are, begins, utc
from knowledge.store.sql.tables import communities, posts, schedules


class Schedules(Statements):
    """The part of the store that holds schedules and what became of their posts."""

    async def schedules(self, community: str) -> tuple[Schedule, ...]:
        """Read a community's rows."""
        query = select(schedules).where(schedules.c.community == community)
        rows = await self._database.rows(query.order_by(schedules.c.made_at, schedules.c.id))
        return tuple(_schedule(row) for row in rows)

    async def schedule(self, community: str, schedule_id: str) -> Schedule | None:
        """Read one row."""
        rows = await self._database.rows(select(schedules).where(*are(schedules, _key(community, schedule_id))))
        return _schedule(rows[0]) if rows else None

    async def keep_schedule(self, schedule: Schedule) -> bool:
        """Write a row, if it is as its author saw it."""

        async def keep(connection: AsyncConnection) -> bool:
            return await self._keep(connection, schedule)

        return await self._database.change(keep)

    async def drop_schedule(self, community: str, schedule_id: str) -> None:
        """Delete a row; its posts go with it."""
        await self._execute(delete(schedules).where(*are(schedules, _key(community, schedule_id))))

    async def due_schedules(self, prefix: str, now: datetime, most: int = 100) -> tuple[Schedule, ...]:
        """Read the rows whose time has come."""
        gone = select(communities.c.community).where(communities.c.left_at.is_not(None))
        query = select(schedules).where(
            schedules.c.next_at <= utc(now),
            schedules.c.paused.is_(None),
            begins(schedules.c.community, prefix),
            schedules.c.community.not_in(gone),
        )
        rows = await self._database.rows(query.order_by(func.random()).limit(most))
        return tuple(_schedule(row) for row in rows)

    async def claim_post(self, schedule: Schedule, post: Post) -> bool:
        """Write both rows in one transaction."""

        async def claim(connection: AsyncConnection) -> bool:
            if not await self._keep(connection, schedule):
                return False
            await connection.execute(insert(posts).values(_post_row(post)))
            return True

        return await self._database.change(claim)

    async def abandoned_posts(self, prefix: str, now: datetime, most: int = 100) -> tuple[Post, ...]:
        """Read the rows whose lease is over."""
        query = select(posts).where(posts.c.until <= utc(now), begins(posts.c.community, prefix))
        rows = await self._database.rows(query.order_by(posts.c.until, posts.c.key).limit(most))
        return tuple(_post(row) for row in rows)

    async def move_post(self, before: Post, after: Post) -> bool:
        """Write a row over the one that was seen."""
        seen = {**_key(before.community, before.schedule_id, "schedule_id"), "due": utc(before.due)}
        lease = posts.c.until.is_(None) if before.until is None else posts.c.until == utc(before.until)
        statement = update(posts).where(*are(posts, {**seen, "state": before.state.value}), lease)
        if after.state is PostState.SENDING:
            row = and_(*are(schedules, _key(before.community, before.schedule_id)), schedules.c.paused.is_(None))
            statement = statement.where(exists().where(row))
        return await self._execute(statement.values(_post_row(after))) == 1

    async def posts(self, community: str, schedule_id: str, most: int = 5) -> tuple[Post, ...]:
        """Read the newest rows."""
        query = select(posts).where(*are(posts, _key(community, schedule_id, "schedule_id")))
        rows = await self._database.rows(query.order_by(posts.c.due.desc()).limit(most))
        return tuple(_post(row) for row in rows)

    async def _keep(self, connection: AsyncConnection, schedule: Schedule) -> bool:
        row = _schedule_row(schedule)
        if schedule.number == 0:
            return (await connection.execute(self._insert_new(schedules, row))).rowcount == 1
        seen = {**_key(schedule.community, schedule.id), "number": schedule.number}
        return (await connection.execute(update(schedules).where(*are(schedules, seen)).values(row))).rowcount == 1


def _key(community: str, schedule_id: str, name: str = "id") -> dict[str, str]:
    return {"community": community, name: schedule_id}


def _schedule_row(schedule: Schedule) -> Mapping[str, Any]:
    """Return what is written: the next number."""
    packed = {"plan": json.dumps(schedule.plan), "used": json.dumps(schedule.used)}
    return asdict(schedule) | packed | {"number": schedule.number + 1}


def _schedule(row: Row[Any]) -> Schedule:
    unpacked = {"plan": json.loads(row.plan), "used": tuple(json.loads(row.used))}
    return Schedule(**(dict(row._mapping) | unpacked))


def _post_row(post: Post) -> Mapping[str, Any]:
    return asdict(post) | {"state": post.state.value}


def _post(row: Row[Any]) -> Post:
    return Post(**(dict(row._mapping) | {"state": PostState(row.state)}))
