"""What happens once: learning from examples. Only this needs SciPy, so nothing here is imported before it is needed."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack

from knowledge.features import WEIGHTS, Features
from knowledge.learning.counting import Counted, pieces_of, words_of
from knowledge.learning.nearness import train_near
from knowledge.learning.training import train
from knowledge.learnt import Examples, Learnt, Meanings
from knowledge.postings import Postings
from knowledge.rows import Rows
from knowledge.senses import Senses
from knowledge.text import spoken
from knowledge.views import Floats


def learn(examples: Examples) -> Learnt:
    """All that comes of examples; the same for the same ones."""
    more = tuple(examples.more(examples))
    texts = (*examples.texts, *(text for text, _ in more))
    marks = (*examples.marks, *(mark for _, mark in more))
    counted = Counted([examples.read(text) for text in texts])
    words, in_words = words_of(counted)
    pieces, in_pieces = pieces_of(counted, in_words.shape[1])
    parts = [view * np.float32(weight) for view, weight in zip((in_words, in_pieces), WEIGHTS, strict=True)]
    head = train(hstack(parts, format="csr", dtype=np.float32), marks, examples.labels)
    postings = _postings(in_words) if examples.compared else None
    meanings = None if examples.senses is None else _meanings(examples.senses, texts, marks, examples.labels)
    return Learnt(Features(words, pieces), head, postings, meanings)


def products(rows: Rows, size: int) -> Floats:
    """The products of vectors of `size` dimensions, all with all."""
    matrix = csr_matrix((rows.values, rows.ids, rows.ends), shape=(len(rows.ends) - 1, size))
    found: Floats = (matrix @ matrix.T).toarray()
    return found


def _meanings(senses: Senses, texts: Sequence[str], marks: Sequence[str], labels: Sequence[str]) -> Meanings:
    vectors = senses.vectors([spoken(text) for text in texts])
    head = train_near(vectors, marks, labels) if senses.fine else train(csr_matrix(vectors), marks, labels)
    return Meanings(head, senses.telling(vectors))


def _postings(texts: csr_matrix) -> Postings:
    across = texts.T.tocsr()
    return Postings(across.indices, across.data, across.indptr, texts.shape[0])
