"""What happens once: learning from examples. Only this needs SciPy, so nothing here is imported before it is needed."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_matrix, hstack

from knowledge.matching.head import stacked
from knowledge.matching.language.features import WEIGHTS, Features
from knowledge.matching.language.views import Floats
from knowledge.matching.learning.counting import Counted, pieces_of, words_of
from knowledge.matching.learning.nearness import train_near
from knowledge.matching.learning.training import train, train_both
from knowledge.matching.learnt import Examples, Learnt, Meanings
from knowledge.matching.postings import Postings
from knowledge.matching.rows import Rows
from knowledge.plain.text import spoken


def learn(examples: Examples) -> Learnt:
    """All that comes of examples; the same for the same ones."""
    more = tuple(examples.more(examples))
    texts = (*examples.texts, *(text for text, _ in more))
    marks = (*examples.marks, *(mark for _, mark in more))
    said = list(map(spoken, texts))
    counted = Counted(list(map(examples.read, said)))
    words, in_words = words_of(counted)
    pieces, in_pieces = pieces_of(counted, in_words.shape[1], examples.rare)
    parts = [view * np.float32(weight) for view, weight in zip((in_words, in_pieces), WEIGHTS, strict=True)]
    matrix = hstack(parts, format="csr", dtype=np.float32)
    postings = _postings(in_words) if examples.compared else None
    senses, labels, ranked = examples.senses, examples.labels, _ranked(said)
    if senses is None:
        return Learnt(ranked, Features(words, pieces), train(matrix, marks, labels), postings)
    vectors = senses.vectors(said)
    head, meant = train_both(matrix, vectors, marks, labels)
    if senses.fine:
        meant = stacked(train_near(vectors, in_words, marks, labels), meant)
    return Learnt(ranked, Features(words, pieces), head, postings, Meanings(meant, senses.telling(vectors)))


def _ranked(said: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The words of texts, the most frequent first; of those that are as frequent, in the order of the alphabet."""
    counts = Counter(word for words in said for word in words)
    return tuple(sorted(counts, key=lambda word: (-counts[word], word)))


def products(rows: Rows, size: int) -> Floats:
    """The products of vectors of `size` dimensions, all with all."""
    matrix = csr_matrix((rows.values, rows.ids, rows.ends), shape=(len(rows.ends) - 1, size))
    found: Floats = (matrix @ matrix.T).toarray()
    return found


def _postings(texts: csr_matrix) -> Postings:
    across = texts.T.tocsr()
    return Postings(across.indices, across.data, across.indptr, texts.shape[0])
