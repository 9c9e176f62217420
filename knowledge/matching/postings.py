"""For each word the texts that have it: likeness to all texts costs as much as a question's words are common."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.language.views import Floats, Row


class Postings:
    """The words, pairs and concepts of a collection of texts. Pieces of words are left out.

    Pieces made most of the work, and evidence from words alone is worth as much (docs/matching.md).
    """

    def __init__(self, texts: NDArray[Any], values: Floats, ends: NDArray[Any], count: int) -> None:
        """Of `count` texts those that have the first word, and how much of it, then those that have the second, …

        `ends` is where each word's texts end; before that stands a 0.
        """
        self._texts = texts
        self._values = values
        self._ends = ends
        self._count = count

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """What was made into `arrays`. Raises KeyError if it is not all there."""
        return cls(arrays["texts"], arrays["values"], arrays["ends"], int(arrays["count"]))

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, by name."""
        return {
            "texts": self._texts,
            "values": self._values,
            "ends": self._ends,
            "count": np.array(self._count),
        }

    def alike(self, words: Row) -> Floats:
        """How alike a text's words are to those of each text of the collection, 0 to 1."""
        if not len(words.ids):
            return np.zeros(self._count, np.float32)
        first, last = self._ends[words.ids], self._ends[words.ids + 1]
        spans = list(zip(first.tolist(), last.tolist(), strict=True))
        texts = np.concatenate([self._texts[begin:end] for begin, end in spans])
        values = np.concatenate([self._values[begin:end] for begin, end in spans])
        values *= np.repeat(words.values, last - first)
        return np.bincount(texts, values, self._count).astype(np.float32)

    def words_of(self, ends: NDArray[np.intp], words: int) -> list[list[int]]:
        """Which of the first `words` words are in each group of texts; the groups end where `ends` says."""
        last = int(self._ends[words])
        word = np.repeat(np.arange(words), np.diff(self._ends[: words + 1]))
        group = np.searchsorted(ends, self._texts[:last], side="right")
        there = np.sort(group * words + word)
        there = there[np.diff(there, prepend=-1) > 0]
        cuts = np.searchsorted(there, np.arange(1, len(ends)) * words)
        groups = np.split(there[: np.searchsorted(there, len(ends) * words)], cuts)
        return [(each % words).tolist() for each in groups]
