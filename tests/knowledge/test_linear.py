"""TF-IDF and linear weights without scikit-learn: the same numbers as with it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.linear import LinearModel, PieceView, TfidfView, WordView, load_arrays, save_arrays

pytestmark = pytest.mark.slow

WORDS = {"analyzer": "word", "token_pattern": r"\S+", "lowercase": False, "ngram_range": (1, 3)}
PIECES = {"analyzer": "char_wb", "lowercase": False, "ngram_range": (2, 5), "min_df": 2}
ODD = ("", " ", "\n\t", "a", "a b", "naïve 漢字 क्या 😂", "x" * 3000, "never seen qqq", "\ud800", "one  two\u00a0three")


QUESTIONS = Path(__file__).parent.parent / "questions"
LINES = (line for path in sorted(QUESTIONS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
TEXTS = [json.loads(line)["q"].casefold() for line in LINES]
LEARNED = TEXTS[::2]


def matrix(view: TfidfView, order: NDArray[np.intp], texts: Sequence[str]) -> csr_matrix:
    rows = [view.row(text) for text in texts]
    ends = np.cumsum([0, *(len(row.columns) for row in rows)])
    values, columns = np.concatenate([row.values for row in rows]), np.concatenate([row.columns for row in rows])
    return csr_matrix((values, order[columns], ends), shape=(len(texts), len(view)))


def assert_same(ours: csr_matrix, theirs: csr_matrix) -> None:
    assert abs(ours - theirs).max() < 1e-6


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize(("kind", "how"), [(WordView, WORDS), (PieceView, PIECES)])
def test_every_value_is_the_one_that_scikit_learn_gives(
    kind: type[TfidfView], how: dict[str, Any], binary: bool
) -> None:
    theirs = TfidfVectorizer(**how, binary=binary).fit(LEARNED)
    ours, order = kind.of(theirs)
    texts = (*TEXTS, *ODD)
    assert_same(matrix(ours, order, texts), theirs.transform(texts))


FITTED = {kind: TfidfVectorizer(**how).fit(LEARNED[:300]) for kind, how in ((WordView, WORDS), (PieceView, PIECES))}
OURS = {kind: kind.of(theirs) for kind, theirs in FITTED.items()}


@given(st.text(alphabet="abehimorst '.?é  ", max_size=80))
def test_any_text_gets_the_values_that_scikit_learn_gives(text: str) -> None:
    for kind, theirs in FITTED.items():
        assert_same(matrix(*OURS[kind], [text]), theirs.transform([text]))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    (words, _), (pieces, _) = OURS[WordView], OURS[PieceView]
    assert isinstance(words, WordView)
    assert isinstance(pieces, PieceView)
    weights = np.random.default_rng(0).normal(size=(len(words) + len(pieces), 2)).astype(np.float16)
    model = LinearModel(words, pieces, weights, np.array([0.5, -1], np.float32))
    save_arrays(tmp_path / "model.npz", model.arrays())
    again = LinearModel.from_arrays(load_arrays(tmp_path / "model.npz"))
    for text in (*TEXTS[:100], *ODD):
        np.testing.assert_array_equal(again.scores(again.tfidf.row(text)), model.scores(model.tfidf.row(text)))


def test_a_file_that_is_not_there_or_broken_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    for name in ("broken.npz", "missing.npz"):
        with pytest.raises(ValueError, match=r"Fetch it again"):
            load_arrays(tmp_path / name)


def test_what_cannot_be_equalled_is_refused() -> None:
    with pytest.raises(ValueError, match="lowercase=False"):
        WordView.of(TfidfVectorizer(**{**WORDS, "lowercase": True}).fit(["a b"]))
    with pytest.raises(ValueError, match="do not fit"):
        WordView.of(TfidfVectorizer(**{**WORDS, "ngram_range": (1, 4)}).fit(["a b c d"]))
    with pytest.raises(ValueError, match="shortest"):
        PieceView.of(TfidfVectorizer(**{**PIECES, "ngram_range": (4, 5), "min_df": 1}).fit(["abc def"]))
