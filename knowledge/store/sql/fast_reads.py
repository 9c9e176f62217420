"""A look into an SQLite database without a thread, for what every question needs."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import URL, CompoundSelect, Row, Select, create_engine
from sqlalchemy.pool import StaticPool

# Queries whose rows are remembered while nobody writes; then all are forgotten.
REMEMBERED_LIMIT = 10_000

Query = Select[Any] | CompoundSelect[*tuple[Any, ...]]


class FastReads:
    """One connection that reads and nothing else, and never waits.

    What a query found holds until somebody commits something, in this process or another: SQLite says so in a
    microsecond (sqlite.org/pragma.html#pragma_data_version), and a query through SQLAlchemy takes fifty.
    """

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(
            url.set(drivername="sqlite"),
            hide_parameters=True,
            poolclass=StaticPool,
            pool_reset_on_return=None,
            connect_args={"timeout": 0, "isolation_level": None, "check_same_thread": False},
        )
        self._driver: sqlite3.Connection | None = None
        self._version = 0
        self._found: dict[tuple[Query, tuple[str, ...]], Sequence[Row[Any]]] = {}

    def rows(self, query: Query, values: Mapping[str, str]) -> Sequence[Row[Any]]:
        """Return what a query with these values finds. The query should be the same object each time.

        Raises what SQLAlchemy and sqlite3 raise, also if the database is locked.
        """
        version = self._committed()
        if version != self._version or len(self._found) >= REMEMBERED_LIMIT:
            self._found.clear()
            self._version = version
        key = (query, tuple(values.values()))
        found = self._found.get(key)
        if found is None:
            with self._engine.connect() as connection:
                found = self._found[key] = connection.execute(query, values).all()
        return found

    def close(self) -> None:
        """Close the connection."""
        self._driver = None
        self._engine.dispose()

    def _committed(self) -> int:
        """Return a number that changes whenever another connection has committed something."""
        if self._driver is None:
            with closing(self._engine.raw_connection()) as pooled:
                driver: Any = pooled.driver_connection
            self._driver = driver
        (version,) = self._driver.execute("PRAGMA data_version").fetchone()
        return int(version)
