"""Schedules and posts in the store: of many who change or claim one, one does; nothing is due that should not be."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from knowledge.pack.overlay import NOBODY
from knowledge.store.protocol import POST_LIFE, Store
from knowledge.store.schedules import Post, PostState, Schedule
from tests.knowledge.store.databases import HOME, NOW

ELSEWHERE = "slack:T1"
MINUTE = timedelta(minutes=1)
NEW = Schedule(
    HOME, "s1", "discord:channel/5", {"at": "09:00", "odd": ["naïve \0"]}, "discord:user/7", NOW, next_at=NOW
)
CLAIMED = Post(HOME, "s1", NOW, "key", PostState.CLAIMED, "fact", NOW + MINUTE)


async def started(store: Store, **changes: object) -> Schedule:
    schedule = replace(NEW, **changes)  # type: ignore[arg-type]
    assert await store.keep_schedule(schedule)
    kept = await store.schedule(schedule.community, schedule.id)
    assert kept is not None
    return kept


async def claimed(store: Store) -> Post:
    schedule = await started(store)
    assert await store.claim_post(replace(schedule, next_at=NOW + 1440 * MINUTE, used=("fact",)), CLAIMED)
    return CLAIMED


async def test_a_schedule_comes_back_as_it_was_kept(store: Store) -> None:
    kept = await started(store, paused="gone", round=2, used=("a", "b"))
    assert kept == replace(NEW, paused="gone", round=2, used=("a", "b"), number=1)
    assert await store.schedules(HOME) == (kept,)
    assert await store.schedules(ELSEWHERE) == ()
    assert await store.schedule(ELSEWHERE, "s1") is None
    assert await store.schedule(HOME, "s2") is None


async def test_who_changes_a_schedule_that_another_changed_is_told(store: Store) -> None:
    seen = await started(store)
    assert await store.keep_schedule(replace(seen, paused=""))
    assert not await store.keep_schedule(replace(seen, place="elsewhere"))
    assert not await store.keep_schedule(NEW), "a new one of the same id"
    assert await store.schedule(HOME, "s1") == replace(seen, paused="", number=2)
    await store.drop_schedule(HOME, "s1")
    assert not await store.keep_schedule(replace(seen, number=2))


async def test_of_many_who_claim_at_once_one_does(store: Store) -> None:
    seen = await started(store)
    later = replace(seen, next_at=NOW + MINUTE)
    won = await asyncio.gather(*(store.claim_post(later, replace(CLAIMED, key=str(n))) for n in range(10)))
    assert sum(won) == 1
    (post,) = await store.posts(HOME, "s1")
    assert post.key == str(won.index(True))


async def test_due_is_what_has_come_runs_and_is_served(store: Store) -> None:
    await started(store, id="late", next_at=NOW - MINUTE)
    await started(store, id="now")
    await started(store, id="later", next_at=NOW + MINUTE)
    await started(store, id="paused", paused="")
    await started(store, id="never", next_at=None)
    await started(store, id="other", community=ELSEWHERE)
    await started(store, id="left", community="discord:guild/2")
    await store.left("discord:guild/2", NOW)
    assert {each.id for each in await store.due_schedules("discord:", NOW)} == {"late", "now"}
    assert len(await store.due_schedules("discord:", NOW, 1)) == 1
    assert [each.id for each in await store.due_schedules("slack:", NOW)] == ["other"]
    assert await store.due_schedules("disc%", NOW) == ()
    assert await store.due_schedules("Discord:", NOW) == ()
    await store.returned("discord:guild/2")
    assert len(await store.due_schedules("discord:", NOW)) == 3


async def test_a_post_goes_from_state_to_state_for_one_who_has_it(store: Store) -> None:
    post = await claimed(store)
    sending = replace(post, state=PostState.SENDING, sent_at=NOW, until=NOW + 2 * MINUTE, tries=1)
    moves = await asyncio.gather(*(store.move_post(post, sending) for _ in range(5)))
    assert sum(moves) == 1
    assert await store.abandoned_posts("discord:", NOW + MINUTE) == ()
    assert await store.abandoned_posts("discord:", NOW + 2 * MINUTE) == (sending,)
    assert await store.abandoned_posts("slack:", NOW + 2 * MINUTE) == ()
    taken = replace(sending, until=NOW + 3 * MINUTE, tries=2)
    assert await store.move_post(sending, taken)
    done = replace(taken, state=PostState.POSTED, until=None, note="ok")
    assert not await store.move_post(sending, done), "the lease is another's"
    assert await store.move_post(taken, done)
    assert await store.abandoned_posts("discord:", NOW + 900 * MINUTE) == ()
    assert await store.posts(HOME, "s1") == (done,)


async def test_a_post_of_a_paused_or_deleted_schedule_is_not_sent(store: Store) -> None:
    post = await claimed(store)
    sending = replace(post, state=PostState.SENDING, until=NOW + 2 * MINUTE)
    found = await store.schedule(HOME, "s1")
    assert found is not None
    assert await store.keep_schedule(replace(found, paused=""))
    assert not await store.move_post(post, sending)
    assert await store.move_post(post, replace(post, state=PostState.MISSED, until=None))
    await store.drop_schedule(HOME, "s1")
    assert await store.posts(HOME, "s1") == ()
    assert not await store.move_post(post, sending)


async def test_the_last_posts_come_first(store: Store) -> None:
    await started(store)
    for number in range(7):
        seen = await store.schedule(HOME, "s1")
        assert seen is not None
        assert await store.claim_post(seen, replace(CLAIMED, due=NOW + number * MINUTE, key=str(number)))
    assert [post.key for post in await store.posts(HOME, "s1")] == ["6", "5", "4", "3", "2"]
    assert [post.key for post in await store.posts(HOME, "s1", 1)] == ["6"]


async def test_posts_that_came_to_an_end_are_forgotten_and_schedules_stay(store: Store) -> None:
    post = await claimed(store)
    await store.expire(NOW + POST_LIFE + MINUTE)
    assert await store.posts(HOME, "s1") == (post,), "one that is under way stays"
    assert await store.move_post(post, replace(post, state=PostState.MISSED, until=None))
    await store.expire(NOW + POST_LIFE)
    assert len(await store.posts(HOME, "s1")) == 1
    await store.expire(NOW + POST_LIFE + MINUTE)
    assert await store.posts(HOME, "s1") == ()
    assert len(await store.schedules(HOME)) == 1


async def test_who_started_a_schedule_can_be_forgotten(store: Store) -> None:
    kept = await started(store)
    assert await store.forget_person(HOME, kept.made_by) == 1
    assert await store.schedules(HOME) == (replace(kept, made_by=NOBODY),)


async def test_a_community_that_has_only_a_schedule_is_one(store: Store) -> None:
    await claimed(store)
    assert await store.communities("discord:") == (HOME,)
    await store.forget_community(HOME)
    assert await store.communities("discord:") == ()
