"""The shipped entries: all are there, every fact is in them, and every phrasing finds its own."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.context import Services
from knowledge.matching import Found
from knowledge.matching.out_of_scope import load_out_of_scope
from knowledge.pack.files import load_pack, pack_folder, read_yaml
from knowledge.pack.model import ANSWER_LIMIT, TITLE_LIMIT, has_figures
from knowledge.plain.text import phrase_key
from tests.fuzzing import STEP

HERE = Path(__file__).parent
FACTS: dict[str, list[str]] = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
PACK = load_pack()
LEAST_ALTERNATIVES = 40
# As they stand in the source, with its typing error.
HEADINGS = (
    "What is IJM?",
    "What does IJM Do?",
    "1. Rescue Victims",
    "2. Bring Criminals to Justice",
    "3. Restore Survivors",
    "How long to aftercare programs last?",
    "4. Justice System Transformation",
    "To what capacity does IJM hold training for the local law enforcement?",
    "How does IJM secure justice for victims of abuse and oppression?",
    "What evidence do you have that your solution is effective?",
    "How are investigations conducted?",
    "Do police anti-trafficking operations/IJM interventions drive traffickers underground?",
    "Why do you work where you work?",
    "Outside Agencies that are working in the U.S.",
)
COUNTRIES = (
    "Thailand", "Cambodia", "the Philippines", "Kenya", "Uganda", "Zambia", "Rwanda", "Guatemala", "Bolivia",
    "Ecuador", "Peru", "South Asia", "India", "Cebu", "Guatemala City", "Africa", "Latin America",
)  # fmt: skip
FIGURES = (
    "79%", "1,000%", "95%", "$32 billion", "nearly 2 million children", "2,400", "132", "2,800", "500 people",
    "over 20 communities", "11 countries", "4 outcomes", "2 years", "after four years", "one out of every three",
)  # fmt: skip


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


@pytest.mark.fuzz
@pytest.mark.slow
def test_every_phrasing_of_every_entry_finds_its_own_entry(services: Services) -> None:
    for entry in PACK.entries:
        for phrasing in entry.phrasings[::STEP]:
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
    ours |= {phrase_key(words) for choice in PACK.choices for words in choice.words}
    assert not practice & ours
    assert not practice & set(map(phrase_key, load_out_of_scope(pack_folder() / "unanswerable").texts))


def test_an_answer_gives_the_years_of_its_figures() -> None:
    for entry in PACK.entries:
        if entry.has_figures:
            assert str(entry.as_of) in entry.answer
        assert entry.answer.count(str(entry.as_of)) <= 1
        for fact in entry.facts:
            assert fact.year in {2012, None}
            assert (str(fact.year) in fact.text) if fact.year else not has_figures(fact.text)


def test_an_entry_has_a_title_for_buttons_and_ways_to_ask_in_each_language() -> None:
    titles = [entry.title for entry in PACK.entries]
    assert all(0 < len(title) <= TITLE_LIMIT for title in titles)
    assert len(set(titles)) == len(titles)
    owners: dict[str, str] = {}
    for entry in PACK.entries:
        for text in (text for texts in entry.translations.values() for text in texts):
            assert owners.setdefault(phrase_key(text), entry.id) == entry.id, text
    for entry in PACK.entries:
        assert set(entry.translations) == {"es", "pt", "fr"}
        assert all(len(texts) >= 3 for texts in entry.translations.values())


@pytest.mark.parametrize("question", ["How does one become a member of a chapter that has no room left?", "Why?"])
def test_a_title_is_made_of_the_question_if_there_is_none(question: str) -> None:
    entry = replace(PACK.entries[0], title="", question=question)
    assert len(entry.label) <= TITLE_LIMIT
    assert question.startswith(entry.label.rstrip("…"))
    assert PACK.entries[0].label == PACK.entries[0].title


def test_every_heading_of_the_source_is_a_phrasing() -> None:
    ours = {phrase_key(phrasing) for entry in PACK.entries for phrasing in entry.phrasings}
    for heading in HEADINGS:
        assert phrase_key(heading) in ours, heading


def test_topics_countries_and_outcomes_lead_to_an_entry_or_a_choice() -> None:
    known = {phrase_key(phrasing) for entry in PACK.entries for phrasing in entry.phrasings}
    known |= {phrase_key(words) for choice in PACK.choices for words in choice.words}
    outcomes = [entry.source.section for entry in PACK.in_topic("outcomes")]
    for name in (*(topic.title for topic in PACK.topics), *outcomes, *COUNTRIES, *FIGURES):
        assert phrase_key(name) in known, name
