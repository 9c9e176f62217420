"""Questions from facts: never wrong, never tasteless, and the same for the same seed."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from knowledge.pack.files import load_pack
from knowledge.pack.model import Entry, Fact, Pack, Source
from knowledge.quiz.figures import amounts
from knowledge.quiz.questions import BLANK, Question, Quiz, quiz_of

PACK = load_pack()
SEEDS = [f"seed {number}" for number in range(40)]


def with_facts(*texts: str, year: int = 2024, source: str = "Annual report") -> Pack:
    """The shipped pack with an entry more, whose facts these are."""
    facts = tuple(Fact(text, year, Source(source, "")) for text in texts)
    entry = replace(PACK.entries[0], id="own", facts=facts, topic="about", related=(), alternatives=())
    return replace(PACK, entries=(*PACK.entries, entry))


def own(pack: Pack, seed: str = "s") -> list[Question]:
    return [question for question in quiz_of(pack).questions(seed) if question.entry.id == "own"]


def all_questions() -> Iterator[Question]:
    quiz = quiz_of(PACK)
    for seed in SEEDS:
        yield from quiz.questions(seed)


def test_a_question_is_the_facts_own_sentence_with_one_blank() -> None:
    for question in all_questions():
        before, behind = question.stem.split(BLANK)
        text = question.fact.text
        assert text.startswith(before)
        assert text.endswith(behind)
        gone = text[len(before) : len(text) - len(behind)]
        assert gone.startswith(question.answer) if question.is_place else gone == question.answer
        assert not re.search(rf"\b{re.escape(question.answer)}(?!\w)", question.stem)
        assert str(question.fact.year) in question.stem


def test_there_are_four_different_options_one_of_them_right() -> None:
    for question in all_questions():
        assert len(set(question.options)) == 4
        assert question.options[question.right] == question.answer


def test_no_wrong_figure_is_one_that_the_pack_states_of_anything() -> None:
    stated = frozenset().union(*(amounts(text) for entry in PACK.entries for text in said(entry)))
    for question in all_questions():
        if not question.is_place:
            wrong = [option for option in question.options if option != question.answer]
            assert not stated & frozenset().union(*(amounts(option) for option in wrong)), question


def said(entry: Entry) -> list[str]:
    return [entry.answer, *(fact.text for fact in entry.facts)]


def test_wrong_places_are_named_in_the_pack_and_lie_neither_in_nor_around_the_right_one() -> None:
    everything = "\n".join(text for entry in PACK.entries for text in said(entry))
    near = {"Cebu": {"the Philippines", "Southeast Asia"}, "Guatemala City": {"Guatemala", "Latin America"}}
    seen = set()
    for question in all_questions():
        if question.is_place:
            seen.add(question.answer)
            for option in question.options:
                assert option.removeprefix("the ") in everything
                assert option not in near[question.answer]
                assert option not in {"Africa", "South Asia"}
    assert seen == {"Cebu", "Guatemala City"}


def test_the_same_seed_gives_the_same_questions_and_another_one_others() -> None:
    one, again, other = (Quiz(PACK).questions(seed) for seed in ("a", "a", "b"))
    assert one == again
    assert [each.stem for each in one] != [each.stem for each in other]


def test_a_question_is_found_again_by_its_fact() -> None:
    for question in Quiz(PACK).questions("a"):
        assert Quiz(PACK).question("a", question.key) == question
    assert Quiz(PACK).question("a", "no such") is None


def test_no_question_repeats_what_an_earlier_one_has_told() -> None:
    for seed in SEEDS:
        questions = quiz_of(PACK).questions(seed)
        assert len(questions) >= 8
        figures = [question.answer for question in questions if not question.is_place]
        assert len(set(figures)) == len(figures)


def test_each_topic_with_a_usable_fact_has_its_own_questions() -> None:
    quiz = quiz_of(PACK)
    for topic in PACK.topics:
        assert all(question.entry.topic == topic.id for question in quiz.questions("a", topic.id))
    assert quiz.questions("a", "aftercare")
    assert quiz.questions("a", "outcomes") == ()


@pytest.mark.parametrize(
    "text",
    [
        "In 2024, 340 children were trafficked in one state.",
        "Traffickers made more than $32 billion in 2024.",
        "In 2024, 40 people were killed before police could rescue them.",
        "In 2024, 25 survivors died in aftercare.",
        "Land rights are violated with particular ferocity in Uganda, in 30% of cases, in 2024.",
        "In 2024, 55 people could call 555-123-4567 for help.",
    ],
)
def test_nobody_guesses_at_how_many_were_hurt(text: str) -> None:
    assert own(with_facts(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "In 2024, the chapter's walk raised $4,300.",
        "In 2024, 340 survivors of violence got legal help.",
        "In 2024, police freed 61 people from slavery.",
        "In 2024, the chapter held 14 meetings.",
    ],
)
def test_a_communitys_own_facts_are_asked_about(text: str) -> None:
    (question,) = own(with_facts(text))
    assert question.fact.text == text


def test_a_fact_without_figure_or_place_is_left_out() -> None:
    assert own(with_facts("In 2024, the chapter met often.", "IJM works in Kenya, as of 2024.")) == []


def test_a_list_of_places_is_no_question() -> None:
    assert own(with_facts("In 2024, over (40) groups met in Kenya, Uganda and Ghana.")) == []


@pytest.mark.slow
def test_a_place_that_its_source_tells_is_not_asked() -> None:
    text = "In 2024, 14 groups met in Nairobi."
    asked = {own(with_facts(text), seed)[0].answer for seed in SEEDS}
    assert asked == {"14", "Nairobi"}
    told = {own(with_facts(text, source="Kenya report"), seed)[0].answer for seed in SEEDS}
    assert told == {"14"}


def test_a_figure_that_a_community_states_of_the_same_thing_is_no_wrong_answer() -> None:
    texts = [f"In {year}, the chapter's walk raised ${amount}." for year, amount in ((2023, "3,000"), (2024, "4,000"))]
    pack = with_facts(*texts)
    offered = {option for seed in SEEDS for question in own(pack, seed) for option in question.options}
    wrong = {
        option
        for seed in SEEDS
        for question in own(pack, seed)
        for option in question.options
        if option != question.answer
    }
    assert {"$3,000", "$4,000"} <= offered
    assert not {"$3,000", "$4,000"} & wrong


def test_a_question_that_has_changed_has_another_stamp() -> None:
    before = own(with_facts("In 2024, the walk raised $4,300."))[0]
    after = own(with_facts("In 2024, the walk raised $4,400."))[0]
    assert (before.key, before.stamp) != (after.key, after.stamp)
