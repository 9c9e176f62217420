"""A linear model over TF-IDF: one score per label."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from knowledge.linear.tfidf import Arrays, Floats, PieceView, SparseVector, Tfidf, WordView


class LinearModel:
    """TF-IDF of words and of pieces, and the weights of their columns: a row per column, a column per label."""

    def __init__(self, words: WordView, pieces: PieceView, weights: NDArray[Any], intercept: NDArray[Any]) -> None:
        """Take the learned numbers. Raises ValueError if there is not one row of weights per column."""
        self._views = {"words_": words, "pieces_": pieces}
        self.tfidf = Tfidf((words, pieces))
        if weights.shape != (len(self.tfidf), len(intercept)):
            raise ValueError(f"{weights.shape} weights for {len(self.tfidf)} columns and {len(intercept)} labels.")
        self._weights = weights
        self._intercept = intercept

    def scores(self, row: SparseVector) -> Floats:
        """Return the score of each label for a text's row: above zero if the label is likelier than not."""
        found: Floats = row.values @ self._weights[row.columns].astype(np.float32) + self._intercept
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, by name."""
        views = {name: array for kind, view in self._views.items() for name, array in view.arrays(kind).items()}
        return {**views, "weights": self._weights, "intercept": self._intercept}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Read what `arrays` returned. Raises KeyError or ValueError if it is not such."""
        words, pieces = WordView.from_arrays(arrays, "words_"), PieceView.from_arrays(arrays, "pieces_")
        return cls(words, pieces, arrays["weights"], arrays["intercept"])
