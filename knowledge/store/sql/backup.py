"""Backups of an SQL database: all rows of one moment into a file, and back, also into the other kind of database."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, DateTime, MetaData, Table, create_engine, func, insert, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store import migrations
from knowledge.store.backup_file import BackupError, BackupReader, BackupRow, BackupWriter, Header
from knowledge.store.sql.address import code_of
from knowledge.store.sql.database import Database
from knowledge.store.sql.installations import Tokens, slack_tables, tokens_on
from knowledge.store.sql.tables import Moment

# How long to wait for a server, or for another process to let go, in seconds.
PATIENCE = 30
# Rows that are read at once.
_PORTION = 500
# What can be made again, and would be half of a file; and what is over in a minute.
LEFT_OUT = frozenset({"embeddings", "limits"})
# Where Alembic keeps the step.
_STEP_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class Account:
    """What was saved or restored: rows, tables, the migration, and when it was made (UTC)."""

    rows: int
    tables: int
    step: str
    made_at: datetime
    tokens: Tokens | None = None

    @property
    def contents(self) -> str:
        """What of it is secret, in a sentence."""
        held = "It holds communities' entries and settings, and moderators' ids"
        if self.tokens is not None and self.tokens.plain:
            return f"{held}, and {self.tokens.plain} Slack tokens in PLAIN TEXT: whoever has the file can use them."
        if self.tokens is not None and self.tokens.sealed:
            count = self.tokens.sealed
            return f"{held}, and {count} Slack tokens, encrypted: keep IJM_ENCRYPTION_KEYS too, and elsewhere."
        return f"{held}; no tokens."


async def save(url: str, out: BinaryIO, now: datetime) -> Account:
    """Write everything in a database that cannot be made again, as of one moment, while others use it.

    Raises BackupError if there is nothing in it, or a newer version was at it; StoreError if it does not answer.
    """
    database = Database(url, PATIENCE)
    nothing = BackupError(f"There is nothing to back up: {database.name} has none of the bot's tables.")

    async def work(connection: AsyncConnection) -> Account:
        step = await connection.run_sync(migrations.step_of)
        if step is None:
            raise nothing
        there = await connection.run_sync(lambda sync: _there(sync, _tables_at(_known(step, database.name))))
        tables = [table for table in there if table.name not in LEFT_OUT]
        writer = BackupWriter(out, Header(step, now))
        for table in tables:
            writer.table(table.name, table.columns.keys())
            found = await connection.stream(select(table).order_by(*table.primary_key.columns))
            async for portion in found.partitions(_PORTION):
                for row in portion:
                    writer.row(row)
        writer.end()
        return Account(writer.rows, len(tables), step, now, await tokens_on(connection))

    try:
        # SQLite would make the file.
        if database.path is not None and not database.path.exists():
            raise nothing
        return await database.read(work)
    finally:
        await database.close()


async def restore(url: str, source: BinaryIO, *, replace: bool) -> Account:
    """Fill a database from a backup and bring it to the newest form, all or nothing.

    A database that has rows is left alone, unless they may be replaced. Raises BackupError if the backup is damaged
    or of a newer version, or if the database is not empty or an SQLite file in use; StoreError if it does not take it.
    """
    reader, database = BackupReader(source), Database(url, PATIENCE)
    step = reader.header.step
    if step not in migrations.steps():
        raise BackupError("The backup was made by a newer version of the bot: restore it with that version.")

    if database.path is not None and database.path.exists() and _is_held(database.path):
        raise BackupError(f"{database.name} is in use: stop the bot, and whatever else has it open, and try again.")

    def work(connection: Connection) -> int:
        _clear(connection, database.name, replace=replace)
        migrations.upgrade(connection, step)
        tables = {table.name: table for table in _tables_at(step)}
        slack_tables().create_all(connection, checkfirst=True)
        filled = 0
        for name, columns, portions in reader.tables():
            table = tables.get(name)
            if table is None or not set(columns) <= set(table.columns.keys()):
                raise BackupError(f"The backup has a table or column that its version does not have: {name}.")
            for portion in portions:
                connection.execute(insert(table), [_values(connection, columns, row) for row in portion])
            _count_on(connection, table)
            filled += 1
        migrations.upgrade(connection)
        return filled

    try:
        filled = await database.rebuild(work)
    finally:
        await database.close()
    return Account(reader.rows, filled, step, reader.header.made_at)


def _is_held(path: Path) -> bool:
    """Return whether another process has an SQLite file open, for only the last one can leave write-ahead mode.

    Source: sqlite.org/wal.html, "Persistence of WAL mode". Whatever else is wrong with the file is told later.
    """
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            return code_of(error) == "SQLITE_BUSY"
    return False


@cache
def _tables_at(step: str) -> Sequence[Table]:
    """Return the tables as of a migration step, and Slack's; a table comes after those that it refers to."""
    engine, metadata = create_engine("sqlite://"), MetaData()
    with engine.begin() as connection:
        migrations.upgrade(connection, step)
        metadata.reflect(connection)
    engine.dispose()
    metadata.remove(metadata.tables[_STEP_TABLE])
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, DateTime):
                column.type = Moment()
    return [*metadata.sorted_tables, *slack_tables().sorted_tables]


def _there(connection: Connection, tables: Sequence[Table]) -> Sequence[Table]:
    """Those of the tables that the database has: Slack's only if the app can be installed from here."""
    names = set(inspect(connection).get_table_names())
    return [table for table in tables if table.name in names]


def _known(step: str, name: str) -> str:
    """Return the step, if this version knows it. Raises BackupError."""
    if step not in migrations.steps():
        raise BackupError(f"{name} was used by a newer version of the bot: use that version.")
    return step


def _clear(connection: Connection, name: str, *, replace: bool) -> None:
    """Drop the bot's tables. Raises BackupError if they hold something that may not be replaced."""
    step = migrations.step_of(connection)
    if step is None:
        # Tables of the same names would be another program's.
        return
    there = _there(connection, _tables_at(_known(step, name)))
    full = [table.name for table in there if connection.execute(select(1).select_from(table).limit(1)).first()]
    if full and not replace:
        raise BackupError(
            f"{name} is not empty ({', '.join(full)}), so nothing was changed. Restore into another database, or add "
            "--replace to discard what is in it."
        )
    for table in reversed(there):
        table.drop(connection)
    connection.execute(text(f"DROP TABLE {_STEP_TABLE}"))


def _values(connection: Connection, columns: Sequence[str], row: BackupRow) -> Mapping[str, Any]:
    """Return a row for the database. PostgreSQL has no U+0000 in its texts, which SQLite takes."""
    if connection.dialect.name == "sqlite":
        return dict(zip(columns, row, strict=True))
    fit = (value.replace("\0", "") if isinstance(value, str) else value for value in row)
    return dict(zip(columns, fit, strict=True))


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows beyond those that were restored; SQLite does it by itself."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name == "sqlite":
        return
    highest = select(func.max(column)).scalar_subquery()
    connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), highest)))
