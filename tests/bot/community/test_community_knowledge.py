"""What each community answers from: current at the next question, built once, and never another's or a deleted one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.commands.community_settings import Setting
from bot.commands.context import Library, Services
from bot.community.community_knowledge import KnowledgeCache
from knowledge.pack.overlay import Change, Draft, Overlay
from knowledge.store.sql.parts import revisions as sql_revisions
from knowledge.store.sql.store import SqlStore
from tests.conftest import NOW

COMMUNITY = "test:community/1"


class Counting(SqlStore):
    """The store, which counts what is read of overlays."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        self.read: Counter[str] = Counter()

    async def overlay(self, community: str) -> Overlay:
        self.read[community] += 1
        return await super().overlay(community)


@pytest.fixture
async def store() -> AsyncIterator[Counting]:
    store = Counting()
    await store.migrate()
    yield store
    await store.close()


async def edit(store: Counting, library: Library, answer: str, community: str = COMMUNITY) -> None:
    """Give the community's first entry another answer."""
    entry = library.pack.entries[0]
    expected = (await SqlStore.overlay(store, community)).expected(entry.id)
    draft = Draft(entry.id, Change.EDITED, replace(entry, answer=answer), expected, "base")
    await store.revise(community, [draft], by="u", now=NOW)


async def answer(knowledge: KnowledgeCache, community: str = COMMUNITY) -> str:
    return (await knowledge.of(community)).library.pack.entries[0].answer


async def test_an_edit_is_seen_at_the_next_question_by_everybody(store: Counting, library: Library) -> None:
    one, other = KnowledgeCache(library, store), KnowledgeCache(library, store)
    for number in range(3):
        await edit(store, library, str(number))
        assert [await answer(one), await answer(other), await answer(one)] == [str(number)] * 3
    assert store.read[COMMUNITY] == 6


async def test_many_who_ask_at_once_build_it_once(store: Counting, library: Library) -> None:
    knowledge = KnowledgeCache(library, store)
    await edit(store, library, "new")
    assert set(await asyncio.gather(*(answer(knowledge) for _ in range(20)))) == {"new"}
    assert store.read[COMMUNITY] == 1


async def test_an_overlay_that_was_deleted_never_comes_back_whatever_its_number(
    store: Counting, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = KnowledgeCache(library, store)
    for first, given in ((1_000, "before"), (10, "after")):
        monkeypatch.setattr(sql_revisions.secrets, "randbelow", lambda _, first=first: first)
        await store.forget_community(COMMUNITY)
        await edit(store, library, given)
        assert await answer(knowledge) == given


async def test_more_communities_than_are_kept_ready_are_answered_all_the_same(
    store: Counting, library: Library
) -> None:
    knowledge = KnowledgeCache(library, store, limit=50_000)
    communities = [f"test:community/{number}" for number in range(4)]
    for community in communities:
        await edit(store, library, community, community)
    for _ in range(2):
        assert [await answer(knowledge, community) for community in communities] == communities
    # Those that have changed nothing take no place from those that have.
    before = store.read.total()
    for number in range(20):
        await knowledge.of(f"test:plain/{number}")
    assert await answer(knowledge, communities[-1]) == communities[-1]
    assert store.read.total() == before


async def test_what_was_known_last_is_remembered_while_the_store_is_away(services: Services, library: Library) -> None:
    knowledge = KnowledgeCache(library, services.store)
    await services.store.set_setting(COMMUNITY, Setting.STALE_YEARS, 1, by="u", now=NOW)
    await knowledge.of(COMMUNITY)
    await services.store.close()
    assert (await knowledge.of(COMMUNITY)).settings.stale_years == 1
    assert not (await knowledge.of(COMMUNITY)).lost
    assert (await knowledge.of("test:community/2")).lost
