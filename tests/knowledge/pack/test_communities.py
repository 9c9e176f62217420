"""Communities are apart: whatever happens, none sees what is another's, and one that is forgotten leaves nothing."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from knowledge.pack.files import load_pack
from knowledge.pack.overlay import Change, Draft
from knowledge.store.protocol import Feedback, Json, Setting, Store, Votes
from knowledge.store.schedules import Post, PostState, Schedule
from knowledge.store.sql.tables import OF_COMMUNITIES, metadata
from tests.knowledge.store.databases import HOME, NOW, rows

ELSEWHERE = "slack:T1"
ENTRY = load_pack().entries[0]


async def fill(store: Store, community: str) -> None:
    """Leave a row in every table."""
    await store.add_feedback(community, "outcomes", 1, helpful=True, voter="v", now=NOW)
    await store.set_setting(community, "name", 1, by="u", now=NOW)
    await store.set_place_setting(community, "place", "name", 1, by="u", now=NOW)
    await store.first_time("key", NOW, community=community)
    await store.revise(community, [Draft(ENTRY.id, Change.ADDED, ENTRY)], by="u", now=NOW)
    number = (await store.outline(community)).number
    await store.keep_embeddings(community, "model", {"text": b"vector"}, number=number, only=["text"])
    await store.add_miss(community, "key", "text", now=NOW)
    await store.add_asker(community, "key", "u", name="U", notify=True, now=NOW)
    await store.propose(community, Draft(ENTRY.id, Change.EDITED, ENTRY), by="u", now=NOW)
    await store.lend(community, f"code of {community}", ENTRY.id, by="u", now=NOW)
    await store.add_suggestion(community, "text", now=NOW)
    await store.keep_typed(community, {"answer": "x"}, by="u", now=NOW)
    await store.mark(community, "key", by="u", now=NOW)
    await store.count(community, "answer", ENTRY.id, now=NOW)
    await store.keep_schedule(Schedule(community, "s", "place", {}, "u", NOW))
    kept = (await store.schedules(community))[0]
    await store.claim_post(kept, Post(community, "s", NOW, "key", PostState.CLAIMED, until=NOW))


def test_every_table_carries_the_community() -> None:
    assert set(metadata.tables) - {table.name for table in OF_COMMUNITIES} == {"limits"}
    for table in OF_COMMUNITIES:
        assert next(iter(table.primary_key.columns)).name == "community", table.name


async def test_forgetting_a_community_leaves_no_row_of_it_and_all_of_the_others(
    file_store: Store, sqlite_path: Path
) -> None:
    def communities(table: str) -> set[str]:
        return {community for (community,) in rows(sqlite_path, f"SELECT community FROM {table}")}

    await fill(file_store, HOME)
    await fill(file_store, ELSEWHERE)
    for table in OF_COMMUNITIES:
        assert communities(table.name) == {HOME, ELSEWHERE}, table.name
    await file_store.forget_community(HOME)
    for table in OF_COMMUNITIES:
        assert communities(table.name) == {ELSEWHERE}, table.name


async def test_a_forgotten_community_can_start_again_while_it_is_forgotten(store: Store) -> None:
    async def vote(voter: int) -> None:
        await store.add_feedback(HOME, "outcomes", 1, helpful=True, voter=f"voter {voter}", now=NOW)

    await fill(store, HOME)
    votes = [vote(number) for number in range(10)]
    await asyncio.gather(store.forget_community(HOME), *votes)
    await store.forget_community(HOME)
    assert await store.feedback(HOME) == {}
    await vote(1)
    assert await store.feedback(HOME) == {"outcomes": Feedback((Votes(1, 1, 0),))}


# Ids that a careless comparison would take for one another or for a pattern.
COMMUNITIES = ["guild", "Guild", "guild ", "guil_", "%", "é", "e\N{COMBINING ACUTE ACCENT}", "'", "1", "01"]
communities = st.sampled_from(COMMUNITIES)
IDS = ["a", "b", "guild", "%"]
ids = st.sampled_from(IDS)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
steps = st.one_of(
    st.tuples(st.just("vote"), communities, ids, st.integers(1, 2), ids, st.booleans()),
    st.tuples(st.just("set"), communities, ids, values),
    st.tuples(st.just("set place"), communities, ids, ids, values),
    st.tuples(st.just("first time"), communities, ids),
    st.tuples(st.just("revise"), communities, ids, st.text(max_size=20)),
    st.tuples(st.just("miss"), communities, ids),
    st.tuples(st.just("suggest"), communities, ids),
    st.tuples(st.just("mark"), communities, ids),
    st.tuples(st.just("count"), communities, ids, st.integers(1, 5)),
    st.tuples(st.just("schedule"), communities, ids),
    st.tuples(st.just("forget person"), communities, ids),
    st.tuples(st.just("forget"), communities),
)


class Remembered:
    """What one community should have in the store, in plain dictionaries."""

    def __init__(self) -> None:
        self.votes: dict[tuple[str, int, str], bool] = {}
        self.settings: dict[str, Json] = {}
        self.places: dict[tuple[str, str], Json] = {}
        self.seen: set[str] = set()
        self.answers: dict[str, list[str]] = defaultdict(list)
        self.misses: Counter[str] = Counter()
        self.suggestions: set[str] = set()
        self.marks: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.schedules: set[str] = set()

    @property
    def feedback(self) -> dict[str, Feedback]:
        counts: dict[tuple[str, int], list[bool]] = defaultdict(list)
        for (entry, revision, _), helpful in self.votes.items():
            counts[entry, revision].append(helpful)
        revisions: dict[str, list[Votes]] = defaultdict(list)
        for (entry, revision), votes in sorted(counts.items()):
            revisions[entry].append(Votes(revision, votes.count(True), votes.count(False)))
        return {entry: Feedback(tuple(votes)) for entry, votes in revisions.items()}


async def apply(store: Store, world: dict[str, Remembered], step: tuple[Any, ...]) -> None:
    kind, community, *rest = step
    remembered = world[community]
    match kind, rest:
        case "vote", [entry, revision, voter, helpful]:
            remembered.votes[entry, revision, voter] = helpful
            await store.add_feedback(community, entry, revision, helpful=helpful, voter=voter, now=NOW)
        case "set", [name, value]:
            remembered.settings[name] = value
            await store.set_setting(community, name, value, by=f"{community}!", now=NOW)
        case "set place", [place, name, value]:
            remembered.places[place, name] = value
            await store.set_place_setting(community, place, name, value, by=f"{community}!", now=NOW)
        case "first time", [key]:
            assert await store.first_time(key, NOW, community=community) is (key not in remembered.seen)
            remembered.seen.add(key)
        case "revise", [entry_id, answer]:
            answers = remembered.answers[entry_id]
            draft = Draft(entry_id, Change.EDITED, replace(ENTRY, id=entry_id, answer=answer), len(answers))
            await store.revise(community, [draft], by=f"{community}!", now=NOW)
            answers.append(answer)
        case "miss", [key]:
            remembered.misses[key] += 1
            await store.add_miss(community, key, f"{key} in {community}", now=NOW)
        case "suggest", [text]:
            remembered.suggestions.add(f"{text} in {community}")
            await store.add_suggestion(community, f"{text} in {community}", now=NOW)
        case "mark", [key]:
            remembered.marks.add(key)
            await store.mark(community, key, by=f"{community}!", now=NOW)
        case "count", [entry_id, amount]:
            remembered.counts[entry_id] += amount
            await store.count(community, "answer", entry_id, now=NOW, amount=amount)
        case "schedule", [schedule_id]:
            new = Schedule(community, schedule_id, "place", {"of": community}, f"{community}!", NOW)
            assert await store.keep_schedule(new) is (schedule_id not in remembered.schedules)
            remembered.schedules.add(schedule_id)
        case "forget person", [voter]:
            await store.forget_person(community, voter)
            await store.forget_person(ELSEWHERE, community)
            remembered.votes = {
                (*key[:2], f"gone {len(remembered.votes)} {place}" if key[2] == voter else key[2]): helpful
                for place, (key, helpful) in enumerate(remembered.votes.items())
            }
        case "forget", []:
            world[community] = Remembered()
            await store.forget_community(community)
        case _:
            raise AssertionError(step)


async def seen(store: Store, community: str) -> list[object]:
    """All that the store tells about a community."""
    overlay = await store.overlay(community)
    histories = [await store.history(community, revision.entry_id) for revision in overlay.revisions]
    return [
        {each[0].entry_id: [r.entry.answer for r in reversed(each) if r.entry] for each in histories},
        {miss.text: miss.count for miss in await store.misses(community)},
        {each.text for each in await store.suggestions(community)},
        await store.marks(community),
        {each.entry_id: each.count for each in await store.usage(community, NOW)},
        {each.id: each.plan["of"] for each in await store.schedules(community)},
        await store.feedback(community),
        await store.settings(community),
        await store.setting(community, "a"),
        {place: await store.place_setting(community, place, "a") for place in IDS},
    ]


def own(remembered: Remembered, community: str) -> list[object]:
    """All that the store should tell about a community."""

    def signed(values: dict[str, Json]) -> tuple[Setting, ...]:
        return tuple(Setting(name, values[name], f"{community}!", NOW) for name in sorted(values))

    return [
        dict(remembered.answers),
        {f"{key} in {community}": count for key, count in remembered.misses.items()},
        remembered.suggestions,
        remembered.marks,
        dict(remembered.counts),
        dict.fromkeys(remembered.schedules, community),
        remembered.feedback,
        signed(remembered.settings),
        remembered.settings.get("a"),
        {place: remembered.places.get((place, "a")) for place in IDS},
    ]


@pytest.mark.slow
@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(taken=st.lists(steps, max_size=20))
async def test_no_community_ever_sees_what_is_anothers(store: Store, taken: list[tuple[Any, ...]]) -> None:
    world: dict[str, Remembered] = defaultdict(Remembered)
    for step in taken:
        await apply(store, world, step)
    for community in [*world, *COMMUNITIES[:2]]:
        assert await seen(store, community) == own(world[community], community)
    for community in list(world):
        await store.forget_community(community)
        assert await seen(store, community) == own(Remembered(), community)
