"""A text as a sparse vector: stemmed words, pairs of words, concepts of the field, and pieces of words for typos."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack

from knowledge.reading import Reading
from knowledge.views import Counted, Floats, Ints, Name, Row, pieces_of, words_of

# How much the view "words" and the view "pieces" count; chosen by cross-validation (docs/matching.md). The first is 1,
# so that the product of two rows' words is how alike they are.
WEIGHTS = (1.0, 0.8)


class Features:
    """The dimensions of a collection of texts, and their weights.

    A row has the view of its words and the view of its pieces, each brought to its length in WEIGHTS, so that the
    product of two rows is how alike two texts are.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        counted = Counted(readings)
        self.stems = tuple(counted.stems)
        self._words, words = words_of(counted)
        self._pieces, pieces = pieces_of(counted)
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
        """The vector of a reading."""
        words, pieces = self._words.row(reading, WEIGHTS[0]), self._pieces.row(reading, WEIGHTS[1])
        ids = np.concatenate((words.ids, pieces.ids + np.int32(self.words)))
        return Row(ids, np.concatenate((words.values, pieces.values)), words.words)

    def new_words(self, readings: Iterable[Reading]) -> dict[Name, int]:
        """The words, pairs and concepts of more texts that the collection does not have, each with its dimension."""
        return self._words.new(readings, self.size)

    def new_pieces(self, readings: Iterable[Reading], first: int) -> dict[Name, int]:
        """The same for the pieces of their words, numbered from `first` on."""
        return self._pieces.new(readings, first)

    def row_with(self, reading: Reading, words: Mapping[Name, int], pieces: Mapping[Name, int], unseen: float) -> Row:
        """The vector of a reading with these dimensions more, whose names weigh `unseen`."""
        first = self._words.row_with(reading, words, 0, unseen, strange=True)
        second = self._pieces.row_with(reading, pieces, self.words, unseen, strange=False)
        values = np.concatenate((first.values * np.float32(WEIGHTS[0]), second.values * np.float32(WEIGHTS[1])))
        return Row(np.concatenate((first.ids, second.ids)), values, first.words)

    def weight(self, stem: str) -> float:
        """How much a stem tells (its inverse document frequency); 0 for one never seen."""
        return self._words.weight(stem)


class Extension:
    """The dimensions of a collection, and behind them those that a few more texts add to it.

    A word that neither knows makes a text less alike to all others; the collection alone does not see it.
    """

    def __init__(self, features: Features, readings: Sequence[Reading], unseen: float) -> None:
        self._features = features
        self._unseen = unseen
        self._words = features.new_words(readings)
        self._pieces = features.new_pieces(readings, features.size + len(self._words))
        self.size = features.size + len(self._words) + len(self._pieces)

    def row(self, reading: Reading) -> Row:
        """The vector of a reading."""
        return self._features.row_with(reading, self._words, self._pieces, self._unseen)

    def matrices(self, readings: Sequence[Reading]) -> tuple[csr_matrix, csr_matrix]:
        """The vectors of several readings, of all dimensions: one matrix with their words, one with their pieces."""
        rows = [self.row(reading) for reading in readings]
        return (
            self._matrix([(row.ids[: row.words], row.values[: row.words]) for row in rows]),
            self._matrix([(row.ids[row.words :], row.values[row.words :]) for row in rows]),
        )

    def _matrix(self, rows: Sequence[tuple[Ints, Floats]]) -> csr_matrix:
        ends = np.cumsum([0, *(len(ids) for ids, _ in rows)])
        ids = np.concatenate([np.empty(0, np.int32), *(ids for ids, _ in rows)])
        values = np.concatenate([np.empty(0, np.float32), *(values for _, values in rows)])
        return csr_matrix((values, ids, ends), shape=(len(rows), self.size), dtype=np.float32)
