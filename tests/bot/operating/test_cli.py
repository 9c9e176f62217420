"""The command line as a script sees it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import cli
from bot.commands.context import Library
from bot.operating import cli as cli_module
from knowledge.pack.files import pack_folder

ROOT = Path(__file__).parents[3]
QUESTIONS = pack_folder() / "practice_questions"
PRACTICE = ("students.jsonl", "others.jsonl", "unanswerable.jsonl")


@pytest.fixture(autouse=True)
def _built_once(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    monkeypatch.setattr(cli_module, "library", lambda **_: library)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_ask_prints_the_reply() -> None:
    result = run("ask", "what", "is", "ijm")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "What is IJM?\n\nInternational Justice Mission (IJM) is a global organization that protects"
    )


def test_ask_as_json_has_the_entries_with_scores_and_the_text() -> None:
    shown = json.loads(run("ask", "--json", "what happened in cebu?").stdout)
    assert list(shown) == ["q", "kind", "entries", "also", "text"]
    assert shown["kind"] == "answer"
    assert list(shown["entries"][0]) == ["id", "question", "score"]
    assert shown["entries"][0]["id"] == "evidence-cebu"
    assert 0 <= shown["entries"][0]["score"] <= 1
    assert "79%" in shown["text"]


def test_a_batch_gives_one_object_a_line_in_order(tmp_path: Path) -> None:
    asked = ["what is ijm", "", "my boss took my passport and won't let me leave", "line\nbreak", "é \u2028 ü"]
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(json.dumps({"q": q}, ensure_ascii=False) for q in asked) + "\n\n", encoding="utf-8")
    lines = [json.loads(line) for line in run("ask", "--batch", str(file)).stdout.rstrip("\n").split("\n")]
    assert [line["q"] for line in lines] == asked
    assert [line["kind"] for line in lines[:3]] == ["answer", "ignored", "safety"]
    assert lines[2]["entries"] == []


def test_each_line_of_a_batch_is_a_person_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"q": "he hits me and i am scared to go home"}\n' * 2, encoding="utf-8")
    assert [json.loads(line)["kind"] for line in run("ask", "--batch", str(file)).stdout.splitlines()] == ["safety"] * 2


@pytest.mark.parametrize("content", ['{"q": 1}', "nonsense", '["q"]', '{"q": "ok"}\n{"x": "no q"}'])
def test_a_bad_batch_says_which_line_and_why(tmp_path: Path, content: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(content, encoding="utf-8")
    result = run("ask", "--batch", str(file))
    assert result.exit_code == 1
    assert f"q.jsonl:{content.count(chr(10)) + 1}" in result.stderr
    assert "Traceback" not in result.stderr


def test_asking_nothing_shows_how_to_ask() -> None:
    result = run("ask")
    assert result.exit_code == 2
    assert 'ijm-bot ask "what is ijm"' in result.stderr


def test_overheard_small_talk_prints_nothing() -> None:
    result = run("ask", "--overheard", "anyone up for lunch?")
    assert (result.exit_code, result.stdout) == (0, "")


def test_eval_prints_a_table_and_json_with_every_measure(tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    rows = [line for name in PRACTICE for line in (QUESTIONS / name).read_text("utf-8").splitlines()]
    kinds = {json.loads(row).get("kind"): row for row in rows}
    few.write_text("\n".join({*kinds.values(), *rows[::20]}), "utf-8")
    measures = json.loads(run("eval", "--json", str(few)).stdout)
    assert set(measures) == {
        "right first", "right in the top three", "offered a choice", "unknown",
        *(f"{how} {what}" for how in ("answered", "closest") for what in ("right", "wrong")),
        *(
            f"{how} although unanswerable: {kind}"
            for how in ("answered", "closest", "choice")
            for kind in ("near", "far", "chat", "attack", "crisis-lookalike")
        ),
        "safety recall", "safety false alarms: ordinary messages", "safety false alarms: look-alikes",
    }  # fmt: skip
    table = run("eval", str(few)).stdout
    for name, share in measures.items():
        row = next(line for line in table.splitlines() if line.startswith(f"{name} "))
        assert f"{share['hits']} of {share['total']}" in row


@pytest.mark.slow
def test_the_practice_questions_are_answered_as_well_as_promised() -> None:
    found = json.loads(run("eval", "--json", *(str(QUESTIONS / name) for name in PRACTICE)).stdout)
    assert found["right first"]["total"] == 310
    measures = {name: share["percent"] for name, share in found.items()}
    assert measures["right first"] >= 93
    assert measures["right in the top three"] >= 97
    assert measures["answered wrong"] <= 3
    assert measures["answered although unanswerable: near"] <= 20
    assert measures["answered although unanswerable: far"] <= 2
    assert measures["safety recall"] >= 85
    assert measures["safety false alarms: ordinary messages"] <= 1


def test_questions_with_unusable_labels_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    for row in ({"q": "x"}, {"q": "x", "accept": "id"}, {"q": "x", "accept": ["a"], "kind": "near"}):
        file.write_text(json.dumps(row), encoding="utf-8")
        result = run("eval", str(file))
        assert result.exit_code == 1
        assert "q.jsonl:1" in result.stderr


@pytest.mark.slow
def test_lint_of_the_shipped_pack_finds_nothing() -> None:
    result = run("lint")
    assert (result.exit_code, result.stdout) == (0, "The knowledge base has no faults.\n")


OWN = """question,phrasings,answer
When does the chapter meet?,when is the next meeting,Mondays at 7 in the library.
Who leads the chapter?,who is in charge of the chapter,Kim does.
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "ours.csv"
    file.write_text(OWN, encoding="utf-8")
    return file


