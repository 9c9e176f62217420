"""For each word the texts that have it: likeness to all texts costs as much as a question's words are common."""

import numpy as np
from scipy.sparse import csr_matrix

from knowledge.views import Floats, Row


class Postings:
    """The words, pairs and concepts of a collection of texts. Pieces of words are left out.

    Pieces made most of the work, and evidence from words alone is worth as much (docs/matching.md).
    """

    def __init__(self, texts: csr_matrix) -> None:
        """`texts` are the collection's rows in the view of words, each of length one."""
        across = texts.T.tocsr()
        self._count = texts.shape[0]
        self._texts = across.indices.astype(np.intp)
        self._values = across.data.astype(np.float32)
        self._ends: list[int] = across.indptr.tolist()

    def alike(self, words: Row) -> Floats:
        """How alike a text's words are to those of each text of the collection, 0 to 1."""
        spans = [(self._ends[word], self._ends[word + 1]) for word in words.ids.tolist()]
        if not spans:
            return np.zeros(self._count, np.float32)
        texts = np.concatenate([self._texts[first:last] for first, last in spans])
        values = np.concatenate([self._values[first:last] for first, last in spans])
        values *= np.repeat(words.values, [last - first for first, last in spans])
        return np.bincount(texts, values, self._count).astype(np.float32)
