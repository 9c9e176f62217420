"""Views of a text: names with counts, weighted by how much they tell. One sees its words, the other pieces of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from knowledge.reading import Reading

# Lengths of the pieces of a word; a piece may begin and end at the word's border, written as a space.
PIECE_SIZES = (2, 3, 4, 5)
# Of a longer word only the beginning is cut into pieces, so that the work stays bounded.
WORD_LIMIT = 40
# A pair or a piece seen in one text only cannot tell anything about another text; most pairs are such.
RARE = 1
# A name is counted up to so often: saying it again tells no more.
MOST = 4
# What a name counts that is there so often.
_COUNTED = np.array([0, *(1 + log(count) for count in range(1, MOST + 1))], np.float32)
# Stands before the first stem and behind the last, so that pairs tell how a text begins and ends.
BORDER = ""

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
# A stem, a concept (with "=" before it) or a piece; or a pair of stems.
Name = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """The vector of a text, or of a part of one: the dimensions that it has, and their values."""

    ids: Ints
    values: Floats


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


class Words:
    """One view: stems, pairs of neighbours among them, and concepts, weighted by inverse document frequency.

    `pairs` are sorted keys (see `_key`): a dict of them would take most of the memory of an index.
    """

    def __init__(self, weights: Floats, stems: Mapping[str, int], pairs: Longs, concepts: Sequence[str]) -> None:
        self._weights = weights
        self._stems = stems
        self._pairs = pairs
        self._concepts = {name: len(stems) + len(pairs) + number for number, name in enumerate(concepts)}

    def weight(self, stem: str) -> float:
        """How much a stem tells; 0 for one never seen."""
        place = self._stems.get(stem)
        return 0.0 if place is None else float(self._weights[place])

    def row(self, reading: Reading, length: float) -> Row:
        """The row of a text, from the names that are known, brought to a length."""
        ids, counts = _counted(self._places(reading))
        values = self._weights[ids]
        if counts is not None:
            values *= _COUNTED[np.minimum(counts, MOST)]
        values *= np.float32(length / (sqrt(float(values @ values)) or 1.0))
        return Row(ids, values)

    def new(self, readings: Iterable[Reading], first: int) -> dict[Name, int]:
        """The names of texts that are not known, numbered from `first` on."""
        return _numbers((name for reading in readings for name in _words(reading)), self._place, first)

    def row_with(self, reading: Reading, more: Mapping[Name, int], unseen: float, length: float) -> Row:
        """The row of a text from the names that are known and those of `more`, which weigh `unseen`.

        Every other name counts for the length of the text, too.
        """
        ids: list[int] = []
        values: list[float] = []
        beside = 0.0
        for name, count in Counter(_words(reading)).items():
            value = 1 + log(min(count, MOST))
            place = self._place(name)
            if place is not None:
                ids.append(place)
                values.append(value * float(self._weights[place]))
            elif name in more:
                ids.append(more[name])
                values.append(value * unseen)
            else:
                beside += (value * unseen) ** 2
        scale = length / (sqrt(sum(value * value for value in values) + beside) or 1.0)
        return Row(np.asarray(ids, np.int32), np.asarray(values, np.float32) * np.float32(scale))

    def _place(self, name: Name) -> int | None:
        """Where a name stands among the dimensions; None for one never seen."""
        if isinstance(name, str):
            return self._concepts.get(name[1:]) if name[:1] == "=" else self._stems.get(name)
        one, two = (self._stems.get(stem, len(self._stems) if stem == BORDER else None) for stem in name)
        if one is None or two is None:
            return None
        key = _key(one, two, len(self._stems))
        place = int(np.searchsorted(self._pairs, key))
        found = place < len(self._pairs) and self._pairs[place] == key
        return len(self._stems) + place if found else None

    def _places(self, reading: Reading) -> Ints:
        """Where the names of a text stand, as often as they are there, without those never seen."""
        numbers = [self._stems.get(stem, -1) for stem in reading.stems]
        known = [number for number in numbers if number >= 0]
        border = len(self._stems)
        pairs = pairwise((border, *numbers, border))
        keys = [_key(one, two, border) for one, two in pairs if one >= 0 and two >= 0]
        known += [self._concepts[concept] for concept in reading.concepts if concept in self._concepts]
        if keys and len(self._pairs):
            places = np.minimum(np.searchsorted(self._pairs, keys), len(self._pairs) - 1)
            known += (len(self._stems) + places[self._pairs[places] == keys]).tolist()
        return np.array(known, np.int32)


class Pieces:
    """The other view: the pieces of the words of a text, weighted by inverse document frequency.

    A piece counts as often as it is there, and the length of a text is that of its words' pieces one by one: so what
    the pieces of a word are worth is the same in every text, but for the text's length.
    """

    def __init__(self, weights: Floats, pieces: Mapping[str, int], first: int) -> None:
        """`first` is the dimension of the first piece."""
        self._weights = weights
        self._pieces = pieces
        self._first = np.int32(first)

    def of(self, stem: str) -> Row:
        """The pieces of a word that are known."""
        places = (self._pieces.get(piece) for piece in _pieces(stem))
        ids = np.array([place for place in places if place is not None], np.int32)
        return Row(ids + self._first, self._weights[ids])

    def new(self, readings: Iterable[Reading], first: int) -> dict[Name, int]:
        """The pieces of texts that are not known, numbered from `first` on."""
        pieces = (piece for reading in readings for stem in reading.stems for piece in _pieces(stem))
        return _numbers(pieces, self._pieces.get, first)

    def of_with(self, stem: str, more: Mapping[Name, int], unseen: float) -> Row:
        """The pieces of a word that are known, and those of `more`, which weigh `unseen`."""
        known = self.of(stem)
        ids = [more[piece] for piece in _pieces(stem) if piece in more]
        values = np.full(len(ids), unseen, np.float32)
        return Row(np.append(known.ids, np.array(ids, np.int32)), np.append(known.values, values))


def words_of(counted: Counted) -> tuple[Words, csr_matrix]:
    """The view of a collection's words, and the collection in it."""
    size, flat, at = len(counted.stems), counted.flat, counted.at
    first = np.flatnonzero(np.diff(at, prepend=-1))
    last = np.flatnonzero(np.diff(at, append=-1))
    inner = np.flatnonzero(at[:-1] == at[1:])
    wide = flat.astype(np.int64)
    keys = (_key(wide[inner], wide[inner + 1], size), _key(size, wide[first], size), _key(wide[last], size, size))
    pairs, pair, frequency = np.unique(np.concatenate(keys), return_inverse=True, return_counts=True)
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
    values = _COUNTED[np.minimum(matrix.data, MOST).astype(np.intp)] * weights[matrix.indices]
    matrix.data = _of_one_length(matrix, values, values * values)
    return Words(weights, counted.stems, pairs, tuple(concepts)), matrix


