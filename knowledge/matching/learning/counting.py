"""Counting what a collection of texts has: the two views of it, and the collection in them."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from knowledge.matching.language.reading import Reading
from knowledge.matching.language.views import COUNTED, MOST, Floats, Ints, Pieces, Words, pair_key, pieces_in

# A pair seen in one text only cannot tell anything about another text; most pairs are such.
RARE = 1


class Counted:
    """A collection's stems as numbers: `flat` all of them in order, and beside each the text `at` which it stands."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings = readings
        self.stems: dict[str, int] = {}
        self.flat = _numbered((stem for reading in readings for stem in reading.stems), self.stems)
        self.at = np.repeat(np.arange(len(readings), dtype=np.int32), [len(reading.stems) for reading in readings])

    def matrix(self, at: Ints, names: Ints, size: int) -> csr_matrix:
        """How often each text has each of `size` names."""
        ones = np.ones(len(names), np.float32)
        return csr_matrix((ones, (at, names)), shape=(len(self.readings), size))


def words_of(counted: Counted) -> tuple[Words, csr_matrix]:
    """The view of a collection's words, and the collection in it."""
    size, flat, at = len(counted.stems), counted.flat, counted.at
    first = np.flatnonzero(np.diff(at, prepend=-1))
    last = np.flatnonzero(np.diff(at, append=-1))
    inner = np.flatnonzero(at[:-1] == at[1:])
    wide = flat.astype(np.int64)
    begin, end = pair_key(size, wide[first], size), pair_key(wide[last], size, size)
    keys = np.concatenate((pair_key(wide[inner], wide[inner + 1], size), begin, end))
    pairs, pair, frequency = np.unique(keys, return_inverse=True, return_counts=True)
    kept = frequency > RARE
    pair = np.where(kept, np.cumsum(kept) - 1, -1)[pair].astype(np.int32)
    concepts: dict[str, int] = {}
    of = [reading.concepts for reading in counted.readings]
    concept = _numbered((name for names in of for name in names), concepts)
    pairs = pairs[kept]
    names = np.concatenate((flat, size + pair, size + len(pairs) + concept))
    owners = np.repeat(np.arange(len(of), dtype=np.int32), list(map(len, of)))
    where = np.concatenate((at, at[inner], at[first], at[last], owners))
    there = np.concatenate((np.ones(len(flat), bool), pair >= 0, np.ones(len(concept), bool)))
    matrix = counted.matrix(where[there], names[there], size + len(pairs) + len(concepts))
    weights = _weights(matrix)
    values = COUNTED[np.minimum(matrix.data, MOST).astype(np.intp)] * weights[matrix.indices]
    matrix.data = _of_one_length(matrix, values, values * values)
    return Words(weights, tuple(counted.stems), pairs, tuple(concepts)), matrix


def pieces_of(counted: Counted, first: int, rare: int) -> tuple[Pieces, csr_matrix]:
    """The view of the pieces of a collection's words, whose dimensions begin with `first`, and the collection in it.

    Pieces that at most `rare` texts have are not in it.
    """
    pieces: dict[str, int] = {}
    parts = [pieces_in(stem) for stem in counted.stems]
    flat = _numbered((piece for each in parts for piece in each), pieces)
    ends = np.cumsum([0, *map(len, parts)])
    of_stem = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(parts), len(pieces)))
    said = counted.matrix(counted.at, counted.flat, len(parts))
    said.data[:] = 1
    matrix = said @ of_stem
    kept = np.flatnonzero(np.bincount(matrix.indices, minlength=len(pieces)) > rare)
    matrix = matrix[:, kept]
    weights = _weights(matrix)
    values = matrix.data * weights[matrix.indices]
    matrix.data = _of_one_length(matrix, values, values * weights[matrix.indices])
    return Pieces(weights, np.array(list(pieces), np.str_)[kept], first), matrix


def _weights(counts: csr_matrix) -> Floats:
    """How much each dimension tells: its inverse document frequency. It sorts the dimensions of each row."""
    counts.sort_indices()
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    weights: Floats = (np.log((1 + counts.shape[0]) / (1 + frequency)) + 1).astype(np.float32)
    return weights


def _of_one_length(matrix: csr_matrix, values: Floats, squares: Floats) -> Floats:
    """The values of a matrix, each row divided by its length, whose square is the sum of the `squares`."""
    sums = np.add.reduceat(np.append(squares, 0), matrix.indptr[:-1]) * (np.diff(matrix.indptr) > 0)
    lengths = np.sqrt(np.maximum(sums, np.finfo(np.float32).tiny))
    scaled: Floats = (values / np.repeat(lengths, np.diff(matrix.indptr))).astype(np.float32)
    return scaled


def _numbered(names: Iterable[str], numbers: dict[str, int]) -> Ints:
    """The number of each name; a new one gets the next."""
    return np.fromiter((numbers.setdefault(name, len(numbers)) for name in names), np.int32)
