"""A glance into SQLite sees what anybody has committed, and asks again only when somebody has."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, event, make_url, select
from sqlalchemy.exc import OperationalError

from knowledge.store.sql import fast_reads as sql_fast_reads
from knowledge.store.sql.fast_reads import FastReads

NOTES = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("text", Text))
NOTE = select(NOTES.c.text).where(NOTES.c.text == bindparam("text"))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another connection to the same file, as another process would have it."""
    with closing(sqlite3.connect(tmp_path / "notes.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        yield connection


@pytest.fixture
def glance(tmp_path: Path, writer: sqlite3.Connection) -> Iterator[FastReads]:
    with closing(FastReads(make_url(f"sqlite:///{tmp_path / 'notes.sqlite3'}"))) as made:
        yield made


def seen(glance: FastReads, text: str) -> int:
    return len(glance.rows(NOTE, {"text": text}))


def asked(glance: FastReads) -> list[str]:
    """The statements that the glance sends from now on."""
    statements: list[str] = []
    event.listen(glance._engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    return statements


def test_what_somebody_else_commits_is_seen_at_once(glance: FastReads, writer: sqlite3.Connection) -> None:
    for count in range(3):
        assert seen(glance, "here") == count
        writer.execute("INSERT INTO notes (text) VALUES ('here')")
    writer.execute("DELETE FROM notes")
    assert seen(glance, "here") == 0


def test_nothing_is_seen_before_it_is_committed(glance: FastReads, writer: sqlite3.Connection) -> None:
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO notes (text) VALUES ('here')")
    assert seen(glance, "here") == 0
    writer.execute("ROLLBACK")
    assert seen(glance, "here") == 0


def test_while_nobody_commits_each_thing_is_asked_once(glance: FastReads, writer: sqlite3.Connection) -> None:
    statements = asked(glance)
    for _ in range(3):
        assert (seen(glance, "here"), seen(glance, "there")) == (0, 0)
    assert len(statements) == 2
    writer.execute("INSERT INTO notes (text) VALUES ('there')")
    assert (seen(glance, "here"), seen(glance, "there")) == (0, 1)
    assert len(statements) == 4


def test_what_is_remembered_has_a_limit(glance: FastReads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_fast_reads, "REMEMBERED_LIMIT", 10)
    for number in range(50):
        assert seen(glance, str(number)) == 0
        assert len(glance._found) <= 10


def test_a_locked_file_is_an_error_and_no_wait(glance: FastReads, writer: sqlite3.Connection, tmp_path: Path) -> None:
    writer.execute("PRAGMA journal_mode = DELETE")
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises((sqlite3.OperationalError, OperationalError)):
        seen(glance, "here")
    writer.execute("COMMIT")
    assert seen(glance, "here") == 0
