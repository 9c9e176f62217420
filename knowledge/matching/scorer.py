"""What a head makes of a text, at the cost of its words: what the pieces of each word are worth is worked out once."""

from functools import lru_cache
from math import sqrt

import numpy as np

from knowledge.matching.head import Head
from knowledge.matching.language.features import WEIGHTS, Features
from knowledge.matching.language.reading import CACHE, Reading
from knowledge.matching.language.views import Floats, Row


class Scorer:
    """A head over the features that it was trained on."""

    def __init__(self, features: Features, head: Head) -> None:
        self._features = features
        self._head = head
        self._worth = lru_cache(CACHE)(self._worth_of)

    def scores(self, reading: Reading, words: Row) -> Floats:
        """How much a reading, whose vector of words is given, speaks for each label."""
        scores = self._head.scores(words)
        worth = [self._worth(stem) for stem in dict.fromkeys(reading.stems)]
        length = sqrt(sum(square for _, square in worth))
        if length:
            scores += np.add.reduce([scored for scored, _ in worth]) * np.float32(WEIGHTS[1] / length)
        return scores

    def _worth_of(self, stem: str) -> tuple[Floats, float]:
        """How much the pieces of a word speak for each label, and the square of their length."""
        pieces = self._features.pieces.of(stem)
        scored: Floats = pieces.values @ self._head.weights[pieces.ids]
        return scored, float(pieces.values @ pieces.values)
