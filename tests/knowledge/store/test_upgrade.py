"""A database of an earlier version goes through all migrations, and nothing in it is lost.

The files in `kept` are what that version wrote (its schema is that of step 0003): dumps of an SQLite file and of a
PostgreSQL database, with the rows of a Slack workspace and a Discord server.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, MetaData, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.schedules.plan import plan_of
from knowledge.store.schedules import PostState
from knowledge.store.sql.database import Database
from knowledge.store.sql.installations import slack_stores
from tests.knowledge.store.databases import database, opened

KEPT = Path(__file__).parent / "kept"
WHEN = datetime(2026, 11, 26, 8, 0, 0, 123456, UTC)
HOMES = {
    "slack:T000000001": "slack:T000000001/U000000006",
    "discord:guild/100000000000000001": "discord:user/100000000000000003",
}
# What is not kept: which step the database is at.
PASSING = {"alembic_version"}

Contents = Mapping[str, Sequence[Mapping[str, Any]]]


@pytest.fixture
async def kept_url(shared_url: str, sqlite_path: Path) -> str:
    """A database as the earlier version left it."""
    if shared_url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_path)) as connection:
            connection.executescript((KEPT / "sqlite.sql").read_text("utf-8"))
        return shared_url

    async def restore(connection: AsyncConnection) -> None:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute((KEPT / "postgresql.sql").read_text("utf-8"))

    async with database(shared_url) as empty:
        await empty.change(restore)
    return shared_url


async def contents(kept: Database) -> Contents:
    """All rows of all tables, with the values by their columns' names."""

    def read(connection: Connection) -> Contents:
        found = MetaData()
        found.reflect(connection)
        return {
            name: [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.columns))]
            for name, table in found.tables.items()
            if name not in PASSING
        }

    return await kept.change(lambda connection: connection.run_sync(read))


async def test_every_row_and_value_is_there_after_all_migrations(kept_url: str) -> None:
    async with database(kept_url) as kept:
        before = await contents(kept)
        await kept.migrate()
        after = await contents(kept)
    assert {name for name, rows in before.items() if not rows} <= {"oauth_states", "slack_oauth_states"}
    for name, rows in before.items():
        assert [{column: row[column] for column in rows[0]} for row in after[name]] == rows, name


@pytest.mark.parametrize(("home", "person"), HOMES.items())
async def test_what_was_kept_is_understood(kept_url: str, home: str, person: str) -> None:
    async with opened(kept_url) as store:
        await store.migrate()
        overlay = await store.overlay(home)
        entries = {each.entry_id: each for each in overlay.revisions}
        parking = entries["what-does-parking-cost"].entry
        assert parking is not None
        assert (parking.answer, parking.alternatives, parking.source.document) == (
            "Six dollars, in 2026.", ("parking fee",), "Gala leaflet",
        )  # fmt: skip
        assert entries["prevention"].entry is None
        history = await store.history(home, "what-does-parking-cost")
        assert sorted(each.number for each in history) == [1, 2]
        assert {each.by for each in history} == {person}
        assert [miss.text for miss in await store.misses(home)] == ["where is the gala"]
        assert [each.text for each in await store.suggestions(home)] == ["When do we meet?"]
        assert await store.marks(home) == {"stale:results 2012"}
        settings = (await store.outline(home)).settings
        assert (settings["stale"], settings["approval"]) == (3, True)
        assert settings["help_line"] == "Campus safety, 555-010-0199"
        votes = (await store.feedback(home))["outcomes"]
        assert (votes.helpful, votes.unhelpful) == (1, 1)
        await store.add_feedback(home, "outcomes", 1, helpful=False, voter=person, now=WHEN)
        votes = (await store.feedback(home))["outcomes"]
        assert (votes.helpful, votes.unhelpful) == (0, 2), "the same person is known by the key that was kept"
        assert await store.first_time(f"{home}/event/Ev1", WHEN, community=home) is False
        assert sum(each.count for each in await store.usage(home, WHEN - timedelta(days=7))) == 4
        schedules = {each.id: each for each in await store.schedules(home)}
        assert plan_of(schedules["0a1b2c3d4e5f"].plan).zone == "America/New_York"
        assert schedules["ffffffffffff"].paused == "the channel is gone"
        (post,) = await store.posts(home, "0a1b2c3d4e5f")
        assert (post.state, post.fact) == (PostState.POSTED, "aaaa")


async def test_a_form_that_was_not_saved_is_handed_back(kept_url: str) -> None:
    async with database(kept_url) as kept:
        await kept.migrate()
        typed = {row["community"]: str(row["id"]) for row in (await contents(kept))["typed"]}
    async with opened(kept_url) as store:
        for home, person in HOMES.items():
            found = await store.typed(home, typed[home])
            assert found is not None
            assert (found.by, found.values["answer"]) == (person, "Much.")


@pytest.mark.parametrize("keys", [(), (Fernet.generate_key().decode(),)])
async def test_a_workspace_that_installed_the_app_is_served_on(kept_url: str, keys: tuple[str, ...]) -> None:
    async with database(kept_url) as kept:
        await kept.migrate()
        installations, _ = await slack_stores(kept, "1.2", 60, keys)
        bot = await installations.async_find_bot(enterprise_id=None, team_id="T000000001")
        assert bot is not None
        assert (bot.bot_token, bot.team_name, list(bot.bot_scopes)) == (
            "xoxb-kept",
            "Campus",
            ["chat:write", "commands"],
        )
