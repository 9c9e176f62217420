"""A text as a sparse vector: stemmed words, pairs of words, concepts of the field, and pieces of words for typos."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack

from knowledge.reading import Reading
from knowledge.views import Counted, Name, Row, pieces_of, words_of

# How much the view "words" and the view "pieces" count; chosen by cross-validation (docs/matching.md). The first is 1,
# so that the product of two rows' words is how alike they are.
WEIGHTS = (1.0, 0.8)


class Features:
    """The dimensions of a collection of texts, and their weights.

    A text has its words and their pieces, each view brought to its length in WEIGHTS.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        counted = Counted(readings)
        self.stems = tuple(counted.stems)
        self._words, words = words_of(counted)
        self._pieces, pieces = pieces_of(counted, words.shape[1])
        for view, weight in zip((words, pieces), WEIGHTS, strict=True):
            view.data *= np.float32(weight)
        self._matrix: csr_matrix | None = hstack((words, pieces), format="csr", dtype=np.float32)
        self.size: int = words.shape[1] + pieces.shape[1]
        # So many of the dimensions are words, pairs and concepts; the pieces stand behind them.
        self.words: int = words.shape[1]

    def take_matrix(self) -> csr_matrix:
        """The texts as rows; given away once, so that a long-lived index does not hold it twice."""
        matrix, self._matrix = self._matrix, None
        if matrix is None:
            raise RuntimeError("the matrix has been taken already")
        return matrix

    def row(self, reading: Reading) -> Row:
        """The words, pairs and concepts of a reading."""
        return self._words.row(reading, WEIGHTS[0])

    def pieces(self, stem: str) -> Row:
        """The pieces of a word, not yet brought to their length with those of the other words of a text."""
        return self._pieces.of(stem)

    def new_words(self, readings: Iterable[Reading]) -> dict[Name, int]:
        """The words, pairs and concepts of more texts that the collection does not have, each with its dimension."""
        return self._words.new(readings, self.size)

    def new_pieces(self, readings: Iterable[Reading], first: int) -> dict[Name, int]:
        """The same for the pieces of their words, numbered from `first` on."""
        return self._pieces.new(readings, first)

    def row_with(self, reading: Reading, more: Mapping[Name, int], unseen: float) -> Row:
        """As `row`, with these names more, which weigh `unseen`."""
        return self._words.row_with(reading, more, unseen, WEIGHTS[0])

    def pieces_with(self, stem: str, more: Mapping[Name, int], unseen: float) -> Row:
        """As `pieces`, with these names more, which weigh `unseen`."""
        return self._pieces.of_with(stem, more, unseen)

    def weight(self, stem: str) -> float:
        """How much a stem tells (its inverse document frequency); 0 for one never seen."""
        return self._words.weight(stem)
