"""The vectors of words that ship, and what is learnt of meaning with them and without a model."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from knowledge.matching.head import stacked
from knowledge.matching.language.reading import Reader
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.learning.nearness import train_near
from knowledge.matching.learning.training import train_both
from knowledge.matching.learnt import Examples, arrays_of, from_arrays, learn
from knowledge.matching.nearness import near
from knowledge.matching.senses import TELLING, WordSenses
from knowledge.matching.word_vectors import FILE, ROW, SIZE, WordVectors
from knowledge.plain.text import spoken

READER = Reader(Vocabulary({}, {}))
RARE_PAIRS = (("brothel", "police"), ("police", "brothel"))
TEXTS = ("who trains the police", "teach the officers", "the price of bread", "what does food cost")


def alike(one: str, other: str) -> float:
    vectors = WordVectors()([spoken(one), spoken(other)])
    return float(vectors[0] @ vectors[1])


def test_words_that_are_longer_than_any_in_the_table_are_not_looked_up() -> None:
    vectors = WordVectors()
    assert vectors.knows("police")
    assert not any(vectors.knows(word) for word in ("", "x" * 21, "é" * 2_000, "police" * 300))


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("who teaches the officers", "the police are trained", "the bread is baked"),
        ("children in the factory", "kids at work in a plant", "songs of birds"),
        ("freed from slavery", "liberated from bondage", "a recipe with eggs"),
    ],
)
def test_texts_that_mean_the_same_are_more_alike_than_others(one: str, same: str, other: str) -> None:
    assert alike(one, same) > alike(one, other) + 0.1


def test_a_text_has_a_vector_of_length_one() -> None:
    (vector,) = WordVectors()([("police", "help")])
    assert vector.shape == (SIZE,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_frequent_pairs_of_words_count_in_their_order_and_others_in_none() -> None:
    how_long, long_how, rare, turned = WordVectors()([("how", "long"), ("long", "how"), *RARE_PAIRS])
    assert not np.allclose(how_long, long_how, atol=1e-3)
    assert np.allclose(rare, turned, atol=1e-6)


def test_saying_something_again_and_again_adds_nothing() -> None:
    once, often = WordVectors()([("so", "anyway", "so", "help"), ("so", "anyway", "so", "anyway", "so", "help")])
    assert np.allclose(once, often, atol=1e-6)


def test_words_that_are_not_known_count_for_nothing() -> None:
    vectors = WordVectors()([("xqzzy",), (), ("é" * 40,), ("police", "xqzzy"), ("police",)])
    assert not vectors[:3].any()
    assert np.array_equal(vectors[3], vectors[4])


def test_the_table_is_sorted_and_small() -> None:
    table = np.load(FILE, mmap_mode="r")
    assert table.dtype == ROW
    assert np.all(table["words"][:-1] < table["words"][1:])
    assert FILE.stat().st_size < 8_000_000


def test_a_file_that_is_no_table_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "words.npy").write_text("no table", encoding="utf-8")
    with pytest.raises(ValueError, match="pickle"):
        WordVectors(tmp_path / "words.npy")


def test_what_is_learnt_of_meaning_survives_being_kept() -> None:
    examples = Examples(TEXTS, tuple("aabb"), ("a", "b"), Vocabulary({}, {}), READER.read, senses=WordSenses())
    learnt = learn(examples)
    again = from_arrays(arrays_of(learnt), examples.labels, compared=True, meant=True)
    assert learnt.meanings is not None
    assert again.meanings is not None
    assert again.meanings.telling.shape == (len(TEXTS), TELLING)
    assert np.array_equal(again.meanings.telling, learnt.meanings.telling)
    assert np.array_equal(again.meanings.head.weights, learnt.meanings.head.weights)
    assert again.meanings.head.own == learnt.meanings.head.own


def test_what_was_kept_without_meaning_is_not_taken_for_what_has_it() -> None:
    arrays = arrays_of(learn(Examples(TEXTS, tuple("aabb"), ("a", "b"), Vocabulary({}, {}), READER.read)))
    with pytest.raises(KeyError):
        from_arrays(arrays, ("a", "b"), compared=True, meant=True)


def test_nearness_is_one_for_the_same_and_fades() -> None:
    found = near(np.array([1.0, 0.5, 0.0], np.float32), 1.0)
    assert found[0] == pytest.approx(1)
    assert 1 > found[1] > found[2] > 0


def test_two_heads_learnt_together_give_their_label_in_sum() -> None:
    random = np.random.default_rng(5)
    kinds = np.tile(np.eye(3, dtype=np.float32), (100, 1))
    words, meant = (kinds + random.normal(0, 0.2, kinds.shape).astype(np.float32) for _ in range(2))
    marks = ["a", "b", "c"] * 100
    over_words, over_meanings = train_both(csr_matrix(words), meant, marks, ("a", "b", "c"))
    scores = words @ over_words.weights + over_words.usual + meant @ over_meanings.weights + over_meanings.usual
    assert [over_words.labels[place] for place in scores.argmax(axis=1)] == marks
    both = stacked(over_words, over_meanings)
    assert np.allclose(np.hstack((words, meant)) @ both.weights + both.usual, scores, atol=1e-4)
    assert both.own > both.other


def test_a_head_by_nearness_gives_each_example_its_label_and_a_stranger_none() -> None:
    random = np.random.default_rng(5)
    vectors = random.standard_normal((30, 40)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    marks = ["a", "b", "c"] * 10
    head = train_near(vectors, csr_matrix((30, 1), dtype=np.float32), marks, ("a", "b", "c"))
    scores = near(vectors @ vectors.T, 1.0) @ head.weights
    assert [head.labels[place] for place in scores.argmax(axis=1)] == marks
    far = near(vectors @ -vectors[0], 1.0) @ head.weights
    assert far.max() < scores[0].max() / 2
    assert head.own > head.other
