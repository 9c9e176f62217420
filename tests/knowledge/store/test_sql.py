"""The database under the store: its URL in all its forms, and its failures in words."""

import asyncio
import socket
import sqlite3
import threading
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from knowledge.store.protocol import StoreError
from knowledge.store.sql.address import address_of
from knowledge.store.sql.store import SqlStore
from tests.knowledge.store.databases import HOME, NOW, PATIENCE, PROCESS_SECONDS, opened
from tests.servers.postgres import GUARDED_USER, Postgres

PASSWORD = "s3cret:%/?#"
ESCAPED_PASSWORD = "s3cret%3A%25%2F%3F%23"


async def failure(url: str, patience: float = PATIENCE) -> str:
    """What the store says when it cannot be migrated; neither that nor what is logged with it holds the password."""
    with pytest.raises(StoreError) as caught:
        async with opened(url, patience) as store:
            await store.migrate()
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    # The driver's thread says goodbye to the loop a moment after it failed to open a file.
    for thread in threading.enumerate():
        if "_connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, PROCESS_SECONDS)
    return str(caught.value)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


# URLs


@pytest.mark.parametrize(
    "form", ["sqlite:///{}", "sqlite+aiosqlite:///{}", "sqlite+pysqlite:///{}", "  sqlite:///{}\n"]
)
async def test_a_path_can_be_written_with_any_driver(form: str, sqlite_path: Path) -> None:
    async with opened(form.format(sqlite_path)) as store:
        await store.migrate()
    assert names(sqlite_path.parent) == [sqlite_path.name]


async def test_a_new_file_can_be_read_by_nobody_else(sqlite_path: Path) -> None:
    async with opened(f"sqlite:///{sqlite_path}") as store:
        await store.migrate()
        await store.set_setting(HOME, "name", 1, by="u", now=NOW)
        files = list(sqlite_path.parent.iterdir())
        assert {path.name for path in files} == {sqlite_path.name + end for end in ("", "-wal", "-shm")}
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite://", "sqlite+aiosqlite:///"])
async def test_sqlite_without_a_path_is_in_memory(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(url) as store, opened(url) as other:
        await store.migrate()
        await store.set_setting(HOME, "name", 1, by="u", now=NOW)
        await other.migrate()
        assert await other.setting(HOME, "name") is None
    assert names(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg2"])
async def test_postgresql_goes_by_all_its_names(kind: str, postgres_url: str) -> None:
    async with opened(postgres_url.replace("postgresql", kind, 1)) as store:
        await store.ping()


@pytest.mark.slow
async def test_a_password_with_special_characters_is_understood(postgres: Postgres) -> None:
    postgres.sql(f"CREATE ROLE {GUARDED_USER} LOGIN PASSWORD '{PASSWORD}'")
    async with opened(postgres.url("postgres", f"{GUARDED_USER}:{ESCAPED_PASSWORD}")) as store:
        await store.ping()
    message = await failure(postgres.url("postgres", f"{GUARDED_USER}:{ESCAPED_PASSWORD}wrong"))
    assert "refuses this user or password" in message


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("", "sqlite:///folder/file.sqlite3"),
        ("store.sqlite3", "sqlite:///folder/file.sqlite3"),
        ("mysql://user:s3cret@host/database", "sqlite:///folder/file.sqlite3"),
        ("postgresql://user:s3cret@host:port/database", "postgresql://user:password@host/database"),
        ("postgresql://user:p@s3cret@host/database", "%40"),
        ("postgresql://user:p@x/s3cret@host/database", "%40"),
        ("postgresql://user:p@x:s3cret@host/database", "postgresql://user:password@host/database"),
        ("sqlite://store.sqlite3", "three slashes"),
    ],
)
async def test_a_wrong_url_is_told_before_anything_is_opened(url: str, advice: str) -> None:
    with pytest.raises(StoreError) as caught:
        SqlStore(url)
    assert "DATABASE_URL" in str(caught.value)
    assert advice in str(caught.value)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


# Failures


async def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    message = await failure(f"sqlite:///{tmp_path}/missing/store.sqlite3")
    assert f"{tmp_path}/missing/store.sqlite3 cannot be opened" in message
    assert "DATABASE_URL" in message


async def test_a_connection_that_could_not_be_made_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for _ in range(20):
        await failure(f"sqlite:///{tmp_path}/missing/store.sqlite3")
        assert not {each for each in set(threading.enumerate()) - before if "_connection_worker" in each.name}


async def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    assert "cannot be opened" in await failure(f"sqlite:///{tmp_path}")


