"""Sentence embeddings of communities' texts: kept while they are needed, and never after a community is gone."""

import io

import pytest

from knowledge.pack.overlay import Change, Draft
from knowledge.store.protocol import Store
from knowledge.store.sql.backup import restore, save
from tests.knowledge.store.databases import HOME, NOW, opened
from tests.knowledge.store.test_backup import ENTRY

ELSEWHERE = "slack:T1"
VECTORS = {"a" * 32: b"\x00\x3c", "b" * 32: b"\x00\x00\xff"}


@pytest.fixture
async def number(store: Store) -> int:
    """The number of the overlay of a community that has an entry of its own."""
    return await begin(store)


async def begin(store: Store, community: str = HOME) -> int:
    await store.revise(community, [Draft("club", Change.ADDED, ENTRY)], by="u", now=NOW)
    return (await store.outline(community)).number


async def test_what_was_kept_is_found_again_and_by_nobody_else(store: Store, number: int) -> None:
    assert await store.embeddings(HOME, "model") == {}
    assert await store.keep_embeddings(HOME, "model", VECTORS, number=number, only=VECTORS)
    assert await store.embeddings(HOME, "model") == VECTORS
    assert await store.embeddings(HOME, "other") == {}
    assert await store.embeddings(ELSEWHERE, "model") == {}


async def test_keeping_the_same_twice_changes_nothing(store: Store, number: int) -> None:
    for _ in range(2):
        assert await store.keep_embeddings(HOME, "model", VECTORS, number=number, only=VECTORS)
    assert await store.embeddings(HOME, "model") == VECTORS


async def test_what_no_text_needs_any_more_goes(store: Store, number: int) -> None:
    await store.keep_embeddings(HOME, "model", VECTORS, number=number, only=VECTORS)
    first, _ = VECTORS
    assert await store.keep_embeddings(HOME, "model", {"c": b"new"}, number=number, only={first, "c"})
    assert await store.embeddings(HOME, "model") == {first: VECTORS[first], "c": b"new"}


async def test_another_model_takes_the_place_of_the_last_one(store: Store, number: int) -> None:
    first, _ = VECTORS
    await store.keep_embeddings(HOME, "model", VECTORS, number=number, only=VECTORS)
    await store.keep_embeddings(HOME, "other", {first: b"other"}, number=number, only=VECTORS)
    assert await store.embeddings(HOME, "model") == {}
    assert await store.embeddings(HOME, "other") == {first: b"other"}


@pytest.mark.slow
async def test_thousands_are_kept_at_once(store: Store, number: int) -> None:
    many = {f"{each:032x}": bytes(768) for each in range(12_345)}
    assert await store.keep_embeddings(HOME, "model", many, number=number, only=many)
    assert await store.embeddings(HOME, "model") == many
    assert await store.keep_embeddings(HOME, "model", {}, number=number, only=())
    assert await store.embeddings(HOME, "model") == {}


async def test_nothing_is_kept_of_texts_that_have_changed_meanwhile(store: Store, number: int) -> None:
    assert not await store.keep_embeddings(HOME, "model", VECTORS, number=number + 1, only=VECTORS)
    assert await store.embeddings(HOME, "model") == {}


async def test_nothing_is_kept_of_a_community_that_was_deleted_meanwhile(store: Store, number: int) -> None:
    await begin(store, ELSEWHERE)
    await store.keep_embeddings(HOME, "model", VECTORS, number=number, only=VECTORS)
    await store.forget_community(HOME)
    assert await store.embeddings(HOME, "model") == {}
    for late in (number, 0):
        assert not await store.keep_embeddings(HOME, "model", VECTORS, number=late, only=VECTORS)
    assert HOME not in await store.communities("")


async def test_a_community_that_has_only_settings_keeps_them_too(store: Store) -> None:
    await store.set_setting(HOME, "unanswerable", ["is it open"], by="u", now=NOW)
    assert await store.keep_embeddings(HOME, "model", VECTORS, number=0, only=VECTORS)
    assert await store.embeddings(HOME, "model") == VECTORS


async def test_a_backup_leaves_them_out(shared_url: str) -> None:
    out = io.BytesIO()
    async with opened(shared_url) as store:
        await store.migrate()
        number = await begin(store)
        await store.keep_embeddings(HOME, "model", VECTORS, number=number, only=VECTORS)
    await save(shared_url, out, NOW)
    await restore(shared_url, io.BytesIO(out.getvalue()), replace=True)
    async with opened(shared_url) as store:
        assert (await store.outline(HOME)).number == number
        assert await store.embeddings(HOME, "model") == {}
