"""A community's own entries beside the shipped ones: found by their few phrasings, and never in the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.context import Services
from knowledge.matching.practice import practice
from knowledge.matching.search import Search, Suggestions
from knowledge.matching.search.confidence import lifted
from knowledge.matching.search.engine import ANSWER_SCORE
from knowledge.pack.files import load_pack, read_yaml
from tests.benchmarks.quality.own_entries import CHAPTERS, chapter_entries, held_to

PACK = load_pack()
scores = st.floats(1e-9, 1 - 1e-9)
shares = st.floats(0, 1)


def right_first(search: Search, ids: set[str]) -> float:
    """The share of the practice questions about these entries that find theirs first."""
    asked = [each for each in practice() if each.accept and ids.issuperset(each.accept)]
    return sum(search.ask(each.q).matches[0].entry.id in each.accept for each in asked) / len(asked)


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 20, 60])
def test_new_entries_leave_the_others_where_they_are_however_many_phrasings_they_have(count: int) -> None:
    new = PACK.entries[3::8]
    base = Search([entry for entry in PACK.entries if entry not in new])
    ids = {entry.id for entry in base.entries}
    search = base.adapted((*base.entries, *(held_to(entry, count) for entry in new)))
    assert right_first(search, ids) >= right_first(base, ids) - 0.03
    assert right_first(search, {entry.id for entry in new}) >= 0.6


def test_what_members_ask_about_a_chapters_entries_shows_them_among_the_three(services: Services) -> None:
    entries = read_yaml(CHAPTERS["first"])
    base = services.search
    search = base.adapted((*base.entries, *chapter_entries(PACK, entries)))
    asked = [(text, key) for key, each in entries.items() for text in each["asked"]]
    shown = [key in [match.entry.id for match in search.ask(text).matches] for text, key in asked]
    assert sum(shown) >= 0.9 * len(asked)


def test_a_new_entry_that_is_likely_is_offered_first_and_not_given_as_the_answer(services: Services) -> None:
    base = services.search
    chapter = read_yaml(CHAPTERS["first"])
    (meeting,) = chapter_entries(PACK, {"meetings": chapter["meetings"]})
    verdict = base.adapted((*base.entries, meeting)).ask("where's chapter")
    assert isinstance(verdict, Suggestions)
    assert verdict.matches[0].entry is meeting


@given(score=scores, scarce=shares)
def test_few_phrasings_lift_a_score_and_never_up_to_the_answer(score: float, scarce: float) -> None:
    found = lifted(score, ANSWER_SCORE, scarce)
    assert found == pytest.approx(score) or found > score
    assert (found < ANSWER_SCORE) == (score < ANSWER_SCORE) or found == pytest.approx(ANSWER_SCORE)


@given(one=scores, other=scores, scarce=shares)
def test_what_is_lifted_keeps_its_order(one: float, other: float, scarce: float) -> None:
    less, more = sorted((one, other))
    assert lifted(less, ANSWER_SCORE, scarce) <= lifted(more, ANSWER_SCORE, scarce) + 1e-12


@given(score=scores)
def test_what_ships_is_not_lifted(score: float) -> None:
    assert lifted(score, ANSWER_SCORE, 0) == pytest.approx(score)
