"""What a change of the entries would do to all other questions; and questions that ask the same."""

from dataclasses import replace

import pytest

from bot.commands.context import Library
from knowledge.matching.collisions import collisions
from knowledge.matching.grouping import groups
from knowledge.matching.practice import CRISIS, Labelled, practice
from knowledge.pack.model import Entry, Source
from knowledge.pack.overlay import with_entry

GREEDY = Entry(
    "own-rescues", "How many people were rescued?", ("rescued how many people", "how many got rescued in 2012"),
    "Many.", "results", (), Source("Leaflet", ""), 2026,
)  # fmt: skip
HARMLESS = Entry(
    "own-parking", "What does parking at the gala cost?", ("gala parking fee",), "Five.", "about", (),
    Source("Leaflet", ""), 2026,
)  # fmt: skip


def test_an_entry_about_something_else_takes_nothing_from_others(library: Library) -> None:
    after = library.search.adapted(with_entry(library.pack, HARMLESS.id, HARMLESS).entries)
    found = collisions(library.search, after, practice())
    assert all((each.accept, each.after) == (frozenset(), HARMLESS.id) for each in found)


def test_questions_that_would_go_elsewhere_are_found(library: Library) -> None:
    after = library.search.adapted(with_entry(library.pack, GREEDY.id, GREEDY).entries)
    found = collisions(library.search, after, (*practice(), Labelled("number of people rescued", ("results-2012",))))
    assert GREEDY.id in {each.after for each in found}
    for each in found:
        assert each.after not in each.accept
        assert each.before != each.after


def test_a_question_that_nothing_should_answer_and_now_would_is_found(library: Library) -> None:
    after = library.search.adapted(with_entry(library.pack, HARMLESS.id, HARMLESS).entries)
    asked = Labelled("what does parking at the gala cost", (), "near")
    (found,) = collisions(library.search, after, [asked])
    assert (found.accept, found.before, found.after) == (frozenset(), None, HARMLESS.id)


@pytest.mark.slow
def test_the_questions_of_an_entry_that_is_removed_are_no_collision(library: Library) -> None:
    gone = "evidence-cebu"
    after = library.search.adapted(with_entry(library.pack, gone, None).entries)
    assert all(gone not in each.accept for each in collisions(library.search, after, practice()))


@pytest.mark.slow
def test_a_wording_that_is_taken_from_an_entry_is_found(library: Library) -> None:
    entry = library.pack.entry("aftercare-duration")
    assert entry is not None
    bare = replace(entry, alternatives=())
    after = library.search.adapted(with_entry(library.pack, entry.id, bare).entries)
    same = library.search.adapted(library.pack.entries)
    assert collisions(library.search, same, practice()) == ()
    assert all(each.accept for each in collisions(library.search, after, practice()))


def test_practice_questions_about_safety_are_not_among_those_that_are_tried() -> None:
    assert practice()
    assert all(each.kind != CRISIS for each in practice())


@pytest.mark.parametrize(
    ("texts", "together"),
    [
        (["gala parking fee", "what's the parking fee at the gala", "do you have jobs"], ((0, 1), (2,))),
        (["are there internships", "internship?", "do you have internships"], ((0, 1, 2),)),
        ([], ()),
    ],
)
def test_questions_that_ask_the_same_in_other_words_are_together(
    library: Library, texts: list[str], together: tuple[tuple[int, ...], ...]
) -> None:
    assert groups(texts, library.search.encoder) == together


def test_without_an_encoder_the_same_words_are_together() -> None:
    assert groups(["Are there jobs?", "are there jobs", "jobs"], None) == ((0, 1), (2,))
