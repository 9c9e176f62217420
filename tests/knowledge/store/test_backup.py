"""Backups: everything of one moment, into either kind of database, or nothing at all."""

import asyncio
import gzip
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import Connection, column, insert, inspect, select, table

from knowledge.pack.model import Entry, Source
from knowledge.pack.overlay import Change, Draft
from knowledge.store import migrations
from knowledge.store.backup_file import BackupError, BackupReader, BackupWriter, Header
from knowledge.store.protocol import StoreError
from knowledge.store.schedules import Post, PostState, Schedule
from knowledge.store.sql.backup import LEFT_OUT, restore, save
from knowledge.store.sql.installations import slack_stores
from knowledge.store.sql.tables import metadata
from tests.knowledge.store.databases import HOME, NOW, database, opened

pytestmark = pytest.mark.slow

ENTRY = Entry("club", "What is the club?", ("club?",), "It is *new*.", "about", (), Source("Handbook", "Start"), 2026)


@pytest.fixture(params=["into SQLite", pytest.param("into PostgreSQL", marks=pytest.mark.slow)])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind, beside `shared_url`."""
    if request.param == "into SQLite":
        return f"sqlite:///{tmp_path / 'target.sqlite3'}"
    url: str = request.getfixturevalue("other_postgres_url")
    return url


async def fill(url: str) -> None:
    """A database with something in every part of the store, and the token of a workspace."""
    async with opened(url) as store:
        await store.migrate()
        await store.add_feedback(HOME, "outcomes", 1, helpful=True, voter="someone", now=NOW)
        await store.set_setting(HOME, "help_line", {"ünï": ["“quoted”", 1.5, None, True]}, by="discord:user/1", now=NOW)
        await store.set_place_setting(HOME, "discord:channel/1", "passive", True, by="discord:user/1", now=NOW)
        await store.first_time("event", NOW, community=HOME)
        await store.revise(HOME, [Draft("club", Change.ADDED, ENTRY, 0)], by="discord:user/1", now=NOW)
        asked = await store.add_miss(HOME, "pizza", "best pizza?", now=NOW)
        await store.add_asker(HOME, asked, "discord:user/1", name="Ünï", notify=True, now=NOW)
        await store.propose(HOME, Draft("club", Change.EDITED, ENTRY, 1), by="discord:user/1", now=NOW, misses=[asked])
        await store.lend(HOME, "0" * 32, "club", by="discord:user/1", now=NOW)
        await store.add_suggestion(HOME, "Add the gala.", now=NOW)
        await store.keep_typed(HOME, {"answer": "half\nan answer"}, by="discord:user/1", now=NOW)
        await store.mark(HOME, "stale:outcomes", by="discord:user/1", now=NOW)
        await store.count(HOME, "answer", "outcomes", now=NOW, amount=7)
        await store.keep_schedule(Schedule(HOME, "s", "place", {"days": "daily"}, "u", NOW))
        (schedule,) = await store.schedules(HOME)
        await store.claim_post(schedule, Post(HOME, "s", NOW, "key", PostState.CLAIMED, until=NOW))
        await store.left("discord:guild/2", NOW)
        installations, _ = await slack_stores(store.database, "1.2", 60)
        await installations.async_save(
            Installation(app_id="A1", user_id="U1", team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U2")
        )


async def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables of the store, in an order that does not depend on the database."""

    def read(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(each))), key=repr)
            for name, each in metadata.tables.items()
            if name not in LEFT_OUT
        }

    async with database(url) as kept:
        return await kept.read(lambda connection: connection.run_sync(read))


async def saved(url: str) -> bytes:
    out = io.BytesIO()
    await save(url, out, NOW)
    return out.getvalue()


async def test_a_backup_has_all_there_is_and_fits_both_kinds_of_database(shared_url: str, target_url: str) -> None:
    await fill(shared_url)
    before = await everything(shared_url)
    assert all(before.values()), "a table that nothing fills here is not tested"
    copy = await saved(shared_url)
    account = await restore(target_url, io.BytesIO(copy), replace=False)
    assert await everything(target_url) == before
    assert (account.step, account.made_at) == (migrations.steps()[0], NOW)
    assert account.rows == sum(map(len, before.values())) + 1, "and the bot of a workspace"
    # It is as good as the first: the same bytes come of it, and it can be used.
    assert await saved(target_url) == copy
    async with opened(target_url) as store:
        await store.migrate()
        assert (await store.feedback(HOME))["outcomes"].helpful == 1
        assert (await store.overlay(HOME)).revisions[0].entry == ENTRY
        await store.add_feedback(HOME, "outcomes", 1, helpful=True, voter="someone", now=NOW)
        assert (await store.feedback(HOME))["outcomes"].helpful == 1
        installations, _ = await slack_stores(store.database, "1.2", 60)
        await installations.async_save(
            Installation(app_id="A1", user_id="U1", team_id="T2", bot_token="xoxb-2", bot_id="B1", bot_user_id="U2")
        )
        for team, token in (("T1", "xoxb-1"), ("T2", "xoxb-2")):
            bot = await installations.async_find_bot(enterprise_id=None, team_id=team)
            assert bot is not None
            assert bot.bot_token == token


