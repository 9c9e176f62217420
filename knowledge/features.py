"""A text as a sparse vector: stemmed words, pairs of words, concepts of the field, and pieces of words for typos."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

import numpy as np
import Stemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from knowledge.text import words
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

    def repaired(self, stem: str) -> str:
        """The stem that this one was meant to be."""
        return stem if self._repair is None else self._repair(stem)

    def read(self, said: tuple[str, ...]) -> Reading:
        """The stems of a text's words (see `text.spoken`), and the concepts of its words and pairs of words."""
        meant = (part for word in said for part in self._spellings.get(word, word).split())
        stems = tuple(map(self.stem, meant))
        if self._repair is not None:
            stems = tuple(map(self._repair, stems))
        spans = (*stems, *(f"{one}_{two}" for one, two in pairwise(stems)))
        return Reading(stems, tuple(concept for span in spans for concept in self._concepts.get(span, ())))


class Features:
    """The dimensions of a collection of texts, and their weights.

    A row has the view of its words and the view of its pieces, each brought to its length in WEIGHTS, so that the
    product of two rows is how alike two texts are.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._words = _View(_itself, rarest=0)
        self._pieces = _View(_pieces_of, rarest=RARE)
        words = self._words.learn([_words(reading) for reading in readings])
        pieces = self._pieces.learn([reading.stems for reading in readings])
        parts = (words * WEIGHTS[0], pieces * WEIGHTS[1])
        self._matrix: csr_matrix | None = hstack(parts, format="csr", dtype=np.float32)
        self.size: int = words.shape[1] + pieces.shape[1]
        self._first = np.int32(words.shape[1])
        self.stems = tuple(name for name in self._words.names if _is_stem(name))

    def take_matrix(self) -> csr_matrix:
        """The texts as rows; given away once, so that a long-lived index does not hold it twice."""
        matrix, self._matrix = self._matrix, None
        if matrix is None:
            raise RuntimeError("the matrix has been taken already")
        return matrix

    def row(self, reading: Reading) -> Row:
        """The vector of a reading."""
        words, pieces = self._words.row(_words(reading)), self._pieces.row(reading.stems)
        ids = np.concatenate((words.ids, pieces.ids + self._first))
        values = np.concatenate((words.values * np.float32(WEIGHTS[0]), pieces.values * np.float32(WEIGHTS[1])))
        return Row(ids, values)

    def new_words(self, readings: Sequence[Reading]) -> dict[str, int]:
        """The words, pairs and concepts of more texts that the collection does not have, each with its dimension."""
        return self._words.new([_words(reading) for reading in readings], self.size)

    def new_pieces(self, readings: Sequence[Reading]) -> dict[str, int]:
        """The same for the pieces of their words, behind their words."""
        return self._pieces.new([reading.stems for reading in readings], self.size + len(self.new_words(readings)))

    def row_with(self, reading: Reading, words: Mapping[str, int], pieces: Mapping[str, int], unseen: float) -> Row:
        """The vector of a reading with these dimensions more, whose names weigh `unseen`."""
        first = self._words.row_with(_words(reading), words, 0, unseen, strange=True)
        second = self._pieces.row_with(reading.stems, pieces, int(self._first), unseen, strange=False)
        values = np.concatenate((first.values * np.float32(WEIGHTS[0]), second.values * np.float32(WEIGHTS[1])))
        return Row(np.concatenate((first.ids, second.ids)), values)

    def weight(self, stem: str) -> float:
        """How much a stem tells (its inverse document frequency); 0 for one never seen."""
        return self._words.weight(stem)


class Extension:
    """The dimensions of a collection, and behind them those that a few more texts add to it.

    A word that neither knows makes a text less alike to all others; the collection alone does not see it.
    """

    def __init__(self, features: Features, readings: Sequence[Reading], unseen: float) -> None:
        self._features = features
        self._unseen = unseen
        self._words = features.new_words(readings)
        self._pieces = features.new_pieces(readings)
        self.size = features.size + len(self._words) + len(self._pieces)

    def row(self, reading: Reading) -> Row:
        """The vector of a reading."""
        return self._features.row_with(reading, self._words, self._pieces, self._unseen)

    def matrix(self, readings: Sequence[Reading]) -> csr_matrix:
        """The vectors of several readings."""
        rows = [self.row(reading) for reading in readings]
        ends = np.cumsum([0, *(len(row.ids) for row in rows)])
        ids = np.concatenate([row.ids for row in rows])
        values = np.concatenate([row.values for row in rows])
        return csr_matrix((values, ids, ends), shape=(len(rows), self.size), dtype=np.float32)


class _View:
    """One way to see a text: names with counts, weighted by logarithm and inverse document frequency.

    A text is a sequence of tokens, and `names_of` says what to count for a token. Names in at most `rarest` texts
    are left out.
    """

    def __init__(self, names_of: Callable[[str], tuple[str, ...]], rarest: int) -> None:
        self._names_of = names_of
        self._rarest = rarest
        self._ids: dict[str, int] = {}
        self._weights: Floats = np.empty(0, np.float32)
        self._ids_of = lru_cache(CACHE)(self._known)

    @property
    def names(self) -> Iterable[str]:
        return self._ids

    def weight(self, name: str) -> float:
        place = self._ids.get(name)
        return 0.0 if place is None else float(self._weights[place])

    def learn(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        """The texts' rows; from now on `row` gives those of others."""
        matrix, names = self._counted(texts)
        frequency = np.bincount(matrix.indices, minlength=len(names))
        kept = np.flatnonzero(frequency > self._rarest)
        self._ids = {names[place]: number for number, place in enumerate(kept.tolist())}
        self._weights = np.log((1 + len(texts)) / (1 + frequency[kept])).astype(np.float32) + np.float32(1)
        matrix = matrix[:, kept].tocsr()
        matrix.data = (1 + np.log(matrix.data)) * self._weights[matrix.indices]
        squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
        lengths = np.sqrt(np.maximum(squares, np.finfo(np.float32).tiny))
        matrix.data = (matrix.data / np.repeat(lengths, np.diff(matrix.indptr))).astype(np.float32)
        return matrix

    def row(self, tokens: Sequence[str]) -> Row:
        """The row of a text, from the names that are known."""
        if not tokens:
            return Row(np.empty(0, np.int32), np.empty(0, np.float32))
        ids, counts = np.unique(np.concatenate([self._ids_of(token) for token in tokens]), return_counts=True)
        values = (1 + np.log(counts)).astype(np.float32) * self._weights[ids]
        return Row(ids, values / np.float32(sqrt(float(values @ values)) or 1.0))

    def new(self, texts: Sequence[Sequence[str]], first: int) -> dict[str, int]:
        """The names of texts that are not known, numbered from `first` on."""
        names = dict.fromkeys(name for tokens in texts for token in tokens for name in self._names_of(token))
        return {name: number for number, name in enumerate((n for n in names if n not in self._ids), start=first)}

    def row_with(
        self, tokens: Sequence[str], more: Mapping[str, int], first: int, unseen: float, *, strange: bool
    ) -> Row:
        """The row of a text from the names that are known (from `first` on) and those of `more`.

        With `strange` every other name counts for the length of the text, too.
        """
        counts = Counter(name for token in tokens for name in self._names_of(token))
        ids: list[int] = []
        values: list[float] = []
        beside = 0.0
        for name, count in counts.items():
            value = 1 + log(count)
            place = self._ids.get(name)
            if place is not None:
                ids.append(first + place)
                values.append(value * float(self._weights[place]))
            elif name in more:
                ids.append(more[name])
                values.append(value * unseen)
            elif strange:
                beside += (value * unseen) ** 2
        length = sqrt(sum(value * value for value in values) + beside) or 1.0
        return Row(np.asarray(ids, np.int32), np.asarray(values, np.float32) / np.float32(length))

    def _counted(self, texts: Sequence[Sequence[str]]) -> tuple[csr_matrix, list[str]]:
        """How often each text has each name, and the names."""
        found: dict[str, int] = {}
        places_of: dict[str, list[int]] = {}
        flat: list[int] = []
        ends = [0]
        for tokens in texts:
            for token in tokens:
                places = places_of.get(token)
                if places is None:
                    places = [found.setdefault(name, len(found)) for name in self._names_of(token)]
                    places_of[token] = places
                flat += places
            ends.append(len(flat))
        matrix = csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(texts), len(found)))
        matrix.sum_duplicates()
        return matrix, list(found)

    def _known(self, token: str) -> Ints:
        known = (self._ids.get(name) for name in self._names_of(token))
        return np.asarray([place for place in known if place is not None], np.int32)


def _words(reading: Reading) -> list[str]:
    pairs = [f"{one}_{two}" for one, two in pairwise(reading.stems)]
    return [*reading.stems, *pairs, *(f"={concept}" for concept in reading.concepts)]


def _is_stem(name: str) -> bool:
    return "_" not in name and not name.startswith("=")


def _itself(name: str) -> tuple[str, ...]:
    return (name,)


def _pieces_of(stem: str) -> tuple[str, ...]:
    padded = f" {stem[:WORD_LIMIT]} "
    return tuple(padded[at : at + size] for size in PIECE_SIZES for at in range(len(padded) - size + 1))
