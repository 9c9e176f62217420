"""The shipped entries: all are there, every fact is in them, and every phrasing finds its own."""

import json
import re
from pathlib import Path

import pytest

from bot.commands.context import Services
from knowledge.matching.search import Found
from knowledge.matching.search.background import load_background
from knowledge.pack.files import load_pack, pack_folder, read_yaml
from knowledge.pack.model import ANSWER_LIMIT
from knowledge.plain.text import phrase_key

HERE = Path(__file__).parent
FACTS: dict[str, list[str]] = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
PACK = load_pack()
LEAST_ALTERNATIVES = 40


def test_every_entry_that_the_source_yields_is_there() -> None:
    assert {entry.id for entry in PACK.entries} >= set(FACTS)
    assert len(FACTS) == 31


@pytest.mark.parametrize("entry_id", FACTS)
def test_an_answer_carries_every_fact_of_its_section(entry_id: str) -> None:
    entry = PACK.entry(entry_id)
    assert entry is not None
    missing = [pattern for pattern in FACTS[entry_id] if not re.search(pattern, entry.answer, re.IGNORECASE)]
    assert not missing


@pytest.mark.parametrize("entry", PACK.entries, ids=lambda entry: entry.id)
def test_an_entry_is_whole(entry) -> None:  # type: ignore[no-untyped-def]
    assert len(entry.answer) <= ANSWER_LIMIT
    assert len(entry.alternatives) >= LEAST_ALTERNATIVES
    assert entry.facts
    assert entry.related


@pytest.mark.slow
def test_every_phrasing_of_every_entry_finds_its_own_entry(services: Services) -> None:
    for entry in PACK.entries:
        for phrasing in entry.phrasings:
            verdict = services.search.ask(phrasing)
            assert isinstance(verdict, Found), phrasing
            assert verdict.entry.id == entry.id, phrasing


def test_no_practice_question_is_a_phrasing_or_an_example() -> None:
    practice = {
        phrase_key(json.loads(line)["q"])
        for folder in (HERE.parent / "questions", pack_folder() / "practice_questions")
        for path in folder.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    } - {""}
    for path in (HERE.parent / "questions").glob("chapter-*.yaml"):
        for entry in read_yaml(path).values():
            practice |= {phrase_key(text) for text in (*entry["phrasings"], *entry["asked"], *entry["beside"])}
    ours = {phrase_key(phrasing) for entry in PACK.entries for phrasing in entry.phrasings}
    assert not practice & ours
    assert not practice & set(map(phrase_key, load_background(pack_folder() / "unanswerable").texts))


def test_an_answer_gives_the_years_of_its_figures() -> None:
    for entry in PACK.entries:
        if entry.has_figures:
            assert str(entry.as_of) in entry.answer
        for fact in entry.facts:
            assert fact.year == 2012
