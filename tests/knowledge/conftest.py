"""Stores on every kind of database, each test with a fresh one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from knowledge.store.protocol import Store
from knowledge.store.sql.store import SqlStore
from tests.servers.postgres import Postgres, running_postgres

_numbers = count(1)
POSTGRESQL = pytest.param("PostgreSQL", marks=pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this test run."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a PostgreSQL database with all tables, to be copied: that takes a third of the time of migrating."""

    async def migrate() -> None:
        store = SqlStore(postgres.create_database("migrated"))
        await store.migrate()
        await store.close()

    # A test that asks for it has a loop of its own that runs already.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(migrate())).result()
    return "migrated"


@pytest.fixture
def migrated_postgres_url(postgres: Postgres, migrated_postgres: str) -> Iterator[str]:
    """A PostgreSQL database with empty tables. At the end nothing may be connected to it any more."""
    name = f"test {next(_numbers)}"
    yield postgres.create_database(name, migrated_postgres)
    postgres.drop_database(name)


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database. At the end nothing may be connected to it any more."""
    name = f"test {next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def other_postgres_url(postgres: Postgres) -> Iterator[str]:
    """Another empty PostgreSQL database."""
    name = f"test {next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where an SQLite file can be made."""
    return tmp_path / "store.sqlite3"


@pytest.fixture(params=["SQLite file", POSTGRESQL])
def shared_url(request: pytest.FixtureRequest, sqlite_path: Path) -> str:
    """An empty database that several processes can share."""
    if request.param == "SQLite file":
        return f"sqlite:///{sqlite_path}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["SQLite file", "SQLite in memory", POSTGRESQL])
async def store(request: pytest.FixtureRequest, sqlite_path: Path) -> AsyncIterator[Store]:
    """An empty store, ready for use."""
    urls = {"SQLite file": f"sqlite:///{sqlite_path}", "SQLite in memory": "sqlite+aiosqlite://"}
    store = SqlStore(urls.get(request.param) or request.getfixturevalue("migrated_postgres_url"))
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
async def file_store(sqlite_path: Path) -> AsyncIterator[Store]:
    """An empty store on the SQLite file at `sqlite_path`."""
    store = SqlStore(f"sqlite:///{sqlite_path}")
    await store.migrate()
    yield store
    await store.close()
