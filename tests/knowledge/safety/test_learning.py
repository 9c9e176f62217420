"""Learning the safety check: the same numbers every time, and those of scikit-learn."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from knowledge.safety.danger import NOT_ENGLISH, WITH_MEANING, DangerCheck
from tools import learn_safety

DANGER = [
    f"he {verb} me and {more}" for verb in ("hits", "locks", "sells") for more in ("i am scared", "i cannot go", "help")
]
ORDINARY = [
    f"what is {what} in {where}" for what in ("ijm", "aftercare", "lunch", "the exam") for where in ("peru", "ghana")
]

FOREIGN = [f"donde {what} {where}" for what in ("comemos", "estudiamos", "jugamos") for where in ("hoy", "luego")]

LOTS = (learn_safety.Lot(DANGER, danger=True), learn_safety.Lot(ORDINARY), learn_safety.Lot(FOREIGN, english=False))


class Hashed:
    """An encoder that knows nothing of meaning: vectors of length one from a text's hash."""

    digest, dimensions = "hashed", 8

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        seeds = [int.from_bytes(sha256(text.encode()).digest()[:4]) for text in texts]
        found = np.array([np.random.default_rng(seed).normal(size=self.dimensions) for seed in seeds], np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def scores(check: DangerCheck, texts: Sequence[str]) -> list[float]:
    return [check.weigh(text).score for text in texts]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn from n-grams of few texts."""
    for how in (learn_safety.WORDS, learn_safety.PIECES):
        monkeypatch.setitem(how, "min_df", 1)
    monkeypatch.setattr(learn_safety, "BATCH", 8)


def test_the_same_examples_give_the_same_numbers(few: None) -> None:
    first, second = (learn_safety.learn(LOTS, Hashed()) for _ in range(2))
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_what_was_learned_tells_both_kinds_apart(few: None) -> None:
    check = DangerCheck(learn_safety.learn(LOTS, Hashed()), Hashed())
    assert {check.weigh(text).thresholds for text in DANGER + ORDINARY} == {WITH_MEANING}
    assert min(scores(check, DANGER)) > max(scores(check, ORDINARY))


def test_the_networks_side_by_side_are_their_average(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, marks = Hashed().encode(DANGER + ORDINARY), np.repeat([1, 0], [len(DANGER), len(ORDINARY)])
    averaged = learn_safety._meaning(vectors, marks)
    alone = []
    for seed in learn_safety.SEEDS:
        monkeypatch.setattr(learn_safety, "SEEDS", (seed,))
        alone.append(learn_safety._meaning(vectors, marks))
    for vector in vectors:
        assert averaged.score(vector) == pytest.approx(np.mean([net.score(vector) for net in alone]), abs=1e-3)


def test_the_real_text_of_a_folder_is_read_by_line(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("two\n\nthree\n", "utf-8")
    (tmp_path / "a.txt").write_text("one", "utf-8")
    (tmp_path / "README.md").write_text("not this", "utf-8")
    assert learn_safety.real_text(tmp_path) == {"a.txt": ["one"], "b.txt": ["two", "three"]}


def test_what_is_not_in_english_is_told_apart_and_not_encoded(few: None) -> None:
    learned = learn_safety.learn(LOTS, Hashed())
    more = (*LOTS, learn_safety.Lot(["quiero dormir"], english=False))
    np.testing.assert_array_equal(learned["hidden"], learn_safety.learn(more, Hashed())["hidden"])
    check = DangerCheck(learned, Hashed())
    assert {check.weigh(text).thresholds for text in FOREIGN} == {NOT_ENGLISH}
    assert [check.prepared(text) for text in (FOREIGN[0], ORDINARY[0])] == [(), (ORDINARY[0],)]


def test_a_heavier_lot_pulls_the_scores_its_way(few: None) -> None:
    heavy = (learn_safety.Lot(DANGER, danger=True, weight=3), *LOTS[1:])
    before, after = (DangerCheck(learn_safety.learn(lots, Hashed()), Hashed()) for lots in (LOTS, heavy))
    assert sum(scores(after, ORDINARY)) > sum(scores(before, ORDINARY))
