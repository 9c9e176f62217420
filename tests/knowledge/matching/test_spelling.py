"""Misspelt words: which are mended, and that people who type badly are understood, those in danger above all."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bot.operating.bootstrap import Library
from knowledge.matching.language.spelling import FREQUENT, LocalSpeller, Speller
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.practice import read_questions
from knowledge.matching.search import Search
from knowledge.pack.files import pack_folder
from knowledge.safety.danger import Danger
from tests.typing_errors import misspelt

QUESTIONS = Path(__file__).parent.parent.parent / "questions"
WORDS = ("is", "ijm", "the", "police", "guatemala", "convictions", "how", "many", "form", "land2")


def speller(*words: str) -> Speller:
    return Speller(words or WORDS, Vocabulary({"ppl": "people"}, {}))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("plice", "police"),
        ("oplice", "police"),
        ("guatamala", "guatemala"),
        ("cnovicitons", "convictions"),
        ("imj", "ijm"),
        ("howmany", "how many"),
        ("policeis", "police is"),
        # Too short, too far, not letters, or a word as it is.
        ("ijx", "ijx"),
        ("bolize", "bolize"),
        ("convxxxions", "convxxxions"),
        ("policr2", "policr2"),
        ("from", "from"),
        ("ppl", "ppl"),
        ("police", "police"),
        ("", ""),
    ],
)
def test_only_what_is_nearly_a_known_word_is_mended(typed: str, meant: str) -> None:
    assert speller().mended((typed,)) == tuple(meant.split(" "))


def test_of_words_that_are_as_near_the_most_frequent_is_meant() -> None:
    assert speller("trafik", "trafic").mended(("trafig",)) == ("trafik",)
    assert speller("trafic", "trafik").mended(("trafig",)) == ("trafic",)


def test_rare_short_words_are_no_part_of_another_one() -> None:
    rare = speller(*(f"word{number}" for number in range(400)), "kiln", "el")
    assert rare.mended(("kilnel",)) == ("kilnel",)


def test_an_error_that_somebody_made_before_is_mended_where_the_right_word_is_far_more_frequent() -> None:
    words = [f"word{number}x" for number in range(20)]
    known = speller("rescue", *words, "resuce", "rescuex", "kilmx")
    assert known.mended(("resuce", "rescuex", "kilmx")) == ("rescue", "rescue", "kilmx")
    assert speller("kilmy", *words, "kilmx").mended(("kilmx",)) == ("kilmx",)
    assert speller("kiln", "rescue", "resuce").mended(("resuce",)) == ("resuce",)


def test_three_letters_become_a_very_frequent_word_only() -> None:
    words = [f"word{number}x" for number in range(FREQUENT)]
    assert speller("ijm", *words).mended(("imj",)) == ("ijm",)
    assert speller(*words, "xqz", "ijm").mended(("imj",)) == ("imj",)


def test_a_communitys_words_are_known_to_it_beside_the_others() -> None:
    base = speller()
    own = LocalSpeller(("zubeida", "thepolice", "polica", "is"), base)
    assert own.mended(("zubieda", "plice", "thepolice", "polica")) == ("zubeida", "police", "thepolice", "polica")
    # Both are one error away: what ships with the bot comes first.
    assert own.mended(("policx", "zubeidaxy", "isijm")) == ("police", "zubeida", "is", "ijm")
    assert base.mended(("zubieda", "thepolice", "polica")) == ("zubieda", "the", "police", "police")


def test_a_short_new_word_of_a_community_is_no_part_of_another_one() -> None:
    assert LocalSpeller(("xo", "nice"), speller()).mended(("nicexo",)) == ("nicexo",)


def spoilt(texts: Iterator[str], share: float) -> list[str]:
    random = Random(11)
    return [misspelt(text, share, random) for text in texts]


def test_misspelt_questions_find_their_entries(library: Library) -> None:
    asked = [*read_questions(QUESTIONS / "more-answerable.jsonl")]
    for share, least in ((0.2, 0.97), (0.5, 0.94), (1.0, 0.9)):
        texts = spoilt((each.q for each in asked), share)
        assert share_of(library.search, texts, [each.accept for each in asked]) >= least


def share_of(search: Search, texts: list[str], accepted: list[tuple[str, ...]]) -> float:
    first = [search.ask(text).matches[:1] for text in texts]
    return sum(bool(m) and m[0].entry.id in a for m, a in zip(first, accepted, strict=True)) / len(texts)


@pytest.mark.parametrize(("share", "least"), [(0.2, 0.88), (0.5, 0.82)])
def test_people_in_danger_who_type_badly_are_recognised(library: Library, share: float, least: float) -> None:
    folders = (QUESTIONS, pack_folder() / "practice_questions")
    asked = [each for folder in folders for path in sorted(folder.glob("*.jsonl")) for each in read_questions(path)]
    texts = spoilt((each.q for each in asked if each.kind == "crisis"), share)
    judged = [library.danger.judge(text) for text in texts]
    assert len(judged) > 200
    assert judged.count(Danger.CLEAR) / len(judged) >= least
