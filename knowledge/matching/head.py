"""A linear head: what was learnt of which label a vector has."""

from dataclasses import dataclass

import numpy as np

from knowledge.matching.language.views import Floats, Row


@dataclass(frozen=True, slots=True)
class Head:
    """Weights, a row for each dimension and a column for each label, and what each label scores without any.

    `own` is the usual score of an example's own label, and `other` that of all other labels.
    """

    labels: tuple[str, ...]
    weights: Floats
    usual: Floats
    own: float
    other: float

    def scores(self, row: Row) -> Floats:
        """How much a vector speaks for each label: the logarithms of their odds, save for a common term."""
        scores: Floats = row.values @ self.weights[row.ids] + self.usual
        return scores


def stacked(one: Head, other: Head) -> Head:
    """The sum of two heads over the same labels: its dimensions are those of one and behind them those of the other."""
    weights: Floats = np.concatenate((one.weights, other.weights))
    return Head(one.labels, weights, one.usual + other.usual, one.own + other.own, one.other + other.other)
