"""The vectors of a few texts, to be compared with that of a question."""

from collections.abc import Iterable
from importlib import import_module

import numpy as np

from knowledge.matching.language.views import Floats, Row, joined


class Rows:
    """Sparse vectors one below the other. Immutable."""

    def __init__(self, rows: Iterable[Row]) -> None:
        given = list(rows)
        lengths = np.array([len(row.ids) for row in given], np.intp)
        self.ends = np.concatenate(([0], np.cumsum(lengths)))
        all_of_them = joined(given)
        self.ids, self.values = all_of_them.ids, all_of_them.values
        self._there = np.flatnonzero(lengths)

    def times(self, dense: Floats) -> Floats:
        """The product of each with a vector that has all dimensions."""
        products = np.zeros(len(self.ends) - 1, np.float32)
        if len(self._there):
            products[self._there] = np.add.reduceat(self.values * dense[self.ids], self.ends[self._there])
        return products

    def with_each_other(self, size: int) -> Floats:
        """The products of all with all, of which each has `size` dimensions."""
        products: Floats = import_module("knowledge.matching.learning").products(self, size)
        return products
