"""Overlays and their history in the store, on both databases: append-only, one wins, nobody sees another's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge.pack.files import load_pack
from knowledge.pack.model import Entry
from knowledge.pack.overlay import NOBODY, Change, Conflict, Draft, effective
from knowledge.pack.records import entry_of, fingerprint, record_of
from knowledge.store.protocol import GRACE, MISS_LIFE, TYPED_LIFE, USAGE_LIFE, Store
from tests.knowledge.store.databases import HOME, NOW

PACK = load_pack()
ENTRY = PACK.entries[0]
BY = "test:user/3"
ELSEWHERE = "slack:T1"


def draft(entry: Entry = ENTRY, expected: int = 0, **changes: str) -> Draft:
    return Draft(entry.id, Change.EDITED, replace(entry, **changes), expected, fingerprint(entry))  # type: ignore[arg-type]


async def test_a_community_that_changed_nothing_has_an_empty_overlay(store: Store) -> None:
    overlay = await store.overlay(HOME)
    assert (overlay.number, overlay.revisions) == (0, ())
    outline = await store.outline(HOME)
    assert (outline.number, outline.settings, outline.left_at) == (0, {}, None)


async def test_revisions_are_added_and_the_newest_counts(store: Store) -> None:
    (first,) = await store.revise(HOME, [draft(answer="one")], by=BY, now=NOW)
    before = await store.overlay(HOME)
    (second,) = await store.revise(HOME, [draft(expected=first.number, answer="two")], by=BY, now=NOW)
    assert (first.number, second.number) == (2, 3)
    after = await store.overlay(HOME)
    assert after.number == before.number + 1
    assert after.revisions == (second,)
    assert await store.history(HOME, ENTRY.id) == (second, first)
    assert second.entry == replace(ENTRY, answer="two")
    assert effective(PACK, after).entry(ENTRY.id) == replace(ENTRY, answer="two", revision=3)


async def test_an_entry_comes_back_as_it_was_written(store: Store) -> None:
    for entry in PACK.entries:
        await store.revise(HOME, [Draft(entry.id, Change.ADDED, entry)], by=BY, now=NOW)
        assert entry_of(record_of(entry)) == entry
    overlay = await store.overlay(HOME)
    assert {revision.entry for revision in overlay.revisions} == set(PACK.entries)


async def test_a_removal_is_a_revision_too(store: Store) -> None:
    await store.revise(HOME, [draft(answer="one")], by=BY, now=NOW)
    removal = Draft(ENTRY.id, Change.REMOVED, None, 2, fingerprint(ENTRY), "a note")
    (gone,) = await store.revise(HOME, [removal], by=BY, now=NOW)
    assert (gone.number, gone.entry, gone.note, gone.by, gone.at) == (3, None, "a note", BY, NOW)
    assert effective(PACK, await store.overlay(HOME)).entry(ENTRY.id) is None


async def test_of_two_who_saw_the_same_revision_one_is_told(store: Store) -> None:
    (first,) = await store.revise(HOME, [draft(answer="one")], by=BY, now=NOW)
    with pytest.raises(Conflict) as told:
        await store.revise(HOME, [draft(answer="two")], by="other", now=NOW)
    assert told.value.current == first
    assert await store.history(HOME, ENTRY.id) == (first,)


async def test_a_batch_with_one_conflict_changes_nothing(store: Store) -> None:
    await store.revise(HOME, [draft(answer="one")], by=BY, now=NOW)
    number = (await store.overlay(HOME)).number
    with pytest.raises(Conflict):
        await store.revise(HOME, [draft(PACK.entries[1], answer="x"), draft(answer="two")], by=BY, now=NOW)
    assert (await store.overlay(HOME)).number == number
    assert await store.history(HOME, PACK.entries[1].id) == ()
    with pytest.raises(ValueError, match="two drafts"):
        await store.revise(HOME, [draft(expected=2), draft(expected=2)], by=BY, now=NOW)


async def test_a_community_that_begins_anew_is_not_taken_for_its_old_self(store: Store) -> None:
    await store.revise(HOME, [draft(answer="one")], by=BY, now=NOW)
    before = (await store.outline(HOME)).number
    await store.forget_community(HOME)
    assert (await store.outline(HOME)).number == 0
    await store.revise(HOME, [draft(answer="two")], by=BY, now=NOW)
    assert (await store.outline(HOME)).number not in {0, before}


async def test_the_outline_has_the_number_and_the_settings(store: Store) -> None:
    await store.set_setting(HOME, "stale", 3, by=BY, now=NOW)
    await store.set_setting(HOME, "gone", None, by=BY, now=NOW)
    await store.set_setting(ELSEWHERE, "other", 1, by=BY, now=NOW)
    await store.revise(HOME, [draft(answer="one")], by=BY, now=NOW)
    outline = await store.outline(HOME)
    assert outline.number == (await store.overlay(HOME)).number > 0
    assert outline.settings == {"stale": 3}


async def test_misses_are_counted_by_their_key_and_forgotten(store: Store) -> None:
    for hours in range(3):
        await store.add_miss(HOME, "volunteer", f"text {hours}", now=NOW + timedelta(hours=hours))
    await store.add_miss(HOME, "other", "other text", now=NOW)
    often, once = await store.misses(HOME)
    assert (often.text, often.count, often.first, often.last) == ("text 0", 3, NOW, NOW + timedelta(hours=2))
    assert await store.misses(HOME, most=1) == (often,)
    await store.remove_misses(HOME, [once.id, "not-there"])
    await store.remove_misses(HOME, [])
    assert await store.misses(HOME) == (often,)
    await store.expire(often.last + MISS_LIFE)
    assert await store.misses(HOME) == (often,)
    await store.expire(often.last + MISS_LIFE + timedelta(seconds=1))
    assert await store.misses(HOME) == ()


async def test_suggestions_are_kept_once_and_forgotten(store: Store) -> None:
    for _ in range(2):
        await store.add_suggestion(HOME, "the gala", now=NOW)
    (kept,) = await store.suggestions(HOME)
    assert (kept.text, kept.at) == ("the gala", NOW)
    await store.remove_suggestions(HOME, [kept.id])
    assert await store.suggestions(HOME) == ()
    await store.add_suggestion(HOME, "the gala", now=NOW)
    await store.expire(NOW + MISS_LIFE + timedelta(seconds=1))
    assert await store.suggestions(HOME) == ()


async def test_what_was_typed_is_replaced_by_its_author_only(store: Store) -> None:
    typed_id = await store.keep_typed(HOME, {"answer": "one"}, by=BY, now=NOW)
    assert len(typed_id) <= 20
    assert typed_id.isalnum()
    assert await store.keep_typed(HOME, {"answer": "two"}, by=BY, now=NOW, typed_id=typed_id) == typed_id
    other = await store.keep_typed(HOME, {"answer": "three"}, by="other", now=NOW, typed_id=typed_id)
    assert other != typed_id
    found = await store.typed(HOME, typed_id)
    assert found is not None
    assert (found.by, found.values, found.at) == (BY, {"answer": "two"}, NOW)
    assert await store.typed(ELSEWHERE, typed_id) is None
    await store.drop_typed(HOME, typed_id)
    assert await store.typed(HOME, typed_id) is None
    await store.expire(NOW + TYPED_LIFE + timedelta(seconds=1))
    assert await store.typed(HOME, other) is None


async def test_marks_are_remembered(store: Store) -> None:
    await store.mark(HOME, "stale:x", by=BY, now=NOW)
    await store.mark(HOME, "stale:x", by="other", now=NOW)
    assert await store.marks(HOME) == {"stale:x"}
    assert await store.marks(ELSEWHERE) == frozenset()


async def test_counts_add_up_by_day(store: Store) -> None:
    await store.count(HOME, "answer", "prevention", now=NOW)
    await store.count(HOME, "answer", "prevention", now=NOW, amount=4)
    await store.count(HOME, "unknown", now=NOW + timedelta(days=1))
    found = [(each.day, each.what, each.entry_id, each.count) for each in await store.usage(HOME, NOW)]
    today, tomorrow = NOW.date().isoformat(), (NOW + timedelta(days=1)).date().isoformat()
    assert found == [(today, "answer", "prevention", 5), (tomorrow, "unknown", "", 1)]
    assert len(await store.usage(HOME, NOW + timedelta(days=1))) == 1
    await store.expire(NOW + USAGE_LIFE + timedelta(days=1))
    assert len(await store.usage(HOME, NOW)) == 1


async def test_a_community_that_was_left_is_deleted_after_the_grace(store: Store) -> None:
    for community in (HOME, ELSEWHERE):
        await store.revise(community, [draft(answer="one")], by=BY, now=NOW)
    await store.left(HOME, NOW)
    assert (await store.outline(HOME)).left_at == NOW
    assert await store.communities("") == (ELSEWHERE,)
    assert await store.communities("", left=True) == (HOME,)
    assert await store.communities(ELSEWHERE, left=True) == ()
    await store.expire(NOW + GRACE - timedelta(seconds=1))
    assert len(await store.history(HOME, ENTRY.id)) == 1
    await store.returned(HOME)
    await store.expire(NOW + GRACE)
    assert len(await store.history(HOME, ENTRY.id)) == 1
    await store.left(HOME, NOW)
    await store.expire(NOW + GRACE)
    assert await store.history(HOME, ENTRY.id) == ()
    assert len(await store.history(ELSEWHERE, ENTRY.id)) == 1


async def test_communities_are_found_by_how_they_begin_and_by_nothing_else(store: Store) -> None:
    for community in ("a_b:1", "aXb:2", "A_b:3", "a_b:4"):
        await store.set_setting(community, "x", 1, by=BY, now=NOW)
    assert await store.communities("a_b:") == ("a_b:1", "a_b:4")
    assert await store.communities("%") == ()


async def test_a_person_is_taken_out_of_everything(store: Store) -> None:
    await store.add_feedback(HOME, ENTRY.id, 1, helpful=True, voter=BY, now=NOW)
    await store.add_feedback(HOME, ENTRY.id, 1, helpful=True, voter="other", now=NOW)
    await store.revise(HOME, [draft(answer="one")], by=BY, now=NOW)
    await store.set_setting(HOME, "x", 1, by=BY, now=NOW)
    await store.set_place_setting(HOME, "p", "x", 1, by=BY, now=NOW)
    await store.mark(HOME, "k", by=BY, now=NOW)
    typed_id = await store.keep_typed(HOME, {}, by=BY, now=NOW)
    await store.revise(ELSEWHERE, [draft(answer="one")], by=BY, now=NOW)
    assert await store.forget_person(HOME, BY) == 6
    assert (await store.history(HOME, ENTRY.id))[0].by == NOBODY
    assert [setting.by for setting in await store.settings(HOME)] == [NOBODY]
    assert await store.typed(HOME, typed_id) is None
    assert (await store.history(ELSEWHERE, ENTRY.id))[0].by == BY
    # The vote still counts, but it cannot be told from a new one any more.
    await store.add_feedback(HOME, ENTRY.id, 1, helpful=True, voter=BY, now=NOW)
    assert (await store.feedback(HOME))[ENTRY.id].helpful == 3
    assert await store.forget_person(HOME, "nobody-of-that-id") == 0


@pytest.mark.parametrize("wrong", [lambda store: store.add_miss(HOME, "k", "t", now=NOW.replace(tzinfo=None))])
async def test_a_moment_needs_a_time_zone(store: Store, wrong: Callable[[Store], object]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await wrong(store)  # type: ignore[misc]
