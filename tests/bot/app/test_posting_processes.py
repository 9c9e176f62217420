"""Three processes on one PostgreSQL and 150 posts that are due: each is posted once, also when a process is killed."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.app.posting import AT_ONCE
from bot.schedules.delivery import LEASE
from bot.schedules.plan import Plan
from knowledge.store.schedules import Post, PostState, Schedule
from knowledge.store.sql.store import SqlStore
from tests.knowledge.store.databases import PROCESS_SECONDS, ROOT
from tests.servers.postgres import Postgres, running_postgres

pytestmark = pytest.mark.slow

DUE = 150
_numbers = count(1)
COMMUNITIES = 20
PROCESSES = 3
# The process is killed when the platform has so many of its posts, while others of its posts are under way.
KILLED_AT = 20


class Receiver:
    """A platform that records what arrives. `victim` is killed when its post number KILLED_AT has arrived, before it
    is told so."""

    def __init__(self) -> None:
        self.arrived: list[dict[str, Any]] = []
        self.victim: int | None = None
        self.killed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = json.loads(await reader.readline() or "null")
        if told is not None and (told["pid"] != self.victim or not self.killed.is_set()):
            self.arrived.append(told)
            if sum(each["pid"] == self.victim for each in self.arrived) >= KILLED_AT and not self.killed.is_set():
                self.killed.set()
                os.kill(told["pid"] if self.victim is None else self.victim, signal.SIGKILL)
            elif told["pid"] != self.victim or not self.killed.is_set():
                writer.write(b"ok\n")
        writer.close()


class Crowd:
    """Processes on one store and one platform."""

    def __init__(self, url: str, path: Path, store: SqlStore, receiver: Receiver) -> None:
        self.receiver = receiver
        self.store = store
        self._arguments = (url, str(path))

    async def fill(self, due_posts: int) -> None:
        """Have so many posts due, since a minute."""
        now = datetime.now(UTC)
        plan = Plan(frozenset(range(7)), time(9), "Europe/Berlin").kept
        for number in range(due_posts):
            home = f"test:community/{number % COMMUNITIES}"
            due = now - timedelta(minutes=1)
            schedule = Schedule(home, f"s{number}", f"{home}/C{number}", plan, "u", now, next_at=due)
            assert await self.store.keep_schedule(schedule)

    async def begin(self, processes: int, *, keyed: bool, ahead: timedelta = timedelta()) -> list[Process]:
        """Processes that have begun at the same time, with their clocks ahead."""
        seconds = str(int(ahead.total_seconds()))
        command = (sys.executable, "-W", "error", "-m", "tests.bot.app.posting_worker", *self._arguments)
        more = ("keyed" if keyed else "keyless", seconds)
        begun = [
            await asyncio.create_subprocess_exec(*command, *more, cwd=ROOT, stdin=PIPE, stdout=PIPE)
            for _ in range(processes)
        ]
        for process in begun:
            assert process.stdout is not None
            assert await asyncio.wait_for(process.stdout.readline(), PROCESS_SECONDS) == b"ready\n"
        return begun

    async def finish(self, processes: list[Process]) -> list[int | None]:
        """How many each has posted; None for one that was killed."""
        said = await asyncio.wait_for(
            asyncio.gather(*(process.communicate(b"go\n") for process in processes)), PROCESS_SECONDS
        )
        assert [process.returncode for process in processes if process.returncode not in {0, -signal.SIGKILL}] == []
        return [int(out) if out.strip() else None for out, _ in said]

    async def posts(self) -> list[Post]:
        """Every post of every schedule."""
        found = []
        for number in range(COMMUNITIES):
            for schedule in await self.store.schedules(f"test:community/{number}"):
                found += await self.store.posts(schedule.community, schedule.id)
        return found

    def places(self, *, unique_keys: bool) -> Counter[str]:
        """How often something arrived at each place; what came with one key again is what the platform shows once."""
        keys = {each["key"]: each["place"] for each in self.receiver.arrived}
        return Counter(keys.values() if unique_keys else [each["place"] for each in self.receiver.arrived])


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
async def crowd(server: Postgres) -> AsyncIterator[Crowd]:
    with tempfile.TemporaryDirectory(prefix="p-") as folder:
        url, path, receiver = server.create_database(f"posts {next(_numbers)}"), Path(folder) / "s", Receiver()
        store = SqlStore(url)
        await store.migrate()
        async with await asyncio.start_unix_server(receiver.serve, path):
            yield Crowd(url, path, store, receiver)
        await store.close()


async def test_three_processes_post_all_that_is_due_once_each(crowd: Crowd) -> None:
    await crowd.fill(DUE)
    posted = await crowd.finish(await crowd.begin(PROCESSES, keyed=False))
    assert sum(number or 0 for number in posted) == DUE
    assert all(posted), "each had its share"
    assert crowd.places(unique_keys=False) == Counter({each.place: 1 for each in await all_schedules(crowd)})
    assert Counter(post.state for post in await crowd.posts()) == {PostState.POSTED: DUE}


async def all_schedules(crowd: Crowd) -> list[Schedule]:
    return [s for n in range(COMMUNITIES) for s in await crowd.store.schedules(f"test:community/{n}")]


@pytest.mark.parametrize("keyed", [True, False], ids=["the platform knows keys", "the platform knows no keys"])
async def test_a_process_that_is_killed_in_the_middle_makes_no_post_come_twice(crowd: Crowd, keyed: bool) -> None:
    await crowd.fill(DUE)
    processes = await crowd.begin(PROCESSES, keyed=keyed)
    crowd.receiver.victim = processes[0].pid
    posted = await crowd.finish(processes)
    assert crowd.receiver.killed.is_set()
    assert posted[0] is None
    left = [post for post in await crowd.posts() if post.state is not PostState.POSTED]
    assert 1 <= len(left) <= AT_ONCE, "what the killed process had under way, and nothing else"

    # Another process takes over when the lease of the killed one is over.
    (rest,) = await crowd.finish(await crowd.begin(1, keyed=keyed, ahead=LEASE))
    wanted = Counter({each.place: 1 for each in await all_schedules(crowd)})
    states = Counter(post.state for post in await crowd.posts())
    if keyed:
        assert rest == len(left)
        assert states == {PostState.POSTED: DUE}
        assert crowd.places(unique_keys=True) == wanted
        return
    # Here it cannot be known whether what was being sent arrived: it is not sent again, and moderators read that.
    assert states == {PostState.POSTED: DUE - states[PostState.UNSURE], PostState.UNSURE: states[PostState.UNSURE]}
    assert 1 <= states[PostState.UNSURE] <= AT_ONCE
    arrived = crowd.places(unique_keys=False)
    assert set(arrived.values()) == {1}, "nothing came twice"
    missing = wanted - arrived
    unsure = {(post.community, post.schedule_id) for post in await crowd.posts() if post.state is PostState.UNSURE}
    assert {(s.community, s.id) for s in await all_schedules(crowd) if s.place in missing} <= unsure