def kinds(file: Path, asked: list[str], *options: str) -> list[tuple[str, str]]:
    """What becomes of each question, and the entry that answers it."""
    batch = file.with_name("asked.jsonl")
    batch.write_text("\n".join(json.dumps({"q": q}) for q in asked), encoding="utf-8")
    lines = run("ask", "--batch", str(batch), "--entries", str(file), *options).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert all(list(each) == ["q", "kind", "entries", "also", "text"] for each in found)
    return [(each["kind"], each["entries"][0]["id"] if each["kind"] == "answer" else "") for each in found]


def test_own_entries_answer_beside_those_that_ship(own: Path) -> None:
    asked = ["when is the next chapter meeting", "what happened in cebu?"]
    assert kinds(own, asked) == [("answer", "when-does-the-chapter-meet"), ("answer", "evidence-cebu")]


def test_own_entries_alone_answer_nothing_that_ships_and_the_check_for_danger_stays(own: Path) -> None:
    asked = ["when is the next chapter meeting", "my boss took my passport, i can't leave", "what happened in cebu?"]
    first, danger, shipped = kinds(own, asked, "--only")
    assert (first, danger) == (("answer", "when-does-the-chapter-meet"), ("safety", ""))
    assert shipped[0] != "answer"
    assert "79%" not in run("ask", "what happened in cebu?", "--entries", str(own), "--only").stdout


def test_an_own_entry_stands_in_the_place_of_the_one_with_its_question(own: Path) -> None:
    own.write_text("question,answer\nWhat is IJM?,Ask us on Mondays.\n", encoding="utf-8")
    assert "Ask us on Mondays." in run("ask", "what is ijm", "--entries", str(own)).stdout


def test_own_entries_are_measured_as_the_shipped_ones_are(own: Path) -> None:
    questions = own.with_name("labelled.jsonl")
    asked = {"q": "when is the next chapter meeting", "accept": ["when-does-the-chapter-meet"]}
    questions.write_text(json.dumps(asked), encoding="utf-8")
    measured = json.loads(run("eval", str(questions), "--entries", str(own), "--only", "--json").stdout)
    assert measured["answered right"] == {"percent": 100.0, "hits": 1, "total": 1}


def test_a_row_that_cannot_be_taken_is_named_with_what_to_change(own: Path) -> None:
    own.write_text(f"{OWN}Whom do I call?,,Call 555-123-4567.\n", encoding="utf-8")
    result = run("ask", "whom do i call", "--entries", str(own))
    assert result.exit_code == 1
    assert "row 4: " in result.stderr
    assert "5551234567" in result.stderr


def test_a_file_of_another_kind_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "ours.docx"
    file.write_bytes(b"PK")
    result = run("ask", "x", "--entries", str(file))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr


def test_only_needs_entries() -> None:
    result = run("ask", "x", "--only")
    assert result.exit_code == 2
    assert "--only needs --entries" in result.stderr


@pytest.mark.slow
def test_it_works_without_assertions_and_docstrings(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "DATABASE_URL": "sqlite://"}
    for arguments, said in ((("ask", "what is ijm"), "International Justice Mission"), (("commands",), "/ijm fact")):
        command = [sys.executable, "-OO", "-m", "bot", *arguments]
        shown = subprocess.run(command, capture_output=True, cwd=ROOT, env=os.environ | home, check=False)
        assert shown.returncode == 0, shown.stderr.decode()
        assert said in shown.stdout.decode()
        if arguments == ("commands",):
            # Each command is told as it is with docstrings.
            assert shown.stdout.decode() == run("commands").stdout
