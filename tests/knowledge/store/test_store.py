"""What every store must do, shown on an SQLite file, on SQLite in memory and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from knowledge.store.protocol import BALLOT_LIFE, SEEN_LIFE, Feedback, Setting, Store, Votes
from tests.knowledge.store.databases import HOME, NOW, rows

ELSEWHERE = "slack:T1"
VOTER = "discord:user/7"


async def vote(store: Store, helpful: bool, voter: str = VOTER, entry: str = "outcomes", **other: Any) -> None:
    given = {"community": HOME, "revision": 1, "now": NOW} | other
    await store.add_feedback(entry_id=entry, helpful=helpful, voter=voter, **given)


# Feedback


async def test_a_community_without_feedback_has_none(store: Store) -> None:
    assert await store.feedback(HOME) == {}


async def test_votes_are_counted_per_entry_and_revision(store: Store) -> None:
    await vote(store, True, "a")
    await vote(store, True, "b")
    await vote(store, False, "c")
    await vote(store, False, "a", revision=2)
    await vote(store, True, "a", entry="referral")
    assert await store.feedback(HOME) == {
        "outcomes": Feedback((Votes(1, 2, 1), Votes(2, 0, 1))),
        "referral": Feedback((Votes(1, 1, 0),)),
    }


def test_feedback_adds_up_over_the_revisions() -> None:
    feedback = Feedback((Votes(1, 2, 1), Votes(2, 0, 1)))
    assert (feedback.helpful, feedback.unhelpful) == (2, 2)


async def test_voting_twice_counts_once(store: Store) -> None:
    await vote(store, True)
    await vote(store, True)
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 1, 0),))}


async def test_a_vote_can_be_changed_and_changed_back(store: Store) -> None:
    await vote(store, True)
    await vote(store, False)
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 0, 1),))}
    await vote(store, True)
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 1, 0),))}


async def test_votes_since_a_day_are_those_that_were_given_or_changed_then(store: Store) -> None:
    week = timedelta(days=7)
    await vote(store, True, "a")
    await vote(store, False, "b")
    await vote(store, True, "c", revision=2, now=NOW + week)
    await vote(store, True, "b", now=NOW + 2 * week)
    await vote(store, False, "a", entry="referral", now=NOW + week)
    await vote(store, True, "a", community=ELSEWHERE, now=NOW + week)
    assert await store.feedback(HOME, NOW) == {
        "outcomes": Feedback((Votes(1, 2, 0), Votes(2, 1, 0))),
        "referral": Feedback((Votes(1, 0, 1),)),
    }
    assert await store.feedback(HOME, NOW + 2 * week) == {"outcomes": Feedback((Votes(1, 1, 0),))}
    assert await store.feedback(HOME, NOW + 3 * week) == {}
    with pytest.raises(ValueError, match="time zone"):
        await store.feedback(HOME, datetime(2026, 1, 1))  # noqa: DTZ001


async def test_many_voters_at_once_are_all_counted(store: Store) -> None:
    await asyncio.gather(*(vote(store, number % 2 == 0, f"voter {number}") for number in range(40)))
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 20, 20),))}


async def test_a_voter_who_presses_both_buttons_at_once_counts_once(store: Store) -> None:
    await asyncio.gather(*(vote(store, number % 2 == 0) for number in range(20)))
    feedback = (await store.feedback(HOME))["outcomes"]
    assert feedback.helpful + feedback.unhelpful == 1


async def test_a_vote_can_be_changed_for_ninety_days_and_counts_for_ever(store: Store) -> None:
    await vote(store, True)
    await store.expire(NOW + BALLOT_LIFE)
    await vote(store, False)
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 0, 1),))}
    await store.expire(NOW + BALLOT_LIFE + timedelta(microseconds=1))
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 0, 1),))}
    await vote(store, True, now=NOW + BALLOT_LIFE + timedelta(days=1))
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 1, 1),))}


async def test_voting_again_starts_the_ninety_days_anew(store: Store) -> None:
    await vote(store, True)
    await vote(store, True, now=NOW + timedelta(days=80))
    await store.expire(NOW + timedelta(days=100))
    await vote(store, False, now=NOW + timedelta(days=100))
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 0, 1),))}


async def test_the_database_holds_nothing_that_names_a_voter(file_store: Store, sqlite_path: Path) -> None:
    await vote(file_store, True)
    await vote(file_store, True, entry="referral")
    kept = b"".join(path.read_bytes() for path in sqlite_path.parent.iterdir())
    assert b"outcomes" in kept
    assert VOTER.encode() not in kept
    hashes = rows(sqlite_path, "SELECT voter_hash FROM ballots")
    assert len({hashed for (hashed,) in hashes}) == 2, "the votes of one person can be told from their hashes"


async def test_expired_hashes_are_gone_from_the_database(file_store: Store, sqlite_path: Path) -> None:
    await vote(file_store, True)
    await file_store.expire(NOW + BALLOT_LIFE + timedelta(days=1))
    assert rows(sqlite_path, "SELECT * FROM ballots") == []


async def test_every_community_has_a_key_of_its_own(file_store: Store, sqlite_path: Path) -> None:
    await vote(file_store, True)
    await vote(file_store, True, community=ELSEWHERE)
    assert len({hashed for (hashed,) in rows(sqlite_path, "SELECT voter_hash FROM ballots")}) == 2
    keys = {key for (key,) in rows(sqlite_path, "SELECT key FROM voter_keys")}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 2


# Settings


async def test_a_setting_comes_back_as_it_was_set(store: Store) -> None:
    odd = "naïve “quotes”\0\ud800"
    for value in (True, False, 0, 12, 2**70, 0.1, "", odd, [], ["a", 1, None], {}, {odd: {"b": [False]}}):
        await store.set_setting(HOME, "name", value, by="u", now=NOW)
        await store.set_place_setting(HOME, "place", "name", value, by="u", now=NOW)
        for found in (await store.setting(HOME, "name"), await store.place_setting(HOME, "place", "name")):
            assert found == value
            assert type(found) is type(value)


async def test_what_was_never_set_is_none(store: Store) -> None:
    await store.set_setting(HOME, "other", 1, by="u", now=NOW)
    await store.set_place_setting(HOME, "place", "other", 1, by="u", now=NOW)
    assert await store.setting(HOME, "name") is None
    assert await store.place_setting(HOME, "place", "name") is None
    assert await store.place_setting(HOME, "elsewhere", "other") is None
    assert await store.settings(ELSEWHERE) == ()


async def test_the_last_one_to_set_signs_for_the_value(store: Store) -> None:
    later = NOW + timedelta(microseconds=1)
    await store.set_setting(HOME, "name", 1, by="first", now=NOW)
    await store.set_setting(HOME, "name", None, by="second", now=later)
    await store.set_setting(HOME, "a name", 2, by="first", now=NOW)
    assert await store.settings(HOME) == (Setting("a name", 2, "first", NOW), Setting("name", None, "second", later))
    assert await store.setting(HOME, "name") is None


async def test_a_setting_that_is_on_in_any_place_of_any_community_is_noticed(store: Store) -> None:
    for value in (False, 1, "true", None, [True]):
        await store.set_place_setting(HOME, "general", "passive", value, by="u", now=NOW)
        assert await store.anywhere("passive") is False
    await store.set_place_setting(HOME, "general", "passive", True, by="u", now=NOW)
    assert await store.anywhere("passive") is True
    assert await store.anywhere("other") is False


async def test_settings_made_at_once_leave_one_whole_value(store: Store) -> None:
    values = [[number] * 50 for number in range(20)]
    await asyncio.gather(*(store.set_setting(HOME, "name", value, by="u", now=NOW) for value in values))
    assert await store.setting(HOME, "name") in values


async def test_what_is_not_json_is_refused(store: Store) -> None:
    nonsense: list[Any] = [float("nan"), {1, 2}, object()]
    for value in nonsense:
        with pytest.raises((TypeError, ValueError)):
            await store.set_setting(HOME, "name", value, by="u", now=NOW)
    assert await store.settings(HOME) == ()


# Events already seen


async def test_a_key_is_new_once(store: Store) -> None:
    assert await store.first_time("slack:Ev1", NOW) is True
    assert await store.first_time("slack:Ev1", NOW) is False
    assert await store.first_time("slack:Ev2", NOW) is True


async def test_a_key_that_is_taken_back_is_new_again_and_no_other_one(store: Store) -> None:
    for community in (HOME, ELSEWHERE):
        assert await store.first_time("notice", NOW, community=community) is True
    assert await store.first_time("another", NOW, community=HOME) is True
    await store.not_yet("notice", community=HOME)
    assert await store.first_time("notice", NOW, community=ELSEWHERE) is False
    assert await store.first_time("another", NOW, community=HOME) is False
    assert await store.first_time("notice", NOW, community=HOME) is True
    await store.not_yet("unheard of", community=HOME)


async def test_of_many_at_once_exactly_one_is_first(store: Store) -> None:
    answers = await asyncio.gather(*(store.first_time(f"key {number % 5}", NOW) for number in range(100)))
    assert sum(answers) == 5


async def test_several_keys_of_one_thing_have_to_be_new_all(store: Store) -> None:
    assert await store.first_time("event 1", NOW, also=["message"]) is True
    assert await store.first_time("event 2", NOW, also=["message"]) is False
    assert await store.first_time("event 1", NOW) is False
    assert await store.first_time("event 2", NOW) is False
    answers = await asyncio.gather(*(store.first_time(f"event {n}", NOW, also=["other"]) for n in range(10, 20)))
    assert sum(answers) == 1


async def test_a_key_is_new_again_after_its_life(store: Store) -> None:
    await store.first_time("key", NOW)
    assert await store.first_time("key", NOW + SEEN_LIFE - timedelta(microseconds=1)) is False
    assert await store.first_time("key", NOW + SEEN_LIFE) is True
    assert await store.first_time("key", NOW + SEEN_LIFE) is False


async def test_of_many_that_find_an_old_key_exactly_one_is_first(store: Store) -> None:
    await store.first_time("key", NOW)
    answers = await asyncio.gather(*(store.first_time("key", NOW + SEEN_LIFE) for _ in range(20)))
    assert sum(answers) == 1


async def test_a_key_can_live_longer(store: Store) -> None:
    week = timedelta(days=7)
    await store.first_time("notice of week 48", NOW, life=week)
    await store.expire(NOW + week - timedelta(seconds=1))
    assert await store.first_time("notice of week 48", NOW + week - timedelta(seconds=1)) is False


async def test_old_keys_are_thrown_away(file_store: Store, sqlite_path: Path) -> None:
    await file_store.first_time("old", NOW)
    await file_store.first_time("young", NOW + timedelta(seconds=1))
    await file_store.expire(NOW + SEEN_LIFE)
    assert rows(sqlite_path, "SELECT key FROM seen_events") == [("young",)]


async def test_the_same_key_is_new_in_every_community(store: Store) -> None:
    assert await store.first_time("key", NOW, community=HOME) is True
    assert await store.first_time("key", NOW, community=ELSEWHERE) is True
    assert await store.first_time("key", NOW) is True
    assert await store.first_time("key", NOW, community=HOME) is False


# Time


async def test_moments_come_back_in_utc(store: Store) -> None:
    manila = datetime(2026, 11, 23, 20, 0, 0, 5, timezone(timedelta(hours=8)))
    await store.set_setting(HOME, "name", 1, by="u", now=manila)
    (setting,) = await store.settings(HOME)
    assert setting.at == manila
    assert setting.at.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    naive = NOW.replace(tzinfo=None)
    for refused in (
        vote(store, True, now=naive),
        store.set_setting(HOME, "name", 1, by="u", now=naive),
        store.set_place_setting(HOME, "place", "name", 1, by="u", now=naive),
        store.first_time("key", naive),
        store.expire(naive),
    ):
        with pytest.raises(ValueError, match="time zone"):
            await refused


# Life


async def test_a_store_that_works_answers_a_ping(store: Store) -> None:
    await store.ping()


async def test_a_store_can_be_migrated_again(store: Store) -> None:
    await store.set_setting(HOME, "name", 1, by="u", now=NOW)
    await store.migrate()
    assert await store.setting(HOME, "name") == 1


async def test_a_store_can_be_closed_twice(store: Store) -> None:
    await store.close()
    await store.close()


async def test_cancelled_calls_leave_the_store_whole(store: Store) -> None:
    await store.set_setting(HOME, "kept", 1, by="u", now=NOW)
    started = [asyncio.create_task(vote(store, True, f"voter {number}")) for number in range(20)]
    await started[0]
    for task in started:
        task.cancel()
    outcomes = await asyncio.gather(*started, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {type(None), asyncio.CancelledError}
    await vote(store, True, "another")
    counted = (await store.feedback(HOME))["outcomes"].helpful
    assert 2 <= counted <= 21
    assert await store.setting(HOME, "kept") == 1
