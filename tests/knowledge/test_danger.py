"""The safety check: learns from examples, stays inside its error budget on ones it has not seen."""

from collections.abc import Iterator

import pytest

from bot.context import Library
from knowledge.danger import CLEAR_SCORE, UNSURE_SCORE, Danger, DangerCheck, danger_vocabulary
from knowledge.files import load_pack, pack_folder, read_examples
from knowledge.search.background import load_background

HERE = pack_folder()
# What a check that has seen four fifths of the groups has to reach on the rest; the goals of docs/safety.md are for
# questions as people ask them, which are easier than these groups that it has never met.
LEAST_RECALL = 0.78
MOST_FALSE_ALARMS = 0.01


def groups(name: str, kept: bool) -> Iterator[str]:
    """Every fifth group of examples, or the others."""
    for place, texts in enumerate(read_examples(HERE / "danger_examples" / f"{name}.yaml").values()):
        if (place % 5 != 0) is kept:
            yield from texts


def test_people_in_danger_are_recognised_in_groups_of_messages_never_seen() -> None:
    ordinary = [p for entry in load_pack().entries for p in entry.phrasings]
    ordinary += load_background(HERE / "unanswerable").texts
    learnt = [text for place, text in enumerate(ordinary) if place % 5]
    unseen = ordinary[::5]
    check = DangerCheck(groups("in-danger", True), (*groups("lookalike", True), *learnt), danger_vocabulary())
    danger = list(groups("in-danger", False))
    caught = sum(check.judge(text) is Danger.CLEAR for text in danger) / len(danger)
    alarms = sum(check.judge(text) is Danger.CLEAR for text in unseen) / len(unseen)
    assert caught >= LEAST_RECALL
    assert alarms <= MOST_FALSE_ALARMS


def test_a_score_falls_into_one_of_three_judgements() -> None:
    check = DangerCheck(["he hits me"], ["what is ijm"], danger_vocabulary())
    for text in ("he hits me", "what is ijm", "he is", "", "zzz"):
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
