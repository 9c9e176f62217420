"""The search on small knowledge bases: which rule decides, how scores run, and what typing errors do."""

from dataclasses import replace

import pytest

from bot.commands.context import Services
from knowledge.matching.search import SUGGESTIONS_LIMIT, Found, Reason, Search, Suggestions, Unknown
from knowledge.matching.search.background import NOTHING
from knowledge.pack.files import load_pack
from knowledge.pack.model import Entry

PACK = load_pack()


def entry(entry_id: str) -> Entry:
    found = PACK.entry(entry_id)
    assert found is not None
    return found


def test_an_own_wording_is_found_with_full_score(services: Services) -> None:
    verdict = services.search.ask("WHAT IS IJM???")
    assert isinstance(verdict, Found)
    assert (verdict.entry.id, verdict.matches[0].score, verdict.reason) == ("what-is-ijm", 1.0, Reason.SAME_WORDING)


def test_an_entry_is_found_by_its_id(services: Services) -> None:
    verdict = services.search.ask("aftercare-duration")
    assert isinstance(verdict, Found)
    assert verdict.entry.id == "aftercare-duration"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("<@123> https://x.org 😂", Reason.EMPTY),
        ("qwzx vvkj", Reason.NO_KNOWN_WORDS),
        ("おはようございます", Reason.NO_KNOWN_WORDS),
        ("who won the basketball game last night", Reason.OUT_OF_SCOPE),
    ],
)
def test_what_is_unknown_says_why(services: Services, text: str, reason: Reason) -> None:
    verdict = services.search.ask(text)
    assert isinstance(verdict, Unknown)
    assert verdict.reason is reason


def test_a_choice_has_at_most_three_with_falling_scores(services: Services) -> None:
    seen = set()
    for text in (
        "police",
        "how is it going with the courts",
        "results please",
        "who pays",
        "children",
        "help for girls",
    ):
        verdict = services.search.ask(text)
        seen.add(type(verdict))
        scores = [match.score for match in verdict.matches]
        assert len(scores) <= SUGGESTIONS_LIMIT
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
    assert Suggestions in seen


def test_a_match_names_the_phrasing_that_is_most_alike(services: Services) -> None:
    verdict = services.search.ask("how many convictions in 2012 were there")
    assert verdict.matches[0].phrasing in verdict.matches[0].entry.phrasings


def test_a_search_needs_an_entry() -> None:
    with pytest.raises(ValueError, match="no entry"):
        Search(())


def test_one_entry_alone_can_be_searched() -> None:
    search = Search([entry("what-is-ijm")], background=NOTHING)
    verdict = search.ask("what is ijm")
    assert isinstance(verdict, Found)
    assert len(verdict.matches) == 1


@pytest.mark.slow
def test_a_new_entry_with_three_phrasings_is_found_among_the_shipped_ones() -> None:
    new = replace(
        entry("what-is-ijm"),
        id="bake-sale",
        question="When is the bake sale?",
        alternatives=("bake sale date", "what day do we sell cookies for the fundraiser"),
    )
    search = Search((*PACK.entries, new))
    verdict = search.ask("whats the date of the bake sale")
    assert verdict.matches[0].entry is new


@pytest.mark.slow
def test_two_searches_built_alike_answer_alike(services: Services) -> None:
    again = Search(PACK.entries)
    for text in ("who trains cops", "proof it works", "are they in peru", "what about widows", "zzz"):
        assert again.ask(text) == services.search.ask(text)


def test_completion_prefers_questions_that_contain_what_is_typed(services: Services) -> None:
    found = services.search.complete("guatemala", 3)
    assert found[0].id == "evidence-guatemala"
    assert len(found) == 3
    assert len(services.search.complete("", 25)) == 25
    assert len(services.search.complete("zzzz", 5)) == 5
