"""Several processes on one database: each vote, key and setting counts once and is seen by all."""

import asyncio
from datetime import timedelta

import pytest

from tests.knowledge.store.databases import HOME, NOW, PROCESS_SECONDS, begin, opened, run

pytestmark = pytest.mark.slow


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


async def test_a_killed_process_loses_no_acknowledged_edit_and_leaves_no_half_one(shared_url: str) -> None:
    work = """
    from dataclasses import replace
    from knowledge.pack.files import load_pack
    from knowledge.pack.overlay import Change, Draft
    one, two = load_pack().entries[:2]
    for number in range(200):
        drafts = [
            Draft(entry.id, Change.EDITED, replace(entry, answer=str(number)), number) for entry in (one, two)
        ]
        await store.revise("c", drafts, by="u", now=now)
        print(number)
    """
    process = await begin(shared_url, work)
    assert process.stdout is not None
    for expected in range(60):
        line = await asyncio.wait_for(process.stdout.readline(), PROCESS_SECONDS)
        assert int(line) == expected
    process.kill()
    rest, _ = await process.communicate()
    acknowledged = 60 + len(rest.split())
    async with opened(shared_url) as store:
        await store.migrate()
        one, two = (await store.overlay("c")).revisions
        assert one.number == two.number
        assert one.number in (acknowledged, acknowledged + 1)
        for revision in (one, two):
            history = await store.history("c", revision.entry_id)
            assert [each.number for each in history] == list(range(one.number, 0, -1))
            assert [each.entry.answer for each in history if each.entry] == [
                str(n - 1) for n in range(one.number, 0, -1)
            ]


async def test_of_several_processes_that_edit_one_entry_one_wins_each_revision(shared_url: str) -> None:
    work = """
    from knowledge.pack.files import load_pack
    from knowledge.pack.overlay import Change, Conflict, Draft
    entry = load_pack().entries[0]
    for number in range(25):
        while True:
            seen = (await store.overlay("c")).expected(entry.id)
            try:
                await store.revise("c", [Draft(entry.id, Change.EDITED, entry, seen)], by="u", now=now)
            except Conflict:
                continue
            break
    """
    await asyncio.gather(*(run(shared_url, work) for _ in range(3)))
    async with opened(shared_url) as store:
        history = await store.history("c", (await store.overlay("c")).revisions[0].entry_id)
        assert [revision.number for revision in history] == list(range(75, 0, -1))
