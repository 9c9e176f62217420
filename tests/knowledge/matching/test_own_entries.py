"""A community's own entries beside the shipped ones: found by their few phrasings, and never in the way."""

from dataclasses import replace

import numpy as np
import pytest

from bot.commands.context import Library, Services
from knowledge.matching import Found, Search, Unknown
from knowledge.matching.practice import practice
from knowledge.pack.files import load_pack, read_yaml
from knowledge.pack.model import Entry
from tests.benchmarks.quality.own_entries import CHAPTERS, chapter_entries

PACK = load_pack()


@pytest.fixture(scope="module")
def chapter(library: Library) -> Search:
    base = library.search
    return base.adapted((*base.entries, *chapter_entries(PACK, read_yaml(CHAPTERS["first"]))))


def bake_sale(**more: object) -> Entry:
    text = replace(
        PACK.entries[0],
        id="bake-sale",
        question="When is the bake sale?",
        alternatives=("bake sale date",),
        answer="It is on the first Friday of May, in front of the library. Bring cookies.",
        facts=(),
        related=(),
    )
    return replace(text, **more)  # type: ignore[arg-type] # fields of an entry


@pytest.mark.slow
def test_what_members_ask_about_a_chapters_entries_shows_them_among_the_three(chapter: Search) -> None:
    asked = [(text, key) for key, each in read_yaml(CHAPTERS["first"]).items() for text in each["asked"]]
    shown = [key in [match.entry.id for match in chapter.ask(text).matches] for text, key in asked]
    assert sum(shown) >= 0.9 * len(asked)


@pytest.mark.slow
def test_new_entries_leave_the_others_where_they_are(library: Library, chapter: Search) -> None:
    asked = [each for each in practice() if each.accept]
    before = [library.search.ask(each.q).matches[0].entry.id in each.accept for each in asked]
    after = [chapter.ask(each.q).matches[0].entry.id in each.accept for each in asked]
    assert sum(after) >= sum(before) - 0.005 * len(asked)


def test_the_answer_of_an_entry_is_read(services: Services) -> None:
    base = services.search
    search = base.adapted((*base.entries, bake_sale()))
    assert search.ask("should I bring cookies to the library").matches[0].entry.id == "bake-sale"


def test_a_phrasing_that_a_community_adds_to_a_shipped_entry_finds_it(services: Services) -> None:
    base = services.search
    entry = PACK.entries[5]
    more = replace(entry, alternatives=(*entry.alternatives, "what about the purple binder"))
    search = base.adapted([more if each is entry else each for each in PACK.entries])
    assert search.ask("what about that purple binder?").matches[0].entry is more
    assert search.ask(entry.question) == replace(base.ask(entry.question), matches=search.ask(entry.question).matches)


def test_a_wording_that_was_taken_from_a_shipped_entry_is_no_wording_of_it_any_more(services: Services) -> None:
    entry = PACK.entries[0]
    gone = entry.alternatives[0]
    less = replace(entry, alternatives=entry.alternatives[1:])
    search = services.search.adapted([less if each is entry else each for each in PACK.entries])
    assert services.search.worded(gone) == entry
    assert search.worded(gone) is None
    assert search.worded(entry.question) is less


def test_what_nothing_answers_is_not_answered_nor_what_is_nearly_worded_so(services: Services) -> None:
    base = services.search
    asked = "how long does aftercare last for my dog"
    silenced = base.adapted(PACK.entries, (asked,))
    assert isinstance(silenced.ask(asked), Unknown)
    assert not isinstance(silenced.ask("how long does the aftercare last for a dog"), Found)
    assert isinstance(silenced.ask("how long do aftercare programs last"), Found)


def test_texts_without_a_vector_count_by_their_words_until_they_have_one(services: Services) -> None:
    base, entries = services.search, (*PACK.entries, bake_sale())
    texts = base.texts(entries)
    assert "when is the bake sale?" in texts
    assert base.texts(PACK.entries) == ()
    assert base.encoder is not None
    later = base.adapted(entries, (), dict(zip(texts, base.encoder.encode(texts), strict=True)))
    now = base.adapted(entries, (), {})
    assert now.ask("the bake sale is when").matches[0].entry.id == "bake-sale"
    assert later.ask("what day do we sell cakes").matches[0].entry.id == "bake-sale"
    assert later.bytes > 0


def test_a_search_that_is_adapted_again_encodes_only_what_is_new(services: Services) -> None:
    base = services.search
    search = base.adapted((*PACK.entries, bake_sale()))
    again = search.adapted((*PACK.entries, bake_sale(alternatives=("bake sale date", "when do we sell cakes"))))
    whole = base.adapted((*PACK.entries, bake_sale(alternatives=("bake sale date", "when do we sell cakes"))))
    for text in ("cake selling day", "what is ijm", "cookies"):
        one, other = (each.ask(text).matches for each in (again, whole))
        assert [match.entry.id for match in one] == [match.entry.id for match in other]
        assert np.allclose([match.score for match in one], [match.score for match in other], atol=0.02)