async def test_a_backup_is_of_one_moment_while_others_write(shared_url: str) -> None:
    async with opened(shared_url) as store:
        await store.migrate()
        stop = asyncio.Event()

        written = 0

        async def busy() -> None:
            nonlocal written
            while not stop.is_set():
                # Two rows that are always written together.
                number = written + 1
                drafts = [Draft(f"{name}-{number}", Change.ADDED, ENTRY, 0) for name in ("a", "b")]
                await store.revise(HOME, drafts, by="x", now=NOW)
                written = number

        writing = asyncio.create_task(busy())
        copies = []
        for _ in range(5):
            before = written
            while written == before:  # noqa: ASYNC110 (a database sets no event)
                await asyncio.sleep(0.001)
            copies.append(await saved(shared_url))
        stop.set()
        await writing
    for copy in copies:
        (portions,) = [portions for name, _, portions in tables_of(copy) if name == "revisions"]
        names = [row[1] for portion in portions for row in portion]
        assert len([name for name in names if name[0] == "a"]) == len([name for name in names if name[0] == "b"])


def tables_of(copy: bytes) -> list[tuple[str, Any, list[Any]]]:
    return [(name, columns, list(rows)) for name, columns, rows in BackupReader(io.BytesIO(copy)).tables()]


async def test_a_database_that_has_rows_is_left_alone_unless_told(shared_url: str, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    await fill(shared_url)
    async with opened(other) as store:
        await store.migrate()
        await store.set_setting(HOME, "only", "here", by="x", now=NOW)
    copy = await saved(other)
    before = await everything(shared_url)
    with pytest.raises(BackupError, match=r"is not empty \(.*settings.*--replace"):
        await restore(shared_url, io.BytesIO(copy), replace=False)
    assert await everything(shared_url) == before
    await restore(shared_url, io.BytesIO(copy), replace=True)
    after = await everything(shared_url)
    assert len(after["settings"]) == 1
    assert not after["revisions"]


def cut_short(lines: list[bytes]) -> list[bytes]:
    return lines[:-1]


def changed(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"best pizza?", b"best pasta?") for line in lines]


def without_a_row(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if b"best pizza?" not in line]


def no_json(lines: list[bytes]) -> list[bytes]:
    return [*lines[:3], b"{\n", *lines[3:]]


def too_narrow(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], b"[1]\n", *lines[2:]]


def something_behind(lines: list[bytes]) -> list[bytes]:
    return [*lines, b"[]\n"]


def twice(lines: list[bytes]) -> list[bytes]:
    return lines + lines


@pytest.mark.parametrize(
    "harm",
    [cut_short, changed, without_a_row, no_json, too_narrow, something_behind, twice],
    ids=lambda each: each.__name__,
)
async def test_a_damaged_backup_is_refused(sqlite_path: Path, harm: Callable[[list[bytes]], list[bytes]]) -> None:
    url = f"sqlite:///{sqlite_path}"
    await fill(url)
    harmed = harm_to(await saved(url), harm)
    with pytest.raises(BackupError, match="damaged or cut short"):
        tables_of(harmed)
    with pytest.raises(BackupError, match="damaged or cut short"):
        await restore(url, io.BytesIO(harmed), replace=True)


async def test_a_backup_that_turns_out_damaged_at_its_end_changes_nothing(shared_url: str, target_url: str) -> None:
    await fill(shared_url)
    before = await everything(shared_url)
    harmed = harm_to(await saved(shared_url), changed)
    for url, replace in ((shared_url, True), (target_url, False)):
        with pytest.raises(BackupError):
            await restore(url, io.BytesIO(harmed), replace=replace)
    assert await everything(shared_url) == before
    async with database(target_url) as kept:
        assert (
            await kept.read(lambda connection: connection.run_sync(lambda sync: inspect(sync).get_table_names())) == []
        )


def harm_to(copy: bytes, harm: Callable[[list[bytes]], list[bytes]]) -> bytes:
    return gzip.compress(b"".join(harm(gzip.decompress(copy).splitlines(keepends=True))))


