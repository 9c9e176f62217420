"""Deletion: what is too old, what a person asks to be forgotten, and communities that the bot has left."""

import hmac
import json
from datetime import datetime

from sqlalchemy import delete, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.pack.overlay import NOBODY
from knowledge.store.agreements import ASKER_LIFE, LOAN_LIFE, PROPOSAL_LIFE
from knowledge.store.protocol import BALLOT_LIFE, GRACE, MISS_LIFE, POST_LIFE, TYPED_LIFE, USAGE_LIFE
from knowledge.store.sql import tables
from knowledge.store.sql.parts.statements import Statements, begins, utc

# Where a person's id stands because they signed something.
_SIGNED = (
    tables.revisions.c.made_by,
    tables.settings.c.set_by,
    tables.place_settings.c.set_by,
    tables.marks.c.marked_by,
    tables.schedules.c.made_by,
    tables.proposals.c.made_by,
    tables.loans.c.made_by,
)


class Traces(Statements):
    """The part of the store that deletes."""

    async def left(self, community: str, now: datetime) -> None:
        """Note when, in the community's row."""
        row = {"community": community, "number": 0, "left_at": utc(now)}
        await self._execute(self._upsert(tables.communities, row, {"left_at": utc(now)}))

    async def returned(self, community: str) -> None:
        """Take the note away."""
        row = tables.communities.c.community == community
        await self._execute(update(tables.communities).where(row).values(left_at=None))

    async def communities(self, prefix: str, *, left: bool = False) -> tuple[str, ...]:
        """Look into every table."""
        found = union(
            *(select(table.c.community).where(begins(table.c.community, prefix)) for table in tables.OF_COMMUNITIES)
        )
        gone = select(tables.communities.c.community).where(tables.communities.c.left_at.is_not(None))
        away = {row.community for row in await self._database.rows(gone)}
        ids = away if left else {row.community for row in await self._database.rows(found)} - away
        return tuple(sorted(each for each in ids if each.startswith(prefix)))

    async def expire(self, now: datetime) -> None:
        """Delete the old rows of several sql_tables, and all of the communities whose grace is over."""
        moment = utc(now)
        gone = select(tables.communities.c.community).where(tables.communities.c.left_at <= moment - GRACE)
        for row in await self._database.rows(gone):
            await self.forget_community(row.community)
        await self._execute(
            delete(tables.ballots).where(tables.ballots.c.cast_at < moment - BALLOT_LIFE),
            delete(tables.seen_events).where(tables.seen_events.c.expires_at <= moment),
            delete(tables.misses).where(tables.misses.c.last < moment - MISS_LIFE),
            delete(tables.suggestions).where(tables.suggestions.c.made_at < moment - MISS_LIFE),
            delete(tables.typed).where(tables.typed.c.typed_at < moment - TYPED_LIFE),
            delete(tables.askers).where(tables.askers.c.asked_at < moment - ASKER_LIFE),
            delete(tables.proposals).where(tables.proposals.c.made_at < moment - PROPOSAL_LIFE),
            delete(tables.loans).where(tables.loans.c.made_at < moment - LOAN_LIFE),
            delete(tables.posts).where(tables.posts.c.due < moment - POST_LIFE, tables.posts.c.until.is_(None)),
            delete(tables.tallies).where(tables.tallies.c.day < (moment - USAGE_LIFE).date().isoformat()),
        )

    async def forget_person(self, community: str, user: str) -> int:
        """Delete or overwrite rows; a vote is found by the hash that only this person's id gives."""

        async def forget(connection: AsyncConnection) -> int:
            ballots, typed = tables.ballots, tables.typed
            keys = select(tables.voter_keys.c.key).where(tables.voter_keys.c.community == community)
            key: bytes | None = await connection.scalar(keys)
            votes = select(ballots.c.entry_id, ballots.c.revision).where(ballots.c.community == community).distinct()
            cast = (await connection.execute(votes)).all() if key is not None else []
            hashes = [voter_hash(key or b"", row.entry_id, row.revision, user) for row in cast]
            theirs = or_(*(ballots.c.voter_hash == each for each in hashes)) if hashes else ballots.c.voter_hash == b""
            traces = (
                await connection.execute(delete(ballots).where(ballots.c.community == community, theirs))
            ).rowcount
            own = (typed.c.community == community, typed.c.typed_by == user)
            traces += (await connection.execute(delete(typed).where(*own))).rowcount
            asked = (tables.askers.c.community == community, tables.askers.c.person == user)
            traces += (await connection.execute(delete(tables.askers).where(*asked))).rowcount
            for signed in _SIGNED:
                where = (signed.table.c.community == community, signed == user)
                renamed = update(signed.table).where(*where).values({signed.name: NOBODY})
                traces += (await connection.execute(renamed)).rowcount
            return traces

        return await self._database.change(forget)

    async def forget_community(self, community: str) -> None:
        """Delete the community's rows of every table, in one transaction."""
        # Parents first, which take their children along: in the order in which a vote locks them.
        await self._execute(*(delete(table).where(table.c.community == community) for table in tables.OF_COMMUNITIES))


def voter_hash(key: bytes, entry_id: str, revision: int, voter: str) -> bytes:
    """Return the hash under which a vote is kept."""
    # The entry is hashed too, so that nobody can see from the hashes which votes are of one person.
    return hmac.digest(key, json.dumps([entry_id, revision, voter]).encode(), "sha256")
