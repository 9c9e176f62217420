"""The disk is full: what was acknowledged stays, members are told what does not work, and it works again with room."""

import resource
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.app.app import App
from bot.commands.context import Library
from bot.operating.bootstrap import services as services_on
from knowledge.store.protocol import StoreError
from knowledge.store.sql.store import SqlStore
from tests.conftest import NOW
from tests.faults.load import AWAY_WORDS, crowd
from tests.people import CHANNEL, MEMBER, invoked, said
from tests.program import ON_SLACK, begun, environment, on_slack
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

# More than the program writes when it starts, and less than a few dozen changes need.
FILE_BYTES = 400_000
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


async def give_pages(store: SqlStore, pages: int) -> None:
    """Let the database have so many pages and no more, whoever connects to it."""

    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").close()

    event.listen(store.database.engine.sync_engine, "connect", limit)
    await store.database.engine.dispose()


async def test_a_database_that_cannot_grow_says_so_and_goes_on_answering(tmp_path: Path, library: Library) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    await store.migrate()
    app = App(services_on(library, store))
    # SQLite takes the size that it has where that is more.
    await give_pages(store, 1)
    kept: list[str] = []
    for number in range(1_000):
        suggested = f"How many chapters are there in town {number}?"
        told = (await invoked(app, "suggest", question=suggested)).plain
        if AWAY_WORDS in told:
            break
        kept.append(suggested)
    assert AWAY_WORDS in told
    with pytest.raises(StoreError, match=r"cannot grow: the disk is full"):
        await store.add_suggestion(CHANNEL.community, "x" * 300, now=NOW)
    answered = await said(app, "How long do aftercare programs last?", user=MEMBER)
    assert answered is not None
    assert "2 years" in answered.plain
    assert [each.text for each in await store.suggestions(CHANNEL.community, 2_000)] == kept
    await give_pages(store, 1_000_000)
    assert "I kept this" in (await invoked(app, "suggest", question=suggested)).plain
    await store.close()


async def test_a_process_whose_disk_is_full_loses_nothing_that_it_acknowledged(
    slack: SlackServer, tmp_path: Path
) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, resource.RLIM_INFINITY))

    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    variables = environment(url, **on_slack(slack))
    async with begun(tmp_path, variables, "--slack-http", "0", before=limit) as program, crowd() as people:
        slack.serve_over_http(f"{(await program.said(ON_SLACK))[1]}/slack/events")
        people.on_slack(slack)
        # Full, and everybody who asks is still answered.
        await people.told.until(answered=5, away=5)
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, UNLIMITED)
        kept = len(people.told.kept)
        await people.told.until(30)
        told = await people.stop()
        assert len(told.kept) > kept
        assert (told.strange, told.silent, told.failed) == ([], [], 0)
        assert await program.end() == 0
        assert "see whether the disk is full" in program.log
        assert "Traceback" not in program.log
    store = SqlStore(url)
    assert set(told.kept) <= {each.text for each in await store.suggestions(f"slack:{slack.team.id}", 10_000)}
    await store.close()
