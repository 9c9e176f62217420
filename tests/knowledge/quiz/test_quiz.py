"""Rounds of written questions: fair, short, the same for the same seed, and whole."""

from dataclasses import replace

import pytest

from knowledge.pack.files import load_pack
from knowledge.pack.model import QuizQuestion
from knowledge.pack.quiz_text import BadQuiz, quiz_faults, quiz_text, read_quiz
from knowledge.quiz.rounds import ROUND, question, questions

PACK = load_pack()
LEAST_QUESTIONS = 40
OWN = QuizQuestion("In 2026, how many came?", "40", ("25", "90"), "In 2026, 40 members came.")


def test_there_are_questions_enough_of_several_kinds() -> None:
    written = [each for entry in PACK.entries for each in entry.quiz]
    assert len(written) >= LEAST_QUESTIONS
    assert len({each.question for each in written}) == len(written)
    figures = [each for each in written if any(sign.isdigit() for sign in each.right)]
    truths = [each for each in written if each.right in {"True", "False"}]
    reasons = [each for each in written if each.question.startswith("Why")]
    places = [each for each in written if {"Kenya", "Rwanda", "Bolivia", "Vietnam", "IJM Guatemala"} & {each.right}]
    assert min(map(len, (figures, truths, reasons, places))) >= 4
    assert {each.right for each in truths} == {"True", "False"}


def test_a_seed_gives_the_same_round_again_and_another_gives_another() -> None:
    assert questions(PACK, "a") == questions(PACK, "a")
    assert questions(PACK, "a") != questions(PACK, "b")


def test_a_round_asks_each_entry_once_before_any_twice() -> None:
    for seed in map(str, range(50)):
        asked = questions(PACK, seed)
        assert len({each.entry.id for each in asked}) == len(asked) == ROUND


def test_a_round_of_one_topic_asks_all_that_it_has() -> None:
    asked = questions(PACK, "a", "aftercare")
    assert {each.text for each in asked} == {each for entry in PACK.in_topic("aftercare") for each in entry.quiz}
    firsts = [each.entry.id for each in asked][: len({each.entry.id for each in asked})]
    assert len(set(firsts)) == len(firsts)


def test_the_right_answer_stands_anywhere_and_true_before_false() -> None:
    places = set()
    for seed in map(str, range(40)):
        for asked in questions(PACK, seed):
            assert asked.options[asked.right] == asked.text.right
            assert sorted(asked.options) == sorted((asked.text.right, *asked.text.wrong))
            if len(asked.options) == 2:
                assert asked.options == ("True", "False")
            else:
                places.add(asked.right)
    assert places == {0, 1, 2, 3}


def test_a_question_is_known_by_its_key_until_it_is_edited() -> None:
    asked = questions(PACK, "a")[0]
    assert question(PACK, "a", asked.key) == asked
    reworded = replace(asked.entry, quiz=tuple(replace(each, right="Else") for each in asked.entry.quiz))
    entries = tuple(reworded if entry is asked.entry else entry for entry in PACK.entries)
    assert question(replace(PACK, entries=entries), "a", asked.key) is None


def test_questions_are_written_and_read_as_text() -> None:
    written = [each for entry in PACK.entries for each in entry.quiz]
    assert read_quiz(quiz_text(written)) == tuple(written)
    assert read_quiz("") == ()
    typed = "\r\n In  2026, how many came? \r\n+40\r\n-25\r\n - 90\r\nIn 2026, 40 members came.\r\n\r\n\r\n"
    assert read_quiz(typed.replace("\r\n - 90", "\r\n- 90")) == (OWN,)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("How many?\n- 1\n- 2\nBecause.", "question 1: write one right answer"),
        ("How many?\n+ 1\n+ 2\n- 3\nBecause.", "question 1: write one right answer"),
        ("How many?\n+ 1\nBecause.", "question 1: write at least one wrong answer"),
        ("How many?\n+ 1\n- 2", "question 1: write the question on the first line"),
        ("+ 1\n- 2\nHow many?\nBecause.", "question 1: write the question on the first line"),
        ("How?\n+ 1\n- 2\nSo.\n\nHow many?\nBecause.", "question 2: write one right answer"),
    ],
)
def test_what_is_no_question_is_told_with_its_number(typed: str, fault: str) -> None:
    with pytest.raises(BadQuiz, match=fault.replace("+", r"\+")):
        read_quiz(typed)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (replace(OWN, wrong=("40 ", "25")), "two of the answers are the same"),
        (replace(OWN, wrong=()), "there have to be 1 to 3"),
        (replace(OWN, wrong=("1", "2", "3", "4")), "there have to be 1 to 3"),
        (replace(OWN, question="How many came?", why="There were 40."), "a figure without its year (2026)"),
        (replace(OWN, why=" "), "empty"),
    ],
)
def test_an_unfair_question_is_a_fault(asked: QuizQuestion, fault: str) -> None:
    entry = replace(PACK.entries[0], as_of=2026, quiz=(asked,))
    assert any(fault in message for _, message in quiz_faults(entry))
    assert list(quiz_faults(replace(entry, quiz=(OWN,)))) == []
    assert any("at most 10" in message for _, message in quiz_faults(replace(entry, quiz=(OWN,) * 11)))
