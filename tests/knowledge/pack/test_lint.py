"""The linter: every fault at once, each with its file and field."""

from pathlib import Path

import pytest

from knowledge.pack.files import PackError, load_pack, pack_folder
from knowledge.pack.lint import lint

GOOD = """---
id: {id}
question: {question}
topic: about
source:
  document: The Sheet
  section: One
as_of: 2012
facts:
  - text: In 2012 there were 5.
    year: 2012
links:
  - title: Site
    url: https://example.org/a
related: []
alternatives:
  - {id} in other words
---
In 2012 there were 5. See [the site](https://example.org/a).
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A small pack without a fault."""
    (tmp_path / "entries").mkdir()
    (tmp_path / "topics.yaml").write_text("- {id: about, title: About, description: All}", encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(
        "- {title: The Sheet, author: Somebody, kind: Sheet, dated: undated}", encoding="utf-8"
    )
    (tmp_path / "safety.md").write_text(
        "---\ncontacts:\n  - {name: Line, phones: ['1-888-373-7888'], source: site, checked_on: null}\nshort: Call 1-888-373-7888.\n---\n"
        "Call 1-888-373-7888.\n",
        encoding="utf-8",
    )
    for name in ("first", "second"):
        text = GOOD.format(id=name, question=f"What is the {name}?")
        (tmp_path / "entries" / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


def change(pack: Path, before: str, after: str, file: str = "entries/first.md") -> None:
    path = pack / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def faults(pack: Path) -> list[str]:
    return [str(fault) for fault in lint(pack)]


def test_a_pack_without_a_fault_has_none(pack: Path) -> None:
    assert faults(pack) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("id: first", "id: second", "second.md: id: `second` is already the id of first.md"),
        ("id: first", "id: First One", "first.md: id: `First One` has to be lower-case words"),
        ("topic: about", "topic: nowhere", "first.md: topic: `nowhere` is not in topics.yaml"),
        ("topic: about\n", "", "first.md: topic: this field is missing"),
        ("as_of: 2012\n", "", "first.md: as_of: this field is missing"),
        ("as_of: 2012", "as_of: 20122", "first.md: as_of: 20122 is not a year"),
        ("as_of: 2012", "as_of: soon", "first.md: as_of: input should be a valid integer"),
        ("    year: 2012\n", "", "first.md: facts.0.year: this field is missing"),
        ("In 2012 there were 5.\n    year", "There were 5.\n    year", "first.md: facts.0.text: the sentence states a figure without its year"),
        ("  document: The Sheet\n", "", "first.md: source.document: this field is missing"),
        ("document: The Sheet", "document: Hearsay", "first.md: source.document: `Hearsay` is not in sources.yaml"),
        ("related: []", "related: [third]", "first.md: related.0: there is no entry `third`"),
        ("related: []", "related: [first]", "first.md: related.0: an entry is not related to itself"),
        ("url: https://example.org/a", "url: javascript:alert(1)", "first.md: links.0.url: `javascript:alert(1)` is not an http(s) address"),
        ("url: https://example.org/a", "url: https://example.org/b", "first.md: links.0.url: the answer does not give this address"),
        ("(https://example.org/a).", "(ftp://x.org).", "first.md: answer: the link `ftp://x.org` is not an http(s) address"),
        ("See [the site]", "Call 1-800-555-0199. See [the site]", "first.md: answer: leave out the phone number 8005550199: only checked help lines may stand in an answer (safety.md)"),
        ("first in other words", "second in other words!", "second.md: alternatives.0: `second in other words` is also a phrasing of first.md"),
        ("first in other words", "'?!'", "first.md: alternatives.0: `?!` has no words to match"),
        ("  - first in other words\n", "", "first.md: alternatives: input should be a valid list"),
        ("question: What", "colour: red\nquestion: What", "first.md: colour: there is no such field"),
        ("question: What", "question: What is it?\nquestion: What", "first.md: YAML:"),
        ("In 2012 there were 5. See", "x" * 901 + " See", "first.md: answer: "),
        ("What is the first?", "What is " + "the " * 30 + "first?", "first.md: question: "),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_file_and_field(pack: Path, before: str, after: str, fault: str) -> None:
    change(pack, before, after)
    assert any(fault in told for told in faults(pack)), faults(pack)


def test_all_faults_are_told_at_once(pack: Path) -> None:
    change(pack, "topic: about", "topic: nowhere")
    change(pack, "related: []", "related: [third]")
    change(pack, "as_of: 2012\n", "", "entries/second.md")
    change(pack, "title: About, ", "", "topics.yaml")
    told = faults(pack)
    assert {line.split(":")[0] for line in told} == {"first.md", "second.md", "topics.yaml"}
    assert len(told) >= 4


def test_a_number_in_the_card_that_is_not_among_its_contacts_is_a_fault(pack: Path) -> None:
    change(pack, "Call 1-888-373-7888.", "Call 1-888-373-7889.", "safety.md")
    assert any("8883737889 is not among the contacts" in told for told in faults(pack))


def test_a_file_without_front_matter_or_answer_is_a_fault(pack: Path) -> None:
    (pack / "entries" / "third.md").write_text("just text", encoding="utf-8")
    (pack / "entries" / "fourth.md").write_text("---\nid: fourth\n---\n", encoding="utf-8")
    (pack / "entries" / "fifth.md").write_bytes(b"\xff\xfe")
    told = faults(pack)
    assert any(line.startswith("third.md: front matter") for line in told)
    assert any(line.startswith("fourth.md: answer") for line in told)
    assert any(line.startswith("fourth.md: question: this field is missing") for line in told)
    assert any(line.startswith("fifth.md: file: cannot be read") for line in told)


def test_an_example_that_must_not_be_answered_is_not_also_a_phrasing(pack: Path) -> None:
    (pack / "unanswerable").mkdir()
    (pack / "unanswerable" / "near.yaml").write_text("group:\n  - First in OTHER words?\n", encoding="utf-8")
    assert any(
        line.startswith("near.yaml: group.0: `First in OTHER words?` is a phrasing of first.md")
        for line in faults(pack)
    )


def test_an_example_of_danger_is_not_also_an_ordinary_message(pack: Path) -> None:
    for folder, file, texts in (
        ("unanswerable", "chat.yaml", "chat: [see you tomorrow]"),
        ("danger_examples", "lookalike.yaml", "films: [he locked her in, 'He locked her in!', '...']"),
        (
            "danger_examples",
            "in-danger.yaml",
            "held: [first in other words, SEE you tomorrow, he locked her in, help us]",
        ),
    ):
        (pack / folder).mkdir(exist_ok=True)
        (pack / folder / file).write_text(texts, encoding="utf-8")
    assert [line for line in faults(pack) if line.startswith(("in-danger", "lookalike"))] == [
        "in-danger.yaml: held.0: `first in other words` stands in first.md too, where nobody is in danger",
        "in-danger.yaml: held.1: `SEE you tomorrow` stands in chat.yaml too, where nobody is in danger",
        "in-danger.yaml: held.2: `he locked her in` stands in lookalike.yaml too, where nobody is in danger",
        "lookalike.yaml: films.1: `He locked her in!` stands at films.0 already",
        "lookalike.yaml: films.2: `...` has no words to learn from",
    ]


def test_examples_of_danger_that_cannot_be_read_are_a_fault(pack: Path) -> None:
    (pack / "danger_examples").mkdir()
    (pack / "danger_examples" / "lookalike.yaml").write_text("[1, 2]", encoding="utf-8")
    told = faults(pack)
    assert sum(line.startswith("lookalike.yaml: file: ") for line in told) == 1
    assert sum(line.startswith("in-danger.yaml: file: ") for line in told) == 1


def test_a_pack_with_faults_is_not_loaded(pack: Path) -> None:
    change(pack, "topic: about\n", "")
    with pytest.raises(PackError, match=r"first\.md: topic: this field is missing"):
        load_pack(pack)


@pytest.mark.slow
def test_the_shipped_pack_has_no_fault() -> None:
    assert lint(pack_folder()) == ()
