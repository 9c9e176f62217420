"""The search: which rule decides, how scores run, and what typing errors, long messages, and other encoders do."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from bot.commands.context import Library, Services
from knowledge.encoder import Encoder, Floats
from knowledge.matching import SUGGESTIONS_LIMIT, Closest, Found, Reason, Search, Suggestions, Unknown, Verdict
from knowledge.matching.learned import load_learned
from knowledge.matching.practice import practice, read_questions
from knowledge.pack.files import load_pack
from knowledge.pack.model import Entry
from tests.typing_errors import misspelt

PACK = load_pack()
QUESTIONS = Path(__file__).parents[2] / "questions"
# Processors round 8-bit products differently: by up to so much each number of a text's vector differs.
ROUNDING = 0.002


def entry(entry_id: str) -> Entry:
    found = PACK.entry(entry_id)
    assert found is not None
    return found


def test_an_own_wording_is_found_with_full_score(services: Services) -> None:
    verdict = services.search.ask("WHAT IS IJM???")
    assert isinstance(verdict, Found)
    assert (verdict.entry.id, verdict.matches[0].score, verdict.reason) == ("what-is-ijm", 1.0, Reason.SAME_WORDING)


def test_an_entry_is_found_by_its_id(services: Services) -> None:
    verdict = services.search.ask("aftercare-duration")
    assert isinstance(verdict, Found)
    assert verdict.entry.id == "aftercare-duration"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("<@123> https://x.org 😂", Reason.EMPTY),
        ("who won the basketball game last night", Reason.OUT_OF_SCOPE),
    ],
)
def test_what_is_unknown_says_why(services: Services, text: str, reason: Reason) -> None:
    verdict = services.search.ask(text)
    assert isinstance(verdict, Unknown)
    assert verdict.reason is reason


@pytest.fixture(scope="module")
def verdicts(library: Library) -> dict[str, Verdict]:
    """What becomes of each practice question."""
    return {each.q: library.search.ask(each.q) for each in practice()}


@pytest.mark.slow
def test_all_four_verdicts_come_with_at_most_three_matches_of_falling_scores(verdicts: dict[str, Verdict]) -> None:
    for verdict in verdicts.values():
        scores = [match.score for match in verdict.matches]
        assert len(scores) <= SUGGESTIONS_LIMIT
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
    assert {Found, Closest, Suggestions, Unknown} == set(map(type, verdicts.values()))


def test_a_match_names_the_phrasing_that_is_most_alike(services: Services) -> None:
    verdict = services.search.ask("how many convictions in 2012 were there")
    assert verdict.matches[0].phrasing in verdict.matches[0].entry.phrasings


def test_a_community_may_have_no_entry_left(services: Services) -> None:
    verdict = services.search.adapted(()).ask("what is ijm")
    assert isinstance(verdict, Unknown)
    assert verdict.matches == ()


@pytest.mark.slow
def test_an_entry_that_changed_since_it_was_learned_is_found_by_its_new_words(services: Services) -> None:
    changed = [replace(each, question=f"{each.question} (new)") for each in PACK.entries[:3]]
    search = Search((*changed, *PACK.entries[3:]), load_learned(), services.search.encoder)
    assert search.ask(changed[0].question).matches[0].entry is changed[0]


def test_two_searches_built_alike_answer_alike(services: Services) -> None:
    again = Search(PACK.entries, load_learned(), services.search.encoder)
    for text in ("who trains cops", "proof it works", "are they in peru", "what about widows", "zzz"):
        assert again.ask(text) == services.search.ask(text)


def test_completion_prefers_questions_that_contain_what_is_typed(services: Services) -> None:
    found = services.search.complete("guatemala", 3)
    assert found[0].id == "evidence-guatemala"
    assert len(found) == 3
    assert len(services.search.complete("", 25)) == 25
    assert len(services.search.complete("zzzz", 5)) == 5


def first(search: Search, asked: Sequence[tuple[str, tuple[str, ...]]]) -> float:
    """The share of questions whose entry is first."""
    return sum(search.ask(text).matches[0].entry.id in accept for text, accept in asked) / len(asked)


@pytest.mark.slow
def test_misspelt_questions_find_their_entries(library: Library) -> None:
    asked = read_questions(QUESTIONS / "more-answerable.jsonl")[::3]
    random = Random(11)
    for share, least in ((0.2, 0.95), (0.5, 0.9), (1.0, 0.65)):
        assert first(library.search, [(misspelt(each.q, share, random), each.accept) for each in asked]) >= least


@pytest.mark.parametrize(
    "between", ["? ", ". And ", "\n", " and also "], ids=["mark", "sentence", "line", "conjunction"]
)
def test_two_questions_in_one_message_get_both_answers(library: Library, between: str) -> None:
    pairs = [
        ("how long does aftercare last", "where does ijm work", "aftercare-duration", "where-ijm-works"),
        ("what is ijm", "how are investigations conducted", "what-is-ijm", "investigations"),
        ("who trains the police", "what was the biggest rescue", "police-training", "largest-rescue"),
    ]
    for one, other, *ids in pairs:
        verdict = library.search.ask(f"{one}{between}{other}?")
        assert isinstance(verdict, Found)
        assert [match.entry.id for match in verdict.matches[:2]] == ids
        assert [each.id for each in verdict.also] == ids[1:]


def test_the_question_in_a_chatty_paragraph_is_found(library: Library) -> None:
    chat = "hey everyone!! sorry i missed tuesday, my bus broke down again. so i made soup and watched the game. "
    verdict = library.search.ask(f"{chat}anyway, how long do aftercare programs last? thanks so much, see you friday!")
    assert verdict.matches[0].entry.id == "aftercare-duration"
    assert isinstance(verdict, Found | Closest)
    assert isinstance(library.search.ask(chat), Unknown)


class Disturbed:
    """An encoder whose vectors are a little off."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.digest, self.dimensions = encoder.digest, encoder.dimensions

    def encode(self, texts: Sequence[str]) -> Floats:
        random = np.random.default_rng(5)
        noise = random.uniform(-ROUNDING, ROUNDING, (len(texts), self.dimensions)).astype(np.float32)
        return self._encoder.encode(texts) + noise


@pytest.mark.slow
def test_no_practice_verdict_changes_when_every_vector_is_disturbed(
    library: Library, verdicts: dict[str, Verdict]
) -> None:
    assert library.search.encoder is not None
    disturbed = Search(PACK.entries, load_learned(), Disturbed(library.search.encoder), PACK.choices)

    def told(verdict: Verdict) -> tuple[type, str]:
        return type(verdict), verdict.matches[0].entry.id if isinstance(verdict, Found | Closest) else ""

    assert [text for text, verdict in verdicts.items() if told(verdict) != told(disturbed.ask(text))] == []


def test_without_an_encoder_words_alone_still_find_most(library: Library) -> None:
    search = Search(PACK.entries, load_learned(), None)
    asked = [(each.q, each.accept) for each in practice() if each.accept]
    assert search.encoder is None
    assert first(search, asked) >= 0.85
    own = replace(entry("what-is-ijm"), id="bake-sale", question="When is the bake sale?", alternatives=())
    assert search.adapted((*PACK.entries, own)).ask("the bake sale is when").matches[0].entry is own
