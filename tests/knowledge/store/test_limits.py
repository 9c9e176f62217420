"""Limits that several processes count together: exact, without a name, and gone when they count no more."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Row, select

from knowledge.store.limits import Limit
from knowledge.store.protocol import Store
from knowledge.store.sql import tables
from knowledge.store.sql.store import SqlStore
from tests.knowledge.store.databases import NOW, opened, run

PERSON = "discord:user/7"
COMMUNITY = "discord:guild/1"


async def kept(store: Store) -> list[Row[tuple[bytes, float]]]:
    assert isinstance(store, SqlStore)
    return list(await store.database.rows(select(tables.limits)))


@pytest.mark.parametrize("amount", [1, 3, 7, 20])
async def test_as_many_as_allowed_are_counted_at_once_and_the_next_one_waits(store: Store, amount: int) -> None:
    limit = Limit(PERSON, amount, 60)
    waits = [await store.take([limit], NOW) for _ in range(amount + 2)]
    assert waits[:amount] == [0] * amount
    assert waits[amount:] == pytest.approx([60 / amount] * 2, abs=0.01)
    later = NOW + timedelta(seconds=60 / amount)
    assert await store.take([limit], later) == 0
    assert await store.take([limit], later) > 0
    assert await store.take([limit], later + timedelta(seconds=60)) == 0


async def test_postgresql_counts_for_all_processes_and_sqlite_leaves_it_to_each(shared_url: str) -> None:
    async with opened(shared_url) as store:
        assert store.is_shared is shared_url.startswith("postgresql")


async def test_what_one_limit_refuses_counts_against_none(store: Store) -> None:
    person, community = Limit(PERSON, 5, 60), Limit(COMMUNITY, 2, 60)
    assert [await store.take([person, community], NOW) > 0 for _ in range(6)] == [False] * 2 + [True] * 4
    assert [await store.take([person], NOW) > 0 for _ in range(4)] == [False] * 3 + [True]


async def test_a_row_names_nobody_and_goes_when_it_counts_no_more(store: Store) -> None:
    await store.take([Limit(PERSON, 20, 60)], NOW)
    await store.take([Limit(COMMUNITY, 1, 3600)], NOW)
    rows = await kept(store)
    assert len(rows) == 2
    assert not any(PERSON.encode() in row.digest or COMMUNITY.encode() in row.digest for row in rows)
    await store.end_limits(NOW)
    assert len(await kept(store)) == 2
    await store.end_limits(NOW + timedelta(seconds=3))
    assert len(await kept(store)) == 1
    await store.end_limits(NOW + timedelta(hours=1))
    assert await kept(store) == []


async def test_a_limit_belongs_to_no_community(store: Store) -> None:
    await store.take([Limit(PERSON, 20, 60)], NOW)
    assert await store.communities("discord:") == ()


@pytest.mark.slow
async def test_several_processes_hold_one_limit_exactly(shared_url: str) -> None:
    work = """
    from knowledge.store.limits import Limit
    limit = [Limit("person", 20, 3600), Limit("community", 100, 3600)]
    waits = await asyncio.gather(*(store.take(limit, now) for _ in range(15)))
    print(sum(wait == 0 for wait in waits))
    """
    async with opened(shared_url) as store:
        await store.migrate()
        counts = await asyncio.gather(*(run(shared_url, work) for _ in range(3)))
        assert sum(map(int, counts)) == 20