async def test_a_read_only_file_is_told(sqlite_path: Path) -> None:
    sqlite3.connect(sqlite_path).close()
    assert "cannot be written" in await failure(f"sqlite:///file:{sqlite_path}?mode=ro&uri=true")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text("This is a letter, and a long one. " * 100, encoding="utf-8")
    return path


async def test_a_file_of_something_else_is_told(letter: Path) -> None:
    assert "is not an SQLite database" in await failure(f"sqlite:///{letter}")


@pytest.mark.slow
async def test_a_file_that_another_process_keeps_locked_is_told(sqlite_path: Path) -> None:
    async with opened(f"sqlite:///{sqlite_path}", patience=0.1) as store:
        await store.migrate()
        with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await store.setting(HOME, "name") is None, "reading goes on"
            with pytest.raises(StoreError, match="stayed locked by another process"):
                await store.set_setting(HOME, "name", 1, by="u", now=NOW)
            with pytest.raises(StoreError, match="stayed locked by another process"):
                await store.migrate()
            other.execute("ROLLBACK")
        await store.set_setting(HOME, "name", 1, by="u", now=NOW)


async def test_an_address_without_a_server_is_told() -> None:
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        message = await failure(f"postgresql://user:s3cret@127.0.0.1:{port}/database")
    assert f"The PostgreSQL server at 127.0.0.1:{port} does not answer" in message


def test_a_file_of_the_user_that_may_not_be_looked_at_is_not_taken_for_a_server_that_is_off() -> None:
    error = PermissionError(13, "Permission denied", "/data/.postgresql/postgresql.key")
    message = address_of("postgresql://bot:secret@db/ijm").advice(error)
    assert "may not look at /data/.postgresql/postgresql.key" in message
    assert "HOME" in message
    assert "does not answer" not in message


async def test_a_server_that_never_answers_is_told() -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        message = await failure(f"postgresql://user:s3cret@127.0.0.1:{port}/database", patience=0.2)
        assert asked.is_set()
        await asyncio.wait_for(left.wait(), PATIENCE)
    assert "does not answer" in message


@pytest.mark.slow
async def test_a_missing_database_is_told(postgres: Postgres) -> None:
    assert "has no such database" in await failure(postgres.url("nowhere"))


@pytest.mark.slow
async def test_a_user_who_may_not_make_tables_is_told(postgres: Postgres, postgres_url: str) -> None:
    postgres.sql("CREATE ROLE guest LOGIN")
    message = await failure(postgres_url.replace("postgres@", "guest@"))
    assert "grant it CREATE" in message


@pytest.mark.slow
async def test_a_setting_that_the_server_does_not_know_is_told(postgres_url: str) -> None:
    assert "does not know one of the settings after the ? in DATABASE_URL" in await failure(
        f"{postgres_url}&channel_binding=require"
    )


async def test_tables_that_were_not_made_yet_are_told(shared_url: str) -> None:
    async with opened(shared_url) as store:
        with pytest.raises(StoreError, match="lacks tables of this version"):
            await store.setting(HOME, "name")


@pytest.mark.slow
async def test_lost_connections_are_replaced(postgres: Postgres, postgres_url: str) -> None:
    async with opened(postgres_url) as store:
        await store.migrate()
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test %'")
        await store.set_setting(HOME, "name", 1, by="u", now=NOW)


# Stores that share a database


async def test_what_was_begun_is_finished_though_nobody_waits_for_it_any_more(shared_url: str) -> None:
    async with opened(shared_url) as store:
        await store.migrate()
        begun = asyncio.create_task(store.set_setting(HOME, "name", 1, by="u", now=NOW))
        await asyncio.sleep(0)
        begun.cancel()
        with pytest.raises(asyncio.CancelledError):
            await begun
    async with opened(shared_url) as store:
        assert await store.setting(HOME, "name") == 1


async def test_a_new_file_that_another_process_is_making_is_waited_for(sqlite_path: Path) -> None:
    async with opened(f"sqlite:///{sqlite_path}") as store:
        with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("CREATE TABLE something (name)")
            migrating = asyncio.create_task(store.migrate())
            done, _ = await asyncio.wait({migrating}, timeout=0.3)
            assert not done
            other.execute("ROLLBACK")
        await migrating
        assert await store.setting(HOME, "name") is None


async def test_the_server_lists_whose_a_connection_is(postgres_url: str) -> None:
    join = "&" if "?" in postgres_url else "?"
    for url, name in ((postgres_url, "ijm-answers"), (f"{postgres_url}{join}application_name=shard-0", "shard-0")):
        store = SqlStore(url)
        assert (await store.database.rows(select(func.current_setting("application_name"))))[0][0] == name
        await store.close()