async def test_a_file_cut_anywhere_is_refused(sqlite_path: Path) -> None:
    url = f"sqlite:///{sqlite_path}"
    await fill(url)
    copy, before = await saved(url), await everything(url)
    for length in range(0, len(copy) - 1, len(copy) // 8):
        with pytest.raises(BackupError):
            await restore(url, io.BytesIO(copy[:length]), replace=True)
    assert await everything(url) == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SQLite format 3\x00",
        b"no gzip",
        gzip.compress(b"no json\n"),
        gzip.compress(b"\xff\n"),
        gzip.compress(b'{"format":"x"}\n'),
        gzip.compress(b"[" * 300_000 + b"\n"),
        gzip.compress(b'{"a":' * 300_000 + b"\n"),
    ],
    # The bytes of a compressed file tell when it was made, and a test has one name.
    ids=["empty", "SQLite", "not gzip", "not JSON", "not UTF-8", "another format", "deep list", "deep object"],
)
async def test_what_is_no_backup_is_refused_with_a_sentence(sqlite_path: Path, content: bytes) -> None:
    with pytest.raises(BackupError, match="no backup of this bot"):
        await restore(f"sqlite:///{sqlite_path}", io.BytesIO(content), replace=True)
    assert os.listdir(sqlite_path.parent) == []


async def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(
    shared_url: str, target_url: str
) -> None:
    def old(connection: Connection) -> None:
        migrations.upgrade(connection, "0001")
        settings = metadata.tables["settings"]
        row = {"community": HOME, "name": "old", "value": "1", "set_by": "x", "set_at": NOW}
        connection.execute(insert(settings), row)

    async with database(shared_url) as kept:
        await kept.rebuild(old)
    copy = await saved(shared_url)
    assert BackupReader(io.BytesIO(copy)).header.step == "0001"
    account = await restore(target_url, io.BytesIO(copy), replace=False)
    assert account.step == "0001"
    async with opened(target_url) as store:
        assert await store.setting(HOME, "old") == 1
        await store.count(HOME, "answer", now=NOW)


async def test_what_a_newer_version_made_is_left_alone(shared_url: str, tmp_path: Path) -> None:
    def newer(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    await fill(shared_url)
    copy = await saved(shared_url)
    async with database(shared_url) as kept:
        await kept.change(lambda connection: connection.run_sync(newer))
    with pytest.raises(StoreError, match="newer version"):
        await saved(shared_url)
    with pytest.raises(StoreError, match="newer version"):
        await restore(shared_url, io.BytesIO(copy), replace=True)
    out = io.BytesIO()
    BackupWriter(out, Header("9999", NOW)).end()
    with pytest.raises(BackupError, match="newer version"):
        await restore(f"sqlite:///{tmp_path / 'x.sqlite3'}", io.BytesIO(out.getvalue()), replace=False)


async def test_a_table_of_another_program_is_left_alone(shared_url: str, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    await fill(other)
    copy = await saved(other)

    def make(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE settings (theirs INTEGER)")
        connection.exec_driver_sql("INSERT INTO settings VALUES (1)")

    async with database(shared_url) as kept:
        await kept.change(lambda connection: connection.run_sync(make))
        with pytest.raises(StoreError):
            await restore(shared_url, io.BytesIO(copy), replace=True)
        assert [tuple(row) for row in await kept.rows(select(column("theirs")).select_from(table("settings")))] == [
            (1,)
        ]


async def test_an_empty_database_is_no_backup_and_no_file_is_made(sqlite_path: Path) -> None:
    with pytest.raises(BackupError, match="nothing to back up"):
        await saved(f"sqlite:///{sqlite_path}")
    assert os.listdir(sqlite_path.parent) == []


async def test_a_character_that_postgresql_has_not_is_left_out(sqlite_path: Path, postgres_url: str) -> None:
    url = f"sqlite:///{sqlite_path}"
    async with opened(url) as store:
        await store.migrate()
        await store.add_miss(HOME, "key", "nul\0nul", now=NOW)
    await restore(postgres_url, io.BytesIO(await saved(url)), replace=False)
    async with opened(postgres_url) as store:
        assert [miss.text for miss in await store.misses(HOME)] == ["nulnul"]


def test_the_file_holds_every_kind_of_value_that_a_table_can() -> None:
    out = io.BytesIO()
    writer = BackupWriter(out, Header("0001", NOW))
    row = (None, True, 2**62, 1.5, "text “ü” \u2028 \n", b"\x00\xff", NOW, datetime(2026, 1, 1))  # noqa: DTZ001 (Slack's)
    writer.table("t", [str(number) for number in range(len(row))])
    writer.row(row)
    with pytest.raises(TypeError, match="dict"):
        writer.row([{}])
    writer.end()
    ((name, _, portions),) = tables_of(out.getvalue())
    assert (name, portions) == ("t", [[row]])
    assert json.loads(gzip.decompress(out.getvalue()).splitlines()[0])["made_at"] == NOW.astimezone(UTC).isoformat()
