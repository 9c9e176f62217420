"""What people agreed to, on both databases: askers, changes that wait, loans, and what was offered."""

from datetime import timedelta

from knowledge.pack.overlay import NOBODY, Change, Draft
from knowledge.store.agreements import ASKER_LIFE, LOAN_LIFE, PROPOSAL_LIFE
from knowledge.store.protocol import Store
from tests.knowledge.store.databases import NOW

HOME, ELSEWHERE, PERSON = "discord:guild/1", "discord:guild/2", "discord:user/1"
LATER = NOW + timedelta(seconds=1)


async def test_an_asker_is_kept_once_per_question_and_goes_with_it(store: Store) -> None:
    asked = await store.add_miss(HOME, "key", "best pizza?", now=NOW)
    await store.add_asker(HOME, asked, PERSON, name="", notify=True, now=NOW)
    await store.add_asker(HOME, asked, PERSON, name="Kim", notify=True, now=NOW)
    (asker,) = await store.askers(HOME, [asked, "other"])
    assert (asker.person, asker.name, asker.notify) == (PERSON, "Kim", True)
    assert await store.askers(ELSEWHERE, [asked]) == ()
    await store.remove_misses(HOME, [asked])
    assert await store.askers(HOME, [asked]) == ()
    assert await store.askers(HOME, []) == ()


async def test_an_asker_is_forgotten_in_time_and_on_demand(store: Store) -> None:
    await store.add_asker(HOME, "q", PERSON, name="", notify=True, now=NOW)
    await store.expire(NOW + ASKER_LIFE)
    assert await store.askers(HOME, ["q"])
    await store.expire(LATER + ASKER_LIFE)
    assert await store.askers(HOME, ["q"]) == ()
    await store.add_asker(HOME, "q", PERSON, name="Kim", notify=False, now=NOW)
    assert await store.forget_person(HOME, PERSON) == 1
    assert await store.askers(HOME, ["q"]) == ()


async def test_a_change_waits_until_one_takes_it_out(store: Store) -> None:
    draft = Draft("club", Change.REMOVED, None, 2, "base", "note")
    made = await store.propose(HOME, draft, by=PERSON, now=NOW, misses=["a", "b"])
    (proposal,) = await store.proposals(HOME)
    assert (proposal.id, proposal.draft, proposal.by, proposal.misses) == (made, draft, PERSON, ("a", "b"))
    assert await store.proposals(ELSEWHERE) == ()
    assert not await store.drop_proposal(ELSEWHERE, made)
    await store.forget_person(HOME, PERSON)
    assert (await store.proposals(HOME))[0].by == NOBODY
    assert await store.drop_proposal(HOME, made)
    assert not await store.drop_proposal(HOME, made)
    await store.propose(HOME, draft, by=PERSON, now=NOW)
    await store.expire(LATER + PROPOSAL_LIFE)
    assert await store.proposals(HOME) == ()


async def test_a_loan_is_found_by_its_code_until_it_ends(store: Store) -> None:
    for code in ("one", "two"):
        await store.lend(HOME, code, f"entry-{code}", by=PERSON, now=NOW)
    found = await store.loan("two", NOW)
    assert found is not None
    assert (found.community, found.entry_id) == (HOME, "entry-two")
    assert await store.loans(ELSEWHERE, NOW) == ()
    await store.end_loan(ELSEWHERE, "two")
    assert await store.loan("two", NOW) is not None
    await store.end_loan(HOME, "two")
    assert await store.loan("two", NOW) is None
    assert [loan.code for loan in await store.loans(HOME, NOW)] == ["one"]
    assert await store.loan("one", NOW + LOAN_LIFE) is None
    await store.forget_community(HOME)
    assert await store.loan("one", NOW) is None


async def test_what_was_offered_is_counted_down_when_it_is_picked_and_unanswered_when_it_is_declined(
    store: Store,
) -> None:
    made = ""
    for _ in range(2):
        made = await store.add_miss(HOME, "key", "which results", now=NOW, offered=True)
    await store.picked(HOME, made)
    (miss,) = await store.misses(HOME)
    assert (miss.count, miss.offered) == (1, True)
    await store.picked(ELSEWHERE, made)
    await store.declined(HOME, made)
    (miss,) = await store.misses(HOME)
    assert not miss.offered
    await store.picked(HOME, made)
    assert await store.misses(HOME), "what is unanswered is not picked away"
    await store.add_miss(HOME, "key", "which results", now=NOW, offered=True)
    await store.picked(HOME, made)
    await store.picked(HOME, made)
    assert await store.misses(HOME) == ()


async def test_what_others_type_lately_is_seen_and_large_files_are_not(store: Store) -> None:
    await store.keep_typed(HOME, {"entry": "a"}, by=PERSON, now=NOW)
    await store.keep_typed(HOME, {"import": "x", "content": "0" * 60_000}, by="other", now=NOW)
    assert [each.values for each in await store.typed_since(HOME, NOW - timedelta(minutes=1))] == [{"entry": "a"}]
    assert await store.typed_since(HOME, NOW) == ()
    assert [each.by for each in await store.typed_by(HOME, PERSON)] == [PERSON]
    assert await store.typed_by(ELSEWHERE, PERSON) == ()
