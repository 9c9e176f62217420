"""The safety check: what it recognizes among messages that nothing was learned from, and how it reads them."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bot.commands.context import Library
from knowledge.encoder import load_encoder
from knowledge.linear import load_arrays
from knowledge.matching.practice import read_questions
from knowledge.pack.files import pack_folder, read_examples
from knowledge.plain.text import phrase_key
from knowledge.safety.danger import LONG, WEIGHTS, WORDS_ALONE, Danger, DangerCheck, load_danger_check
from knowledge.safety.examples import IN_DANGER, LOOKALIKE, digest, unlearned

HERE = pack_folder()
QUESTIONS = Path(__file__).parents[2] / "questions"
CRY = "he locked me in and took my phone, please help"


class Watched:
    """The shipped encoder, with the texts that it was asked for."""

    def __init__(self) -> None:
        self._encoder = load_encoder()
        self.digest, self.dimensions = self._encoder.digest, self._encoder.dimensions
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return self._encoder.encode(texts)


Judge = Callable[[str], Danger]


@pytest.fixture(scope="module")
def judge(library: Library) -> Judge:
    """The shipped check, which judges a message once for all tests."""
    return cache(library.danger.judge)


def share(judge: Judge, texts: Sequence[str], *, line: bool = False) -> float:
    """The share of texts that get the card, or with `line` that or the extra line."""
    enough = {Danger.CLEAR, Danger.UNSURE} if line else {Danger.CLEAR}
    return sum(judge(text) in enough for text in texts) / len(texts)


def asked(name: str) -> list[str]:
    return [question.q for question in read_questions(QUESTIONS / f"{name}.jsonl")]


# Below the figures of docs/safety.md by what chance allows in sets of this size.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("danger-danger", 0.90, 1),
        ("danger-lookalike", 0, 0.12),
        ("danger-ordinary", 0, 0.025),
        ("stranger-danger", 0.90, 1),
        ("stranger-lookalike", 0, 0.08),
        ("stranger-ordinary", 0, 0.015),
        ("stranger-unanswerable", 0, 0.015),
        ("third-danger", 0.93, 1),
        ("third-lookalike", 0, 0.06),
        ("languages-danger", 0.9, 1),
        ("languages-ordinary", 0, 0.2),
        ("languages-second-danger", 0.9, 1),
        ("languages-second-ordinary", 0, 0.2),
    ],
)
def test_messages_that_nothing_was_learned_from(judge: Judge, name: str, least: float, most: float) -> None:
    assert least <= share(judge, asked(name)) <= most


@pytest.mark.slow
@pytest.mark.parametrize("name", ["danger-danger", "stranger-danger", "third-danger"])
def test_nearly_everybody_in_danger_gets_the_card_or_the_line(judge: Judge, name: str) -> None:
    assert share(judge, asked(name), line=True) >= 0.97


def test_no_practice_question_is_an_example_and_no_example_comes_twice() -> None:
    practice = {
        phrase_key(question.q)
        for folder in (QUESTIONS, HERE / "practice_questions")
        for path in folder.glob("*.jsonl")
        for question in read_questions(path)
    } - {""}
    keys = [
        phrase_key(text)
        for name in (IN_DANGER, LOOKALIKE)
        for texts in read_examples(HERE / name).values()
        for text in texts
    ]
    assert not practice & set(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "text",
    [
        "he won`t let me leave the house, i`m scared",
        "he won´t let me leave the house, i´m scared",
        f"`{CRY}`",
        f"```\n{CRY}\n```",
        f"> {CRY}",
        f"||{CRY}||",
        f"~~{CRY}~~ nvm",
        f"**{CRY}**",
        "he **lock**ed me in and took my phone, please help",
    ],
)
def test_danger_is_read_wherever_it_stands(library: Library, text: str) -> None:
    assert library.danger.judge(text) is Danger.CLEAR


@pytest.mark.slow
def test_danger_in_one_clause_of_a_long_message_is_recognized(judge: Judge) -> None:
    chat = "today was long, first the bus was late, then the lab went on and on and we had pizza afterwards"
    recognized = [text for text in asked("stranger-danger")[::2] if judge(text) is Danger.CLEAR]
    stories = [f"{chat}. {text}. {chat} and tomorrow is the same again" for text in recognized]
    assert all(len(story.split()) > LONG for story in stories)
    assert share(judge, stories) >= 0.7
    assert judge(f"{chat}. {chat}. {chat}") is Danger.NONE


@pytest.mark.slow
def test_what_nobody_addressed_to_the_bot_has_to_be_beyond_doubt(library: Library, judge: Judge) -> None:
    texts = asked("stranger-danger")
    overheard = [text for text in texts if library.danger.judge(text, overheard=True) is Danger.CLEAR]
    assert 0.4 <= len(overheard) / len(texts) <= share(judge, texts)
    assert all(judge(text) is Danger.CLEAR for text in overheard)


@pytest.mark.slow
def test_ordinary_talk_that_is_overheard_is_not_even_encoded() -> None:
    encoder = Watched()
    check = DangerCheck(load_arrays(WEIGHTS), encoder)
    ordinary = asked("stranger-ordinary")
    for text in ordinary:
        check.judge(text, overheard=True)
    assert len(encoder.asked) <= len(ordinary) / 20
    check.judge(CRY, overheard=True)
    assert CRY in encoder.asked


@pytest.mark.slow
def test_without_the_encoder_that_it_was_learned_with_the_words_decide_alone() -> None:
    other = Watched()
    other.digest = "another"
    for encoder in (None, other):
        check = load_danger_check(encoder)
        assert check.weigh(CRY).thresholds == WORDS_ALONE
        assert share(check.judge, asked("stranger-danger")) >= 0.8
        assert share(check.judge, asked("stranger-ordinary")) <= 0.02
    assert not other.asked


def test_the_judgement_is_the_score_beside_the_thresholds(library: Library) -> None:
    check = library.danger
    for text in (CRY, "what is ijm", "he is", "zzz", f"{CRY}. " * 10, ". " * 30):
        weighed, judged = check.weigh(text), check.judge(text)
        assert (judged is Danger.CLEAR) == (weighed.score >= weighed.thresholds.clear)
        assert (judged is Danger.NONE) == (weighed.score < weighed.thresholds.unsure)


@pytest.mark.parametrize("text", ["", "😂 https://x.org", "<@123456> !!", "```` ```"])
def test_a_message_without_words_is_no_danger(library: Library, text: str) -> None:
    assert library.danger.judge(text) is Danger.NONE
    assert library.danger.judge(text, overheard=True) is Danger.NONE


@pytest.mark.parametrize("word", ["house", "hotel", "called", "wish", "cousin", "my", "phone"])
def test_one_everyday_word_is_no_story(library: Library, word: str) -> None:
    assert library.danger.judge(word) is not Danger.CLEAR


@pytest.mark.parametrize("text", ["hotline", "what's the hotline number", "who can i call", "report trafficking"])
def test_who_asks_whom_to_call_gets_the_contacts(library: Library, text: str) -> None:
    assert library.danger.judge(text) is Danger.CLEAR


def test_the_weights_were_learned_from_the_examples_that_ship() -> None:
    assert not list(unlearned(HERE))
    np.testing.assert_array_equal(load_arrays(WEIGHTS)["examples"], digest(HERE))


def test_an_example_that_is_new_asks_for_the_command(tmp_path: Path) -> None:
    for name in (IN_DANGER, LOOKALIKE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((HERE / name).read_text("utf-8"), "utf-8")
    assert not list(unlearned(tmp_path))
    with (tmp_path / IN_DANGER).open("a", encoding="utf-8") as file:
        file.write("one-more:\n  - they will not let us go\n")
    (fault,) = unlearned(tmp_path)
    assert "make learn" in str(fault)