def pieces_of(counted: Counted, first: int) -> tuple[Pieces, csr_matrix]:
    """The view of the pieces of a collection's words, whose dimensions begin with `first`, and the collection in it."""
    pieces: dict[str, int] = {}
    parts = [_pieces(stem) for stem in counted.stems]
    flat = _numbered((piece for each in parts for piece in each), pieces)
    ends = np.cumsum([0, *map(len, parts)])
    of_stem = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(parts), len(pieces)))
    matrix = counted.matrix(counted.at, counted.flat, len(parts)) @ of_stem
    kept = np.flatnonzero(np.bincount(matrix.indices, minlength=len(pieces)) > RARE)
    names = list(pieces)
    matrix = matrix[:, kept]
    weights = _weights(matrix)
    values = matrix.data * weights[matrix.indices]
    matrix.data = _of_one_length(matrix, values, values * weights[matrix.indices])
    return Pieces(weights, {names[place]: number for number, place in enumerate(kept.tolist())}, first), matrix


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


def _counted(places: Ints) -> tuple[Ints, NDArray[np.intp] | None]:
    """Each place once, and how often it is there; None if each is there once. It sorts its argument."""
    places.sort()
    begins = np.empty(len(places), bool)
    begins[:1] = True
    np.not_equal(places[1:], places[:-1], out=begins[1:])
    first = np.flatnonzero(begins)
    if len(first) == len(places):
        return places, None
    ends = np.append(first[1:], np.intp(len(places)))
    return places[first], ends - first


def _numbered(names: Iterable[str], numbers: dict[str, int]) -> Ints:
    """The number of each name; a new one gets the next."""
    return np.fromiter((numbers.setdefault(name, len(numbers)) for name in names), np.int32)


def _numbers(names: Iterable[Name], place_of: Callable[[Any], int | None], first: int) -> dict[Name, int]:
    """The names that have no place yet, each with a number, from `first` on."""
    new = (name for name in dict.fromkeys(names) if place_of(name) is None)
    return {name: number for number, name in enumerate(new, start=first)}


def _key(one: Any, two: Any, size: int) -> Any:
    """A pair of numbers, at most `size`, as one number."""
    return one * (size + 1) + two


def _words(reading: Reading) -> Iterable[Name]:
    """What the view of words counts in a text."""
    pairs = pairwise((BORDER, *reading.stems, BORDER)) if reading.stems else ()
    return (*reading.stems, *pairs, *(f"={concept}" for concept in reading.concepts))


def _pieces(stem: str) -> tuple[str, ...]:
    padded = f" {stem[:WORD_LIMIT]} "
    return tuple(padded[at : at + size] for size in PIECE_SIZES for at in range(len(padded) - size + 1))
