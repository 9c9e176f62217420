"""Migrations: whole or not at all, the same tables as in the code, and on board of an installed wheel."""

import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store import migrations
from knowledge.store.protocol import StoreError
from knowledge.store.sql.database import Database
from knowledge.store.sql.tables import metadata
from tests.knowledge.store.databases import HOME, NOW, PATIENCE, PROCESS_SECONDS, ROOT, database, opened, run


async def synchronously(database: Database, work: Callable[[Connection], Any]) -> Any:
    return await database.change(lambda connection: connection.run_sync(work))


async def test_the_migrations_lead_to_the_tables_that_the_store_uses(shared_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database(shared_url) as migrated:
        await migrated.migrate()
        assert await synchronously(migrated, differences) == []


def test_the_newest_step_is_the_one_that_alembic_takes_for_it() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.newest()]


async def test_a_migration_that_fails_leaves_no_half_of_it(shared_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: Connection) -> None:
        upgrade(connection)
        raise StoreError("no")

    def has_tables(connection: Connection) -> bool:
        return any(connection.dialect.has_table(connection, table) for table in [*metadata.tables, "alembic_version"])

    upgrade = migrations.upgrade
    async with database(shared_url) as failing:
        with monkeypatch.context() as patched:
            patched.setattr(migrations, "upgrade", fails)
            with pytest.raises(StoreError, match="no"):
                await failing.migrate()
        assert await synchronously(failing, has_tables) is False
        await failing.migrate()
        assert await synchronously(failing, has_tables) is True


async def test_a_database_of_a_newer_version_is_left_alone(shared_url: str) -> None:
    async def make_newer(connection: AsyncConnection) -> None:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    async with database(shared_url) as newer:
        await newer.migrate()
        await newer.change(make_newer)
        with pytest.raises(StoreError, match="newer version of the bot"):
            await newer.migrate()


async def test_a_migration_that_would_orphan_rows_is_taken_back(
    sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def orphan(connection: Connection) -> None:
        connection.execute(text("DELETE FROM feedback"))

    async with opened(f"sqlite:///{sqlite_path}") as store:
        await store.migrate()
        await store.add_feedback(HOME, "outcomes", 1, helpful=True, voter="v", now=NOW)
        with monkeypatch.context() as patched:
            patched.setattr(migrations, "upgrade", orphan)
            with pytest.raises(StoreError, match="1 rows that refer to nothing"):
                await store.migrate()
        assert (await store.feedback(HOME))["outcomes"].helpful == 1


async def test_sqlite_writes_ahead_surely_and_keeps_references_whole(sqlite_path: Path) -> None:
    async def pragma(connection: AsyncConnection) -> tuple[Any, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return tuple([await connection.scalar(text(f"PRAGMA {name}")) for name in names])

    async with database(f"sqlite:///{sqlite_path}") as migrated:
        await migrated.migrate()
        full, on = 2, 1
        assert await migrated.change(pragma) == ("wal", full, on, PATIENCE * 1000)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The folder in which the project's wheel is unpacked."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=PROCESS_SECONDS)
    (wheel,) = tmp_path.glob("*.whl")
    folder = tmp_path / "100% installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


@pytest.mark.slow
async def test_an_installed_wheel_brings_its_migrations_along(installed: Path, sqlite_path: Path) -> None:
    where = await run(
        f"sqlite:///{sqlite_path}", "print(knowledge.__file__)", folder=sqlite_path.parent, path=installed
    )
    assert Path(where.strip()).is_relative_to(installed)
    with closing(sqlite3.connect(sqlite_path)) as connection:
        assert connection.execute("SELECT count(*) FROM settings").fetchone() == (0,)
