"""Several processes on one database: each vote, key and setting counts once and is seen by all."""

import asyncio
from datetime import timedelta

from tests.knowledge.databases import HOME, NOW, PROCESS_SECONDS, begin, opened, run


async def test_processes_that_start_together_migrate_once(shared_url: str) -> None:
    assert await asyncio.gather(*(run(shared_url, "await store.ping()") for _ in range(4))) == [""] * 4


async def test_of_many_processes_exactly_one_is_first(shared_url: str) -> None:
    keys, processes = 60, 3
    work = f"""
    answers = await asyncio.gather(*(store.first_time(str(number), now) for number in range({keys})))
    print(sum(answers))
    """
    counts = await asyncio.gather(*(run(shared_url, work) for _ in range(processes)))
    assert sum(int(count) for count in counts) == keys


async def test_votes_from_several_processes_are_counted_once_each(shared_url: str) -> None:
    work = """
    for voter in range(20):
        await store.add_feedback("c", "outcomes", 1, helpful=True, voter=str(voter), now=now)
    """
    await asyncio.gather(*(run(shared_url, work) for _ in range(3)))
    async with opened(shared_url) as store:
        assert (await store.feedback("c"))["outcomes"].helpful == 20


async def test_a_process_sees_at_once_what_another_wrote(shared_url: str) -> None:
    async with opened(shared_url) as store:
        await store.migrate()
        assert await store.setting(HOME, "name") is None
        await run(shared_url, f"await store.set_setting({HOME!r}, 'name', 'other', by='u', now=now)")
        assert await store.setting(HOME, "name") == "other"
        await store.set_setting(HOME, "name", "own", by="u", now=NOW + timedelta(seconds=1))
        assert await run(shared_url, f"print(await store.setting({HOME!r}, 'name'))") == "own\n"


async def test_a_killed_process_loses_nothing_that_it_acknowledged(shared_url: str) -> None:
    work = """
    for number in range(100_000):
        await store.set_setting("c", "pair", [number, number], by="u", now=now)
        await store.add_feedback("c", "outcomes", 1, helpful=True, voter=str(number), now=now)
        print(number)
    """
    process = await begin(shared_url, work)
    assert process.stdout is not None
    for expected in range(50):
        line = await asyncio.wait_for(process.stdout.readline(), PROCESS_SECONDS)
        assert int(line) == expected
    process.kill()
    rest, _ = await process.communicate()
    acknowledged = 49 + len(rest.split())
    async with opened(shared_url) as store:
        await store.migrate()
        pair = await store.setting("c", "pair")
        assert pair in ([acknowledged] * 2, [acknowledged + 1] * 2)
        assert (await store.feedback("c"))["outcomes"].helpful in (acknowledged + 1, acknowledged + 2)
        await store.add_feedback("c", "outcomes", 1, helpful=False, voter="0", now=NOW)
        assert (await store.feedback("c"))["outcomes"].unhelpful == 1
