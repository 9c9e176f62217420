"""How much was asked just now, counted by all processes together under keyed digests."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.limits import Limit
from knowledge.store.protocol import NO_COMMUNITY
from knowledge.store.sql import tables
from knowledge.store.sql.parts.statements import Statements, utc

# Sums of fractions of a second are off by less than this.
_ROUNDING = 0.001


class _Reached(Exception):  # noqa: N818 (nothing is broken)
    """One of the limits is reached: what was counted against the others is taken back."""


class Limits(Statements):
    """The part of the store that counts against limits, by the generic cell rate algorithm (ITU-T I.371)."""

    # Kept in memory: nobody deletes the key of no community.
    _key = b""

    @property
    def is_shared(self) -> bool:
        """PostgreSQL is; on SQLite each count would cost its one writer a commit."""
        return not self._database.is_sqlite

    async def take(self, limits: Sequence[Limit], now: datetime) -> float:
        """Move each limit's moment on by one, unless one of them is too far away."""
        moment = utc(now).timestamp()
        key = self._key = self._key or await self._key_of(NO_COMMUNITY)
        kept = tables.limits.c

        async def count(connection: AsyncConnection) -> float:
            for limit in limits:
                digest = hmac.digest(key, limit.key.encode(), "sha256")
                latest = moment + limit.seconds - limit.pace
                counted = self._upsert(
                    tables.limits,
                    {"digest": digest, "even_at": moment + limit.pace},
                    {"even_at": case((kept.even_at > moment, kept.even_at), else_=moment) + limit.pace},
                    where=kept.even_at <= latest + _ROUNDING,
                )
                if (await connection.execute(counted)).rowcount == 0:
                    even_at = await connection.scalar(select(kept.even_at).where(kept.digest == digest))
                    raise _Reached(max(0.0, float(even_at or latest) - latest))
            return 0.0

        try:
            return await self._database.change(count)
        except _Reached as reached:
            seconds: float = reached.args[0]
            return seconds

    async def end_limits(self, now: datetime) -> None:
        """Delete the rows whose moment is over."""
        await self._execute(delete(tables.limits).where(tables.limits.c.even_at <= utc(now).timestamp()))
