"""What people say to a bot is told from questions, in words that no example has."""

from pathlib import Path

import pytest

from bot.app.registry import default_registry
from bot.commands.context import Library
from knowledge.matching.practice import read_questions
from knowledge.pack.files import PackError, pack_folder
from knowledge.talk.groups import GroupKind, read_groups
from knowledge.talk.recognizer import WEIGHTS, Recognizer, faults_of, said_key
from tests.fuzzing import STEP

# None of these is an example in talk.yaml (a test below proves it).
UNSEEN = {
    "greeting": ("heya bot", "good morning everyone", "hello hello", "hiya folks"),
    "thanks": ("thanks a bunch!!", "thank you for this", "thx for the quick answer", "omg thank you"),
    "goodbye": ("ok bye now", "see you all tomorrow", "good night bot"),
    "identity": ("what's ur name", "who exactly are you", "tell me what you are"),
    "machine": ("r u a robot", "are you an actual human", "is this a chatbot or a person"),
    "maker": ("who programmed this bot", "who is the person that made you"),
    "mood": ("how are u today", "how you doing", "how's everything going"),
    "praise": ("you're really good at this", "good bot!!", "wow you're so smart"),
    "complaint": ("no that's wrong", "this answer is wrong", "that was not what i asked for"),
    "insult": ("ur so stupid", "you're a useless bot", "i really hate this bot"),
    "donate": ("how do I make a donation", "where do i donate money", "can my class donate to you"),
    "jobs": ("any job openings right now", "how do i get an internship there", "do you guys have paid internships"),
    "leadership": ("who's the current ceo", "who is the founder"),
    "contact": ("what's your phone number", "ijm email address please"),
    "quiz": ("can you quiz me", "start quiz please", "lets do some trivia"),
    "fact": ("give me some facts", "got any fun facts?", "tell me another fact"),
    "privacy": ("what do you store", "do you save what i write", "is what i type private?"),
    "awareness": ("which awareness days are coming up", "upcoming awareness dates"),
}


def test_examples_of_the_test_are_no_examples_of_the_file() -> None:
    known = {said_key(said) for group in read_groups(pack_folder()).values() for said in group.says}
    unseen = [text for texts in UNSEEN.values() for text in texts if said_key(text) not in known]
    assert len(unseen) >= 40


@pytest.mark.parametrize("name", UNSEEN)
def test_other_words_are_recognized(library: Library, name: str) -> None:
    for text in UNSEEN[name]:
        said = library.talk.recognize(text)
        assert said is not None, text
        assert said.group.name == name, text


def test_every_example_is_known_by_heart(library: Library) -> None:
    for group in library.talk.groups.values():
        for text in group.says:
            said = library.talk.recognize(text)
            assert said is not None, text
            assert (said.group, said.score) == (group, 1.0)


@pytest.mark.parametrize("name", ["students.jsonl", "others.jsonl"])
def test_questions_are_no_talk(library: Library, name: str) -> None:
    questions = [row for row in read_questions(pack_folder() / "practice_questions" / name) if row.accept]
    taken = [row.q for row in questions if library.talk.recognize(row.q) is not None]
    assert len(taken) <= len(questions) // 50, taken


@pytest.mark.fuzz
@pytest.mark.slow
def test_phrasings_are_no_talk(library: Library) -> None:
    """A phrasing goes before talk anyway; what is near one should not be taken for talk, either."""
    phrasings = [phrasing for entry in library.pack.entries for phrasing in entry.phrasings][::STEP]
    taken = [phrasing for phrasing in phrasings if library.talk.recognize(phrasing) is not None]
    assert len(taken) <= len(phrasings) // 100, taken


def test_a_long_message_is_more_than_small_talk(library: Library) -> None:
    assert library.talk.recognize("hello " * 30) is None


def test_without_weights_the_examples_are_known() -> None:
    known = Recognizer(read_groups(pack_folder()))
    assert known.recognize("Thanks!!") is not None
    assert known.recognize("thanks a bunch!!") is None


def test_weights_that_are_older_than_the_examples_are_named(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes((pack_folder() / WEIGHTS).read_bytes())
    (tmp_path / "talk.yaml").write_text("greeting: {kind: talk, reply: Hi!, says: [hi]}", encoding="utf-8")
    faults = faults_of(tmp_path)
    assert [fault.file for fault in faults] == [WEIGHTS]
    assert "make learn" in faults[0].message


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("a: {kind: talk, says: [hi]}", "a.reply"),
        ("a: {kind: chat, reply: Hi, says: [hi]}", "a.kind"),
        ("a: {kind: talk, reply: Hi, says: []}", "a.says"),
        ("a: {kind: command, reply: Hi, says: [hi]}", "a.reply"),
        ("a: {kind: talk, reply: Hi, command: quiz, says: [hi]}", "a.command"),
        ("a: {kind: talk, reply: Hi, says: [hi]}\nb: {kind: talk, reply: Ho, says: [Hi!]}", "also said in a"),
    ],
)
def test_a_fault_of_the_file_is_told(tmp_path: Path, written: str, fault: str) -> None:
    (tmp_path / "talk.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(PackError, match=fault.replace(".", r"\.")):
        read_groups(tmp_path)


def test_each_command_is_one_that_there_is(library: Library) -> None:
    registry = default_registry()
    for group in library.talk.groups.values():
        if group.kind is GroupKind.COMMAND:
            command = registry.command("ijm", group.command)
            assert command is not None, group.name
            assert {*(group.arguments or {})} <= {option.name for option in command.options}
