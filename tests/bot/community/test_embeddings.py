"""Vectors of communities' texts: made once, kept, encoded beside all else where there are many, and bounded in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest

from bot.app.registry import default_registry
from bot.chat.events import Place, Role, User
from bot.chat.replies import Reply
from bot.commands.context import Context, Library, Services
from bot.commands.embeddings import AT_ONCE, PORTION, Embeddings, Progress
from bot.community.community_knowledge import KnowledgeCache
from bot.curating import learning
from knowledge.encoder import Floats
from knowledge.encoder.pool import EncoderPool
from knowledge.matching import Search
from knowledge.pack.model import Entry
from knowledge.pack.overlay import Change, Draft
from knowledge.store.protocol import StoreError
from knowledge.store.sql.store import SqlStore
from tests.conftest import NOW
from tests.servers.patience import WAIT_SECONDS

COMMUNITY, OTHER = "test:community/1", "test:community/2"


class Thirds:
    """An encoder whose numbers no short form holds exactly; it says what it encoded."""

    digest, dimensions = "thirds" * 10, 2

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.encoded += texts
        return np.array([[len(text) / 3, 1 / 3] for text in texts], np.float32)


@dataclass(frozen=True)
class Given:
    """What a search was made of."""

    encoder: Any = None
    entries: tuple[Entry, ...] = ()
    vectors: Mapping[str, Floats] = field(default_factory=dict)
    bytes: int = 0

    def texts(self, entries: Iterable[Entry], silent: Sequence[str] = ()) -> tuple[str, ...]:
        return (*(phrasing for entry in entries if entry.id.startswith("own") for phrasing in entry.phrasings), *silent)

    def adapted(self, entries: Iterable[Entry], silent: Sequence[str], vectors: Mapping[str, Floats]) -> "Given":
        return Given(self.encoder, tuple(entries), vectors, bytes=1_000_000)


@pytest.fixture
async def store() -> AsyncIterator[SqlStore]:
    store = SqlStore("sqlite://")
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture
def encoder() -> Thirds:
    return Thirds()


@pytest.fixture
def embeddings(store: SqlStore, encoder: Thirds) -> Embeddings:
    return Embeddings(store, EncoderPool(encoder))


@pytest.fixture
def base(library: Library) -> Library:
    return Library(library.pack, cast(Search, Given()), library.danger, library.talk)


async def add(store: SqlStore, library: Library, phrasings: int, name: str = "own", community: str = COMMUNITY) -> None:
    """Give a community an entry with so many phrasings."""
    texts = tuple(f"{name} {'very ' * number}" for number in range(phrasings - 1))
    entry = replace(library.pack.entries[0], id=name, question=f"{name}?", alternatives=texts, related=())
    await store.revise(community, [Draft(name, Change.ADDED, entry)], by="u", now=NOW)


async def vectors(knowledge: KnowledgeCache, community: str = COMMUNITY) -> Mapping[str, Floats]:
    return cast(Given, (await knowledge.of(community)).library.search).vectors


async def encode(knowledge: KnowledgeCache, until: Callable[[], bool]) -> None:
    """Encode what waits, until something is so."""
    encoding = asyncio.create_task(knowledge.keep_encoding())
    async with asyncio.timeout(WAIT_SECONDS):
        while not until():  # noqa: ASYNC110 (moderators ask for the progress, nothing tells it)
            await asyncio.sleep(0)
    encoding.cancel()
    await asyncio.gather(encoding, return_exceptions=True)


async def all_done(knowledge: KnowledgeCache, embeddings: Embeddings, community: str = COMMUNITY) -> None:
    """Encode all that waits of a community."""
    await encode(knowledge, lambda: embeddings.progress(community) is None)


async def test_only_what_is_new_is_encoded(
    store: SqlStore, base: Library, embeddings: Embeddings, encoder: Thirds
) -> None:
    await add(store, base, 3)
    first = await vectors(KnowledgeCache(base, store, embeddings=embeddings))
    assert sorted(encoder.encoded) == sorted(first) == ["own ", "own very ", "own?"]
    await add(store, base, 2, "own-2")
    # As after a restart, but for what the first process has left in the database.
    again = await vectors(KnowledgeCache(base, store, embeddings=embeddings))
    assert sorted(encoder.encoded[3:]) == ["own-2 ", "own-2?"]
    assert all((again[text] == vector).all() for text, vector in first.items()), "kept is not as it was made"


async def test_what_a_community_drops_is_not_kept(store: SqlStore, base: Library, embeddings: Embeddings) -> None:
    await add(store, base, 3)
    await vectors(KnowledgeCache(base, store, embeddings=embeddings))
    model = Thirds.digest[:16]
    assert len(await store.embeddings(COMMUNITY, model)) == 3
    await store.revise(COMMUNITY, [Draft("own", Change.REMOVED, None, 1)], by="u", now=NOW)
    await add(store, base, 1, "own-2")
    await vectors(KnowledgeCache(base, store, embeddings=embeddings))
    assert len(await store.embeddings(COMMUNITY, model)) == 1


async def test_many_texts_are_encoded_beside_and_their_entries_answered_by_words_until_then(
    store: SqlStore, base: Library, embeddings: Embeddings, encoder: Thirds
) -> None:
    knowledge = KnowledgeCache(base, store, embeddings=embeddings)
    await add(store, base, 2)
    await vectors(knowledge)
    many = AT_ONCE + PORTION
    await add(store, base, many, "own-2")
    assert sorted(await vectors(knowledge)) == ["own ", "own?"], "a question waited for hundreds of texts"
    assert embeddings.progress(COMMUNITY) == Progress(0, many)
    assert embeddings.progress(OTHER) is None
    await all_done(knowledge, embeddings)
    assert len(await vectors(knowledge)) == many + 2
    assert len(encoder.encoded) == many + 2


async def test_what_was_encoded_before_the_process_ended_is_not_encoded_again(
    store: SqlStore, base: Library, embeddings: Embeddings, encoder: Thirds
) -> None:
    knowledge = KnowledgeCache(base, store, embeddings=embeddings)
    many = AT_ONCE + 2 * PORTION
    await add(store, base, many)
    await vectors(knowledge)
    await encode(knowledge, lambda: embeddings.progress(COMMUNITY) != Progress(0, many))
    kept = len(await store.embeddings(COMMUNITY, Thirds.digest[:16]))
    assert kept >= PORTION
    fresh = Embeddings(store, EncoderPool(Thirds()))
    await vectors(KnowledgeCache(base, store, embeddings=fresh))
    assert fresh.progress(COMMUNITY) == (Progress(0, many - kept) if many - kept > AT_ONCE else None)


async def test_texts_that_change_while_they_are_encoded_are_the_new_ones_afterwards(
    store: SqlStore, base: Library, embeddings: Embeddings
) -> None:
    knowledge = KnowledgeCache(base, store, embeddings=embeddings)
    await add(store, base, AT_ONCE + 1)
    await vectors(knowledge)
    await add(store, base, 2, "own-2")
    await all_done(knowledge, embeddings)
    await vectors(knowledge)
    await all_done(knowledge, embeddings)
    assert len(await vectors(knowledge)) == AT_ONCE + 3


async def test_a_community_that_is_deleted_while_it_is_encoded_leaves_nothing(
    store: SqlStore, base: Library, embeddings: Embeddings
) -> None:
    knowledge = KnowledgeCache(base, store, embeddings=embeddings)
    await add(store, base, AT_ONCE + 1)
    await vectors(knowledge)
    await store.forget_community(COMMUNITY)
    await all_done(knowledge, embeddings)
    assert await store.communities("test:") == ()


async def test_a_store_that_is_away_stops_no_other_community(
    store: SqlStore, base: Library, embeddings: Embeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = KnowledgeCache(base, store, embeddings=embeddings)
    keep = SqlStore.keep_embeddings

    async def away(self: SqlStore, community: str, *given: Any, **more: Any) -> bool:
        if community == COMMUNITY:
            raise StoreError("away")
        return await keep(self, community, *given, **more)

    for community in (COMMUNITY, OTHER):
        await add(store, base, AT_ONCE + 1, community=community)
        await vectors(knowledge, community)
    with monkeypatch.context() as patched:
        patched.setattr(SqlStore, "keep_embeddings", away)
        await all_done(knowledge, embeddings, OTHER)
    assert len(await vectors(knowledge, OTHER)) == AT_ONCE + 1
    assert await vectors(knowledge) == {}
    # That asked for it, so it is tried again.
    await all_done(knowledge, embeddings)
    assert len(await vectors(knowledge)) == AT_ONCE + 1


async def test_the_memory_for_communities_knowledge_is_bounded(store: SqlStore, base: Library) -> None:
    knowledge = KnowledgeCache(base, store, limit=2_500_000)
    names = [f"test:community/{number}" for number in range(4)]
    for name in names:
        await add(store, base, 1, community=name)
    built = [(await knowledge.of(name)).library for name in names]
    assert [(await knowledge.of(name)).library for name in names[2:]] == built[2:]
    assert (await knowledge.of(names[0])).library is not built[0]
    # One that is larger than all the memory is answered all the same.
    tiny = KnowledgeCache(base, store, limit=1)
    assert [len((await tiny.of(name)).library.pack.entries) for name in names] == [len(base.pack.entries) + 1] * 4


async def test_without_an_encoder_nothing_is_encoded_or_kept(store: SqlStore, base: Library) -> None:
    await add(store, base, AT_ONCE + 1)
    assert await vectors(KnowledgeCache(base, store)) == {}
    assert await store.embeddings(COMMUNITY, "") == {}


async def test_whoever_imports_many_texts_sees_how_far_their_encoding_is(
    services: Services, base: Library, encoder: Thirds
) -> None:
    store = cast(SqlStore, services.store)
    embeddings = Embeddings(store, EncoderPool(encoder))
    served = replace(services, search=base.search, embeddings=embeddings)
    place = Place("test:channel/1", COMMUNITY, direct=False)
    context = Context(User("u", "Moderator"), place, Role.MODERATOR, served, default_registry(), base)
    await add(store, base, 2)
    assert await learning.begin(context) == ((), ())
    many = AT_ONCE + PORTION
    await add(store, base, many, "own-2")
    blocks, (button,) = await learning.begin(context)
    assert f"0% (0 of {many} texts)" in Reply(blocks).plain
    _, press = default_registry().actions[button.action]
    shown = await press(context, button.value)
    assert isinstance(shown, Reply)
    assert shown.private
    assert f"of {many} texts" in shown.plain
    assert shown.buttons == (button,)
    await all_done(KnowledgeCache(base, store, embeddings=embeddings), embeddings)
    done = await press(context, button.value)
    assert isinstance(done, Reply)
    assert (done.plain, done.buttons) == ("Everything that you imported is learned.", ())
