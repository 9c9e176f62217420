"""Which language a message is in, where it is clearly not English."""

import pytest

from bot.commands.context import Library
from knowledge.matching.practice import read_questions
from knowledge.pack.files import pack_folder
from knowledge.talk.languages import language_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¿Qué es IJM?", "es"),
        ("donde trabaja ijm", "es"),
        ("o que é a IJM", "pt"),
        ("como ajudam as vítimas", "pt"),
        ("c'est quoi IJM", "fr"),
        ("où travaille IJM", "fr"),
        ("was macht IJM und wo arbeiten sie", "de"),
        ("che cosa fa IJM e dove", "it"),
        ("ano ang ginagawa ng IJM", "tl"),
        ("IJM ni nini", "sw"),
        ("ijm kya hai", "hi"),
        ("IJM क्या है", "hi"),
        ("ما هي IJM", "ar"),
        ("IJM是什么", "zh"),
        ("IJMとは何ですか", "ja"),
        ("IJM이 뭐예요", "ko"),
        ("Что такое IJM", "ru"),
    ],
)
def test_a_language_is_told(text: str, code: str) -> None:
    language = language_of(text)
    assert language is not None
    assert language.code == code


@pytest.mark.parametrize(
    "text", ["", "ok", "no", "come on", "is IJM in La Paz", "what do they do in Kampala", "aftercare en masse", "😀"]
)
def test_english_and_what_may_be_english_is_none(text: str) -> None:
    assert language_of(text) is None


def test_english_questions_are_never_taken_for_another_language(library: Library) -> None:
    rows = [row for path in (pack_folder() / "practice_questions").glob("*.jsonl") for row in read_questions(path)]
    taken = [row.q for row in rows if row.accept and language_of(row.q)]
    phrasings = [phrasing for entry in library.pack.entries for phrasing in entry.phrasings if language_of(phrasing)]
    assert taken == []
    # Two of the shipped phrasings are made of two languages on purpose.
    assert len(phrasings) <= 2
