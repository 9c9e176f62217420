"""Views of a text: names with counts, weighted by how much they tell. One sees its words, the other pieces of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from knowledge.reading import CACHE, Reading

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
    """One text's vector: the dimensions that it has, and their values; the first so many are `words`, not pieces."""

    ids: Ints
    values: Floats
    words: int


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


class View:
    """One way to see a text: names with counts, weighted by logarithm and inverse document frequency."""

    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    def _names(self, reading: Reading) -> Iterable[Name]:
        """What there is to count in a text."""
        raise NotImplementedError

    def _place(self, name: Name) -> int | None:
        """Where a name stands among the dimensions; None for one never seen."""
        raise NotImplementedError

    def _places(self, reading: Reading) -> Ints:
        """Where the names of a text stand, as often as they are there, without those never seen."""
        known = (self._place(name) for name in self._names(reading))
        return np.array([place for place in known if place is not None], np.int32)

    def weight(self, name: Name) -> float:
        """How much a name tells; 0 for one never seen."""
        place = self._place(name)
        return 0.0 if place is None else float(self._weights[place])

    def row(self, reading: Reading, length: float) -> Row:
        """The row of a text, from the names that are known, brought to a length."""
        ids, counts = _counted(self._places(reading))
        values = self._weights[ids]
        if counts is not None:
            values *= _COUNTED[np.minimum(counts, MOST)]
        values *= np.float32(length / (sqrt(float(values @ values)) or 1.0))
        return Row(ids, values, len(ids))

    def new(self, readings: Iterable[Reading], first: int) -> dict[Name, int]:
        """The names of texts that are not known, numbered from `first` on."""
        names = dict.fromkeys(name for reading in readings for name in self._names(reading))
        return {name: number for number, name in enumerate((n for n in names if self._place(n) is None), start=first)}

    def row_with(self, reading: Reading, more: Mapping[Name, int], first: int, unseen: float, *, strange: bool) -> Row:
        """The row of a text from the names that are known (from `first` on) and those of `more`.

        With `strange` every other name counts for the length of the text, too.
        """
        counts = Counter(self._names(reading))
        ids: list[int] = []
        values: list[float] = []
        beside = 0.0
        for name, count in counts.items():
            value = 1 + log(min(count, MOST))
            place = self._place(name)
            if place is not None:
                ids.append(first + place)
                values.append(value * float(self._weights[place]))
            elif name in more:
                ids.append(more[name])
                values.append(value * unseen)
            elif strange:
                beside += (value * unseen) ** 2
        length = sqrt(sum(value * value for value in values) + beside) or 1.0
        return Row(np.asarray(ids, np.int32), np.asarray(values, np.float32) / np.float32(length), len(ids))


class Words(View):
    """Stems, pairs of neighbours among them, and concepts.

    `pairs` are sorted keys (see `_key`): a dict of them would take most of the memory of an index.
    """

    def __init__(self, weights: Floats, stems: Mapping[str, int], pairs: Longs, concepts: Sequence[str]) -> None:
        super().__init__(weights)
        self._stems = stems
        self._pairs = pairs
        self._concepts = {name: len(stems) + len(pairs) + number for number, name in enumerate(concepts)}

    def _names(self, reading: Reading) -> Iterable[Name]:
        return (*reading.stems, *_pairs(reading.stems), *(f"={concept}" for concept in reading.concepts))

    def _place(self, name: Name) -> int | None:
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


class Pieces(View):
    """The pieces of the words of a text."""

    def __init__(self, weights: Floats, pieces: Mapping[str, int]) -> None:
        super().__init__(weights)
        self._pieces = pieces
        self._places_of = lru_cache(CACHE)(self._known)

    def _names(self, reading: Reading) -> Iterable[Name]:
        return (piece for stem in reading.stems for piece in _pieces(stem))

    def _place(self, name: Name) -> int | None:
        return self._pieces.get(str(name))

    def _places(self, reading: Reading) -> Ints:
        return np.concatenate([np.empty(0, np.int32), *map(self._places_of, reading.stems)])

    def _known(self, stem: str) -> Ints:
        return np.array([place for piece in _pieces(stem) if (place := self._pieces.get(piece)) is not None], np.int32)


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
    matrix, weights = _weighted(counted.matrix(where[there], names[there], size + len(pairs) + len(concepts)))
    return Words(weights, counted.stems, pairs, tuple(concepts)), matrix


def pieces_of(counted: Counted) -> tuple[Pieces, csr_matrix]:
    """The view of the pieces of a collection's words, and the collection in it."""
    pieces: dict[str, int] = {}
    parts = [_pieces(stem) for stem in counted.stems]
    flat = _numbered((piece for each in parts for piece in each), pieces)
    ends = np.cumsum([0, *map(len, parts)])
    of_stem = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(parts), len(pieces)))
    matrix = counted.matrix(counted.at, counted.flat, len(parts)) @ of_stem
    kept = np.flatnonzero(np.bincount(matrix.indices, minlength=len(pieces)) > RARE)
    names = list(pieces)
    matrix, weights = _weighted(matrix[:, kept])
    return Pieces(weights, {names[place]: number for number, place in enumerate(kept.tolist())}), matrix


def _weighted(counts: csr_matrix) -> tuple[csr_matrix, Floats]:
    """Counts as rows of length one, weighted by logarithm and inverse document frequency, and those weights."""
    counts.sort_indices()
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    weights = (np.log((1 + counts.shape[0]) / (1 + frequency)) + 1).astype(np.float32)
    data = (1 + np.log(np.minimum(counts.data, MOST))) * weights[counts.indices]
    squares = np.add.reduceat(np.append(data * data, 0), counts.indptr[:-1]) * (np.diff(counts.indptr) > 0)
    lengths = np.sqrt(np.maximum(squares, np.finfo(np.float32).tiny))
    counts.data = (data / np.repeat(lengths, np.diff(counts.indptr))).astype(np.float32)
    return counts, weights


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


def _key(one: Any, two: Any, size: int) -> Any:
    """A pair of numbers, at most `size`, as one number."""
    return one * (size + 1) + two


def _pairs(stems: Sequence[str]) -> Iterable[tuple[str, str]]:
    return pairwise((BORDER, *stems, BORDER)) if stems else ()


def _pieces(stem: str) -> tuple[str, ...]:
    padded = f" {stem[:WORD_LIMIT]} "
    return tuple(padded[at : at + size] for size in PIECE_SIZES for at in range(len(padded) - size + 1))
