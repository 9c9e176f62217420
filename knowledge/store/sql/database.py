"""Where the store's database is, how it is opened and migrated, and what to do when it fails."""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from uuid import uuid4

import aiosqlite
from sqlalchemy import Connection, Row, event, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from knowledge.store import migrations
from knowledge.store.protocol import Reason, StoreError
from knowledge.store.sql.address import address_of, code_of, reason_of
from knowledge.store.sql.fast_reads import FastReads, Query

# A step of the migrations may build an index, or wait for another process that does.
MIGRATION_SECONDS = 600
APPLICATION_NAME = "ijm-answers"
# How long to wait before asking again for what another process holds, where SQLite itself does not wait.
_RETRY_SECONDS = 0.05
# The key of the advisory lock around migrations: "IJM" in ASCII.
_MIGRATION_LOCK = 0x494A4D
# Set on the connections that write, for `_begin`.
_WRITES = "store_writes"
# Set on those that read one state with several queries.
_READS = "store_reads"
_FAILURES = (SQLAlchemyError, migrations.NewerDatabase, sqlite3.Error, OSError)

_Result = TypeVar("_Result")


class Database:
    """An SQLite file, an SQLite database in memory, or a PostgreSQL database.

    `patience` is how many seconds to wait for a server to take a connection and to answer, or for a lock that another
    process holds. No statement of the store takes a fraction of that; beyond it the server is taken for lost.
    Raises StoreError if the URL is wrong. Nothing is opened before it is needed.
    """

    def __init__(self, url: str, patience: float) -> None:
        self._address = address_of(url)
        self._patience = patience
        self.is_sqlite = self._address.is_sqlite
        self._begun: set[asyncio.Task[Any]] = set()
        self._closed = False
        # How many calls failed since the start, by reason.
        self.errors = dict.fromkeys(map(str, Reason), 0)
        # Whether the last change did not get through.
        self.refuses_changes = False
        self._keeper: sqlite3.Connection | None = None
        self._fast_reads: FastReads | None = None
        self._failures: tuple[type[Exception], ...] = _FAILURES
        self._engine = self._sqlite() if self.is_sqlite else self._postgresql(patience)
        self._writer = self._engine.execution_options(**{_WRITES: True})
        snapshot = {_READS: True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self._engine.execution_options(**snapshot)
        # SQLite has one writer at a time. Inside one process they queue here, which is fair and needs no polling.
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def engine(self) -> AsyncEngine:
        """For a library that brings its own tables. On SQLite each of its statements is a transaction of its own."""
        return self._engine

    @property
    def path(self) -> Path | None:
        """The SQLite file; None if it is another kind of database."""
        return self._address.path

    @property
    def name(self) -> str:
        """The database in words, without user and password."""
        return self._address.name

    async def rows(self, query: Query) -> Sequence[Row[Any]]:
        """Return what a query finds."""
        return await self._to_the_end(self._rows(query))

    async def fast_rows(self, query: Query, values: Mapping[str, str]) -> Sequence[Row[Any]]:
        """Return what a query with these values finds by primary keys.

        SQLite finds that in a fraction of the time that it takes to ask a thread for it; where the file is locked, a
        thread waits after all.
        """
        if self._fast_reads is not None and not self._closed:
            try:
                with self._explained():
                    return self._fast_reads.rows(query, values)
            except StoreError as error:
                cause = error.__cause__
                if cause is None or code_of(getattr(cause, "orig", cause)) not in {"SQLITE_BUSY", "SQLITE_LOCKED"}:
                    raise
        return await self._to_the_end(self._rows(query, values))

    async def read(self, work: Callable[[AsyncConnection], Awaitable[_Result]]) -> _Result:
        """Several queries on one state of the database, and what the work returns."""
        return await self._to_the_end(self._read(work))

    async def change(self, work: Callable[[AsyncConnection], Awaitable[_Result]]) -> _Result:
        """Do a piece of work in a transaction and give what it returns; if it raises, all of it is taken back.

        On SQLite nobody else writes meanwhile, so the work may use nothing but its connection.
        """
        return await self._to_the_end(self._change(work))

    async def migrate(self) -> None:
        """Bring the tables to their newest form, all or nothing, one process at a time."""
        await self.rebuild(migrations.upgrade)

    async def rebuild(self, work: Callable[[Connection], _Result]) -> _Result:
        """Change the tables themselves, all or nothing, one process at a time; give what the work returns."""
        return await self._to_the_end(self._rebuild(work))

    async def close(self) -> None:
        """Let what was begun come to its end, and close all connections; what is asked later gets a StoreError."""
        self._closed = True
        await asyncio.gather(*self._begun, return_exceptions=True)
        await self._engine.dispose()
        if self._fast_reads is not None:
            self._fast_reads.close()
        if self._keeper is not None:
            self._keeper.close()

    async def _to_the_end(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Await work that goes on if the caller is cancelled.

        A statement that is cancelled while SQLite runs it can keep the file locked, as long as somebody holds the
        exception with its traceback.
        """
        if self._closed:
            work.close()
            raise StoreError(f"{self.name} is closed, because the bot is stopping.")
        task = asyncio.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._over)
        try:
            with self._explained():
                return await asyncio.shield(task)
        except StoreError as error:
            if error.__cause__ is not None:
                self.errors[error.reason] += 1
            raise

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._begun.discard(task)
        if not task.cancelled():
            # Whoever still waits gets it all the same; for whoever gave up, asyncio would log it as never retrieved.
            task.exception()

    async def _rows(self, query: Query, values: Mapping[str, str] | None = None) -> Sequence[Row[Any]]:
        async with self._engine.begin() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(query, values)).all()
            return found

    async def _read(self, work: Callable[[AsyncConnection], Awaitable[_Result]]) -> _Result:
        async with self._reader.begin() as connection:
            return await work(connection)

    async def _change(self, work: Callable[[AsyncConnection], Awaitable[_Result]]) -> _Result:
        try:
            async with self._turn, self._writer.begin() as connection:
                result = await work(connection)
        except self._failures:
            self.refuses_changes = True
            raise
        self.refuses_changes = False
        return result

    async def _rebuild(self, work: Callable[[Connection], _Result]) -> _Result:
        if self.is_sqlite:
            self._make_private()
            async with self._turn, self._writer.connect() as connection:
                return await self._rebuild_sqlite(connection, work)
        engine = self._postgresql(MIGRATION_SECONDS)
        try:
            async with engine.begin() as connection:
                await connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    def _sqlite(self) -> AsyncEngine:
        url = self._address.url.set(drivername="sqlite+aiosqlite")
        if self._address.in_memory:
            # A database that all connections of this process share, and that lives as long as one of them.
            name = f"file:/{uuid4().hex}"
            with self._explained():
                self._keeper = sqlite3.connect(f"{name}?vfs=memdb", uri=True, check_same_thread=False)
            url = url.set(database=name, query={"vfs": "memdb", "uri": "true"})
        with self._explained():
            engine = create_async_engine(
                url,
                hide_parameters=True,
                connect_args={"timeout": self._patience, "isolation_level": None, "async_creator_fn": _connected},
            )
            self._fast_reads = FastReads(url)
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        event.listen(engine.sync_engine, "begin", _begin)
        return engine

    def _postgresql(self, seconds: float) -> AsyncEngine:
        """Return the engine; each of its statements may take this many `seconds`."""
        # Imported only where it is needed; SQLAlchemy hands on what it raises while it connects.
        asyncpg = import_module("asyncpg")
        self._failures = (*_FAILURES, asyncpg.PostgresError, asyncpg.InterfaceError)
        # asyncpg reads the URL itself, because it knows all that libpq knows (`sslmode`, `host=/folder/of/socket`).
        dsn = self._address.url.set(drivername="postgresql").render_as_string(hide_password=False)
        # What the server's list of connections shows (pg_stat_activity), if DATABASE_URL names nothing else.
        name = {} if "application_name" in self._address.url.query else {"application_name": APPLICATION_NAME}
        return create_async_engine(
            "postgresql+asyncpg://",
            hide_parameters=True,
            pool_pre_ping=True,
            pool_timeout=self._patience,
            connect_args={"dsn": dsn, "timeout": self._patience, "command_timeout": seconds, "server_settings": name},
        )

    def _make_private(self) -> None:
        """Make a new SQLite file that only this user may read; SQLite gives the same rights to the files beside it."""
        if self.path is not None:
            # SQLite says in its own words what keeps a file from being made.
            with suppress(OSError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL, 0o600))

    async def _rebuild_sqlite(self, connection: AsyncConnection, work: Callable[[Connection], _Result]) -> _Result:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await self._write_ahead(driver)
        # A step that rebuilds a table drops the old one, which would take along the rows that refer to it.
        await driver.execute_fetchall("PRAGMA foreign_keys = OFF")
        try:
            async with connection.begin():
                result = await connection.run_sync(work)
                await connection.run_sync(_refers_to_nothing_gone)
                return result
        finally:
            await driver.execute_fetchall("PRAGMA foreign_keys = ON")

    async def _write_ahead(self, driver: Any) -> None:
        """Make the file write ahead (WAL). SQLite does not wait when two processes do it to a new file at once."""
        give_up = monotonic() + self._patience
        while True:
            try:
                await driver.execute_fetchall("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if code_of(error) != "SQLITE_BUSY" or monotonic() > give_up:
                    raise
            await asyncio.sleep(_RETRY_SECONDS)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            raise StoreError(self._address.advice(error), reason_of(error)) from error


async def _connected(*where: Any, **how: Any) -> aiosqlite.Connection:
    """Return a connection to SQLite.

    Where there can be none, aiosqlite does not wait for its thread to end by itself.
    """
    connection = aiosqlite.connect(*where, **how)
    connection._thread.daemon = True
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(connection._thread.join)
        raise


def _set_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    # FULL: a commit that was acknowledged survives a power cut too.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin a writing transaction in place of the driver, which would begin it later and lock too late.

    What only reads needs none: it is a single query.
    """
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.get_execution_options().get(_READS):
        connection.exec_driver_sql("BEGIN")


def _refers_to_nothing_gone(connection: Connection) -> None:
    """Raise StoreError if rows refer to rows that are not there, for which SQLite does not look meanwhile."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise StoreError(f"A migration would leave {len(broken)} rows that refer to nothing; it was taken back.")
