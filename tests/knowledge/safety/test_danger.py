"""The safety check: learns from examples, stays inside its error budget on ones it has not seen."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from bot.commands.context import Library
from knowledge.matching.language.reading import Reader
from knowledge.matching.practice import read_questions
from knowledge.matching.search.background import load_background
from knowledge.pack.files import load_pack, pack_folder, read_examples
from knowledge.plain.text import phrase_key, spoken
from knowledge.safety.danger import CLEAR_SCORE, LONG, UNSURE_SCORE, Danger, DangerCheck, danger_vocabulary
from knowledge.safety.danger_parts import NEAR, Parts

HERE = pack_folder()
QUESTIONS = Path(__file__).parent.parent.parent / "questions"
# What a check that has seen four fifths of the groups has to reach on the rest; the goals of docs/safety.md are for
# questions as people ask them, which are easier than these groups that it has never met.
LEAST_RECALL = 0.78
MOST_FALSE_ALARMS = 0.01
# Some pieces say what people in danger say: "dragged me here", "i beat her". Without learning pieces it is 7 %.
MOST_PIECES = 0.02
# The same for questions that nothing was learnt from; docs/safety.md says what it is now.
LEAST_RECALL_ON_QUESTIONS = 0.85
MOST_LOOKALIKES = 0.15
MOST_ORDINARY = 0.03


def groups(name: str, kept: bool) -> Iterator[str]:
    """Every fifth group of examples, or the others."""
    for place, texts in enumerate(read_examples(HERE / "danger_examples" / f"{name}.yaml").values()):
        if (place % 5 != 0) is kept:
            yield from texts


@cache
def held_out() -> tuple[DangerCheck, tuple[str, ...]]:
    """A check that knows four fifths of the groups and of the ordinary messages, and the ordinary ones that it does
    not know."""
    ordinary = [p for entry in load_pack().entries for p in entry.phrasings]
    ordinary += load_background(HERE / "unanswerable").texts
    learnt = [text for place, text in enumerate(ordinary) if place % 5]
    check = DangerCheck(groups("in-danger", True), (*groups("lookalike", True), *learnt), danger_vocabulary())
    return check, tuple(ordinary[::5])


def share(check: DangerCheck, texts: Sequence[str]) -> float:
    return sum(check.judge(text) is Danger.CLEAR for text in texts) / len(texts)


@pytest.mark.slow
def test_people_in_danger_are_recognised_in_groups_of_messages_never_seen() -> None:
    check, unseen = held_out()
    assert share(check, list(groups("in-danger", False))) >= LEAST_RECALL
    assert share(check, unseen) <= MOST_FALSE_ALARMS


@pytest.mark.slow
def test_a_few_words_of_an_ordinary_message_are_no_danger() -> None:
    check, unseen = held_out()
    texts = [text.split() for text in (*unseen, *groups("lookalike", False))]
    pieces = [
        " ".join(words[place % (len(words) - 2) :][: 2 + place % 2])
        for place, words in enumerate(texts)
        if len(words) > 3
    ]
    assert share(check, pieces) <= MOST_PIECES


def test_danger_in_one_clause_of_a_long_message_is_recognised() -> None:
    check, unseen = held_out()
    chat = [text for text in unseen if len(spoken(text)) > LONG and share(check, [text]) == 0]
    alone = [text for text in groups("in-danger", False) if share(check, [text]) == 1]
    # Most of those that are recognised alone; before thoughts were judged one by one, it was one in four.
    stories = [f"{one}. {text}. {two}" for text, (one, two) in zip(alone, pairwise(chat), strict=False)]
    assert share(check, stories) >= 0.6


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("danger-danger", LEAST_RECALL_ON_QUESTIONS, 1),
        ("danger-lookalike", 0, MOST_LOOKALIKES),
        ("danger-ordinary", 0, MOST_ORDINARY),
        ("stranger-danger", LEAST_RECALL_ON_QUESTIONS, 1),
        ("stranger-lookalike", 0, MOST_LOOKALIKES),
        ("stranger-ordinary", 0, MOST_ORDINARY),
        ("stranger-unanswerable", 0, MOST_ORDINARY),
    ],
)
def test_questions_that_nothing_was_learnt_from(library: Library, name: str, least: float, most: float) -> None:
    texts = [question.q for question in read_questions(QUESTIONS / f"{name}.jsonl")]
    assert least <= share(library.danger, texts) <= most


def test_no_practice_question_is_an_example_and_no_example_comes_twice() -> None:
    practice = {
        phrase_key(question.q)
        for folder in (QUESTIONS, HERE / "practice_questions")
        for path in folder.glob("*.jsonl")
        for question in read_questions(path)
    } - {""}
    keys = [
        phrase_key(text)
        for name in ("in-danger", "lookalike")
        for texts in read_examples(HERE / "danger_examples" / f"{name}.yaml").values()
        for text in texts
    ]
    assert not practice & set(keys)
    assert len(set(keys)) == len(keys)


def test_who_does_what_to_whom_is_read_from_the_order() -> None:
    reader = Reader(danger_vocabulary())
    parts = Parts({"he": ["he"], "hit": ["hit", "knock down"], "me": ["me"]}, reader)
    assert parts.of(("he", "hit", "me")) == ("he", "he+hit", "he+me", "he>hit", "hit", "hit+me", "hit>me", "me")
    assert parts.of(("knock", "down")) == ("hit",)
    assert parts.of(()) == ()


def test_parts_far_from_each_other_do_not_come_together() -> None:
    parts = Parts({"he": ["he"], "me": ["me"]}, Reader(danger_vocabulary()))
    assert "he+me" in parts.of(("he", *["x"] * (NEAR - 1), "me"))
    assert "he+me" not in parts.of(("he", *["x"] * NEAR, "me"))


def test_a_score_falls_into_one_of_three_judgements() -> None:
    check = DangerCheck(["he hits me"], ["what is ijm"], danger_vocabulary())
    for text in ("he hits me", "what is ijm", "he is", "", "zzz", "he hits me. " * 10, "he hits me " * 10, ". " * 30):
        score = check.score(text)
        judged = check.judge(text)
        assert (judged is Danger.CLEAR) == (score >= CLEAR_SCORE)
        assert (judged is Danger.NONE) == (score < UNSURE_SCORE)


def test_an_empty_message_is_no_danger() -> None:
    check = DangerCheck(["he hits me"], ["what is ijm"], danger_vocabulary())
    assert check.judge("") is Danger.NONE
    assert check.judge("😂 https://x.org") is Danger.NONE


@pytest.mark.parametrize("word", ["house", "hotel", "called", "wish", "cousin", "he"])
def test_one_word_alone_is_no_story(library: Library, word: str) -> None:
    assert library.danger.judge(word) is not Danger.CLEAR
