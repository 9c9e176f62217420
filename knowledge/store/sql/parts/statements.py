"""What every part of the SQL store is made of: statements that both kinds of database understand."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from sqlalchemy import ColumnElement, Executable, Table, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store.sql.database import Database
from knowledge.store.sql.tables import voter_keys

# As long as the hash itself (RFC 2104, section 3).
KEY_BYTES = 32


class Statements:
    """A part of the store, on its database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Imported only where it is needed.
        self._dialect: Any = sqlite if database.is_sqlite else import_module("sqlalchemy.dialects.postgresql")

    async def _execute(self, *statements: Executable) -> int:
        """Execute statements in one transaction; how many rows they changed."""

        async def execute(connection: AsyncConnection) -> int:
            return sum([(await connection.execute(statement)).rowcount for statement in statements])

        return await self._database.change(execute)

    async def _key_of(self, community: str) -> bytes:
        """Return the key that a community's people are hashed with, made when it is first needed.

        Not remembered: another process may have deleted it.
        """
        query = select(voter_keys.c.key).where(voter_keys.c.community == community)
        kept = await self._database.rows(query)
        if kept:
            key: bytes = kept[0].key
            return key
        row = {"community": community, "key": secrets.token_bytes(KEY_BYTES)}

        async def make(connection: AsyncConnection) -> bytes:
            await connection.execute(self._upsert(voter_keys, row, {"key": voter_keys.c.key}))
            made: bytes = (await connection.scalars(query)).one()
            return made

        return await self._database.change(make)

    def _upsert(
        self,
        table: Table,
        row: Mapping[str, Any],
        change: Mapping[str, Any] | None = None,
        where: ColumnElement[bool] | None = None,
    ) -> Executable:
        """Insert a row. Where its key is taken, make that `change` (or take over the whole row), if `where` holds."""
        keys = table.primary_key.columns.keys()
        taken_over = {name: value for name, value in row.items() if name not in keys}
        statement: Executable = (
            self._dialect.insert(table)
            .values(row)
            .on_conflict_do_update(index_elements=keys, set_=change or taken_over, where=where)
        )
        return statement

    def _insert_new(self, table: Table, row: Mapping[str, Any]) -> Executable:
        """Insert a row, unless its key is taken."""
        keys = table.primary_key.columns.keys()
        statement: Executable = self._dialect.insert(table).values(row).on_conflict_do_nothing(index_elements=keys)
        return statement


def are(table: Table, values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Return the condition that columns have these values."""
    return [table.c[name] == value for name, value in values.items()]


def begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """Return the condition that a text begins so, letter by letter.

    (LIKE on SQLite takes capitals for small letters.)
    """
    return func.substr(column, 1, len(prefix)) == prefix


def utc(now: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError if it has no time zone."""
    if now.utcoffset() is None:
        raise ValueError("a moment in the store needs a time zone; give it as datetime.now(UTC)")
    return now.astimezone(UTC)
