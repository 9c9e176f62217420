"""Databases for the tests of the store: opened and closed here, or used from another process."""

import asyncio
import os
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from knowledge.store.sql.database import Database
from knowledge.store.sql.store import SqlStore

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, UTC)
HOME = "discord:guild/1"
PATIENCE = 10
PROCESS_SECONDS = 120

_PROGRAM = """
import asyncio
from datetime import UTC, datetime
import knowledge
from knowledge.store.sql.store import SqlStore

async def main():
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    store = SqlStore({url!r})
    await store.migrate()
{work}
    await store.close()

asyncio.run(main())
"""


@asynccontextmanager
async def opened(url: str, patience: float = PATIENCE) -> AsyncIterator[SqlStore]:
    """A store that is closed at the end, not migrated yet."""
    store = SqlStore(url, patience=patience)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    """What is under such a store."""
    database = Database(url, PATIENCE)
    try:
        yield database
    finally:
        await database.close()


async def begin(url: str, work: str, folder: Path = ROOT, path: Path = ROOT) -> Process:
    """Another process, run in `folder` with the code in `path`, that migrates a `store` and does some work with it."""
    program = _PROGRAM.format(url=url, work=indent(dedent(work), "    "))
    command = (sys.executable, "-W", "error", "-u", "-c", program)
    environment = os.environ | {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    return await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment, stdout=PIPE, stderr=PIPE)


async def run(url: str, work: str, folder: Path = ROOT, path: Path = ROOT) -> str:
    """What such a process prints."""
    process = await begin(url, work, folder, path)
    said, complained = await asyncio.wait_for(process.communicate(), PROCESS_SECONDS)
    assert process.returncode == 0, complained.decode()
    assert complained == b""
    return said.decode()


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in an SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()
