"""A text as a sparse vector: stemmed words, pairs of words, concepts of the field, and pieces of words for typos."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import sqrt

import numpy as np
import Stemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from knowledge.text import clean, words
from knowledge.vocabulary import Vocabulary

# Lengths of the pieces of a word; a piece may begin and end at the word's border, written as a space.
PIECE_SIZES = (3, 4, 5)
# Of a longer word only the beginning is cut into pieces, so that the work stays bounded.
WORD_LIMIT = 40
# A pair or a piece seen in one text only cannot tell anything about another text.
RARE = 1
# How much the view "words" and the view "pieces" count; chosen by cross-validation (docs/matching.md).
WEIGHTS = (1.0, 0.8)
# Words remembered with their stem and pieces; a chat's vocabulary is smaller.
CACHE = 50_000

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read: its stems in order, and the concepts among them."""

    stems: tuple[str, ...]
    concepts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One text's vector: the dimensions that it has, and their values."""

    ids: Ints
    values: Floats


class Reader:
    """Reads texts into stems and concepts: chat spellings written out, synonyms brought together.

    `repair`, if given, has the last word on each stem: it may know what a misspelt one was meant to be.
    """

    def __init__(self, vocabulary: Vocabulary, repair: Callable[[str], str] | None = None) -> None:
        self._spellings = vocabulary.spellings
        self._repair = repair
        self.stem = lru_cache(CACHE)(Stemmer.Stemmer("english").stemWord)
        self._concepts: dict[str, tuple[str, ...]] = {}
        for concept, members in vocabulary.concepts.items():
            for member in members:
                span = "_".join(self.stem(word) for word in words(member))
                self._concepts[span] = (*self._concepts.get(span, ()), concept)

    def repairing(self, repair: Callable[[str], str]) -> "Reader":
        """The same reader with a repair of stems."""
        reader = object.__new__(Reader)
        reader.__dict__.update(self.__dict__, _repair=repair)
        return reader

    def read(self, text: str) -> Reading:
        """The stems of a text, and the concepts of its words and pairs of words."""
        meant = (part for word in words(clean(text)) for part in self._spellings.get(word, word).split())
        stems = tuple(map(self.stem, meant))
        if self._repair is not None:
            stems = tuple(map(self._repair, stems))
        spans = (*stems, *(f"{one}_{two}" for one, two in pairwise(stems)))
        return Reading(stems, tuple(concept for span in spans for concept in self._concepts.get(span, ())))


class Features:
    """The dimensions of a collection of texts, and their weights; `matrix` has the texts as rows.

    A row has the view of its words and the view of its pieces, each brought to its length in WEIGHTS, so that the
    product of two rows is how alike two texts are.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._views = (_View(_words, _is_word), _View(_pieces, lambda _: False))
        parts = [view.learn(readings) * weight for view, weight in zip(self._views, WEIGHTS, strict=True)]
        self._first = parts[0].shape[1]
        self.matrix = hstack(parts, format="csr", dtype=np.float32)

    def row(self, reading: Reading) -> Row:
        """The vector of a reading."""
        first, second = (view.row(reading) for view in self._views)
        ids = np.concatenate((first.ids, second.ids + np.int32(self._first)))
        values = np.concatenate((first.values * np.float32(WEIGHTS[0]), second.values * np.float32(WEIGHTS[1])))
        return Row(ids, values)

    def weight(self, stem: str) -> float:
        """How much a stem tells (its inverse document frequency); 0 for one never seen."""
        return self._views[0].weight(stem)

    @property
    def stems(self) -> tuple[str, ...]:
        """All stems that were seen, in the order in which they were first seen."""
        return tuple(name for name in self._views[0].names if _is_word(name))


class _View:
    """One way to see a text: names with counts, weighted by logarithm and inverse document frequency."""

    def __init__(self, names_of: Callable[[Reading], list[str]], keep: Callable[[str], bool]) -> None:
        self._names_of = names_of
        self._keep = keep
        self._ids: dict[str, int] = {}
        self._weights: Floats = np.empty(0, np.float32)

    @property
    def names(self) -> Iterable[str]:
        return self._ids

    def weight(self, name: str) -> float:
        place = self._ids.get(name)
        return 0.0 if place is None else float(self._weights[place])

    def learn(self, readings: Sequence[Reading]) -> csr_matrix:
        found: dict[str, int] = {}
        flat: list[int] = []
        ends = [0]
        for reading in readings:
            flat += [found.setdefault(name, len(found)) for name in self._names_of(reading)]
            ends.append(len(flat))
        matrix = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(readings), len(found)))
        matrix.sum_duplicates()
        frequency = np.bincount(matrix.indices, minlength=len(found))
        kept = np.flatnonzero((frequency > RARE) | np.fromiter(map(self._keep, found), bool, len(found)))
        names = list(found)
        self._ids = {names[place]: number for number, place in enumerate(kept.tolist())}
        self._weights = np.log((1 + len(readings)) / (1 + frequency[kept])).astype(np.float32) + np.float32(1)
        matrix = matrix[:, kept].tocsr()
        matrix.data = (1 + np.log(matrix.data)) * self._weights[matrix.indices]
        squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
        lengths = np.repeat(np.sqrt(np.maximum(squares, np.finfo(np.float32).tiny)), np.diff(matrix.indptr))
        matrix.data = (matrix.data / lengths).astype(np.float32)
        return matrix

    def row(self, reading: Reading) -> Row:
        known = [place for name in self._names_of(reading) if (place := self._ids.get(name)) is not None]
        ids, counts = np.unique(np.asarray(known, np.int32), return_counts=True)
        values = (1 + np.log(counts)).astype(np.float32) * self._weights[ids]
        return Row(ids, values / np.float32(sqrt(float(values @ values)) or 1.0))


def _is_word(name: str) -> bool:
    return "_" not in name and not name.startswith("=")


def _words(reading: Reading) -> list[str]:
    pairs = [f"{one}_{two}" for one, two in pairwise(reading.stems)]
    return [*reading.stems, *pairs, *(f"={concept}" for concept in reading.concepts)]


def _pieces(reading: Reading) -> list[str]:
    return [piece for stem in reading.stems for piece in _pieces_of(stem)]


@lru_cache(CACHE)
def _pieces_of(stem: str) -> tuple[str, ...]:
    padded = f" {stem[:WORD_LIMIT]} "
    return tuple(padded[at : at + size] for size in PIECE_SIZES for at in range(len(padded) - size + 1))
