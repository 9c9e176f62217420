"""Sentence embeddings of communities' texts."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.sql import tables
from knowledge.store.sql.parts.statements import Statements

# Rows of one statement: PostgreSQL takes 32,767 values at once, SQLite as many, and a row has four.
PORTION = 1_000


class Embeddings(Statements):
    """The part of the store that keeps sentence embeddings."""

    async def embeddings(self, community: str, model: str) -> Mapping[str, bytes]:
        """Read a model's rows."""
        kept = tables.embeddings.c
        query = select(kept.text, kept.vector).where(kept.community == community, kept.model == model)
        return {row.text: row.vector for row in await self._database.rows(query)}

    async def keep_embeddings(
        self, community: str, model: str, vectors: Mapping[str, bytes], *, number: int, only: Collection[str]
    ) -> bool:
        """Lock nothing: whoever comes second writes the same."""
        kept, known, settings = tables.embeddings, tables.communities.c, tables.settings.c
        there = exists().where(known.community == community, known.number == number)
        if number == 0:
            there = exists().where(settings.community == community)
        rows = [
            {"community": community, "text": text, "model": model, "vector": vector} for text, vector in vectors.items()
        ]

        async def keep(connection: AsyncConnection) -> bool:
            if not await connection.scalar(select(there)):
                return False
            stale = select(kept.c.text, kept.c.model).where(kept.c.community == community)
            needed = frozenset(only)
            gone = [row.text for row in await connection.execute(stale) if row.text not in needed or row.model != model]
            for first in range(0, len(gone), PORTION):
                portion = gone[first : first + PORTION]
                await connection.execute(delete(kept).where(kept.c.community == community, kept.c.text.in_(portion)))
            for first in range(0, len(rows), PORTION):
                insert = self._dialect.insert(kept).values(rows[first : first + PORTION])
                await connection.execute(insert.on_conflict_do_nothing(index_elements=["community", "text"]))
            return True

        return await self._database.change(keep)
