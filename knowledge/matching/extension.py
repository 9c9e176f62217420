"""The dimensions of a collection of texts, and behind them those that a few more texts add to it."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from knowledge.matching.language.features import WEIGHTS, Features
from knowledge.matching.language.reading import Reading
from knowledge.matching.language.views import Floats, Row, joined


class Extension:
    """A word that neither knows makes a text less alike to all others; the collection alone does not see it."""

    def __init__(self, features: Features, readings: Sequence[Reading], unseen: float) -> None:
        self._features = features
        self._unseen = unseen
        self._new_words = features.words.new(readings, features.size)
        self._new_pieces = features.pieces.new(readings, features.size + len(self._new_words))
        self.size = features.size + len(self._new_words) + len(self._new_pieces)

    def words(self, reading: Reading) -> Row:
        """The words, pairs and concepts of a reading."""
        return self._features.words.row_with(reading, self._new_words, self._unseen, WEIGHTS[0])

    def pieces(self, reading: Reading) -> Row:
        """The pieces of its words, brought to their length; a dimension comes as often as it is there."""
        stems = dict.fromkeys(reading.stems)
        found = joined([self._features.pieces.of_with(stem, self._new_pieces, self._unseen) for stem in stems])
        length = sqrt(float(found.values @ found.values)) or 1.0
        return Row(found.ids, found.values * np.float32(WEIGHTS[1] / length))

    def dense(self, row: Row) -> Floats:
        """A vector with all its dimensions."""
        return np.bincount(row.ids, row.values, self.size).astype(np.float32)
