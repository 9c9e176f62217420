"""Matching by sentence embeddings: what they add, for communities' own entries too."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from knowledge.matching.language.views import Floats
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.search import Found, Search
from knowledge.matching.search.background import Background
from knowledge.pack.files import load_pack

PACK = load_pack()
# What words mean in the tests' model: words of one line mean one thing.
SENSES = (
    "cookies cake baking sale sold sweets",
    "parking car garage vehicle",
    "choir singing music concert song",
    "room key door building lock",
)
AXES = {word: axis for axis, line in enumerate(SENSES) for word in line.split()}


class Senses:
    """An encoder that knows what a few words mean."""

    digest, dimensions = "senses", len(SENSES) + 1

    def encode(self, texts: Sequence[str]) -> Floats:
        vectors = np.full((len(texts), len(SENSES) + 1), 0.01, np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, AXES.get(word, len(SENSES))] += 1 if word in AXES else 0.1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def entries() -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("bake-sale", ("when do we have the cookies", "what day is the cake thing", "date of the baking")),
        ("parking", ("where do I leave the car", "is there a garage", "who pays the parking")),
        ("choir", ("when is the singing", "what day is the concert", "date of the music")),
        ("key", ("who has the key", "is the door open", "where is the building")),
    ]


BACKGROUND = Background(("is it raining", "who won the game", "what is for lunch"), ("far",) * 3, ("far",) * 3)


def search(encoder: Senses | None) -> Search:
    shipped = [
        replace(PACK.entries[0], id=name, question=q, alternatives=tuple(more)) for name, (q, *more) in entries()
    ]
    return Search(shipped, Vocabulary({}, {}), BACKGROUND, encoder=encoder)


@pytest.mark.parametrize(
    ("asked", "right"), [("when are the sweets", "bake-sale"), ("is the vehicle there", "parking")]
)
def test_a_question_in_other_words_is_found_by_what_it_means(asked: str, right: str) -> None:
    by_meaning = search(Senses()).ask(asked).matches
    by_words = search(None).ask(asked).matches
    assert by_meaning[0].entry.id == right
    assert by_meaning[0].score > next((match.score for match in by_words if match.entry.id == right), 0.0)


def test_an_entry_that_a_community_added_is_found_by_what_it_means() -> None:
    base = search(Senses())
    own = replace(
        PACK.entries[0], id="lock", question="who can lock up", alternatives=("the last one out locks the room",)
    )
    adapted = base.adapted([entry for entry in base.entries if entry.id != "key"] + [own])
    assert adapted.ask("which door").matches[0].entry.id == "lock"
    assert isinstance(adapted.ask("Who can lock up?"), Found)
    assert adapted.ask("when are the sweets").matches[0].entry.id == "bake-sale"


def test_searches_with_the_same_model_answer_alike() -> None:
    assert search(Senses()).ask("when are the sweets") == search(Senses()).ask("when are the sweets")
