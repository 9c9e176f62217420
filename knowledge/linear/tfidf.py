"""TF-IDF of a text, the same numbers as scikit-learn's TfidfVectorizer, without scikit-learn and in little memory.

Each n-gram is one 64-bit number made of the numbers of its words or characters. So a vocabulary is a sorted array, and
a text is looked up in it all at once.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
# How many bits of an n-gram's number one word or character takes, which bounds how many of them an n-gram may have.
WORD_BITS, CHARACTER_BITS = 20, 12
# What a word is to a vectorizer whose text is cut into words already.
BETWEEN_SPACES = r"\S+"
_KEY_BITS = 63
_BREAK = "\n"


class SparseVector(NamedTuple):
    """A sparse vector: the columns that are not zero, in rising order, and their values."""

    columns: Ints
    values: Floats


class Vectorizer(Protocol):
    """The part of a fitted scikit-learn TfidfVectorizer that is read."""

    vocabulary_: Mapping[str, int]
    idf_: NDArray[np.float64]
    ngram_range: tuple[int, int]
    analyzer: str
    binary: bool
    sublinear_tf: bool
    token_pattern: str
    lowercase: bool


class TfidfView(ABC):
    """The learned n-grams of one kind, with their inverse document frequencies."""

    bits: int
    analyzer: str

    def __init__(self, units: Sequence[str], keys: Ints, idf: Floats, sizes: tuple[int, int], *, binary: bool) -> None:
        """Take the n-grams as sorted `keys` over `units`; `sizes` are the shortest and the longest n-gram.

        Raises ValueError if the units do not fit into the bits of a key.
        """
        if len(units) >= self._unknown or sizes[1] * self.bits > _KEY_BITS:
            raise ValueError(f"{len(units)} units in n-grams of {sizes[1]} do not fit into {_KEY_BITS} bits.")
        self._units = tuple(units)
        self._keys = keys
        self._idf = idf
        self._sizes = sizes
        self._binary = binary

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def _unknown(self) -> int:
        """Return the number for a unit that is in no n-gram."""
        return (1 << self.bits) - 1

    @classmethod
    def of(cls, fitted: Vectorizer) -> tuple[Self, NDArray[np.intp]]:
        """Convert a fitted vectorizer; also return which of its columns each column here is. Raises ValueError if it
        was fitted with unsupported options.
        """
        plain = not (fitted.sublinear_tf or fitted.lowercase) and fitted.analyzer == cls.analyzer
        if not plain or (fitted.analyzer == "word" and fitted.token_pattern != BETWEEN_SPACES):
            asked = f"analyzer={cls.analyzer!r}, lowercase=False, sublinear_tf=False, token_pattern={BETWEEN_SPACES!r}"
            raise ValueError(f"Only a vectorizer that was fitted with {asked} can be equalled.")
        grams = {gram: cls._split(gram) for gram in fitted.vocabulary_}
        units = sorted({unit for gram in grams.values() for unit in gram})
        number = {unit: place for place, unit in enumerate(units, 1)}
        keys = np.array([_key((number[unit] for unit in gram), cls.bits) for gram in grams.values()], np.int64)
        columns = np.array([fitted.vocabulary_[gram] for gram in grams], np.intp)
        rising = np.argsort(keys)
        order = columns[rising]
        idf = fitted.idf_[order].astype(np.float32)
        return cls(units, keys[rising], idf, fitted.ngram_range, binary=fitted.binary), order

    @classmethod
    def from_arrays(cls, arrays: Arrays, prefix: str) -> Self:
        """Read what `arrays` returned. Raises KeyError or ValueError if it is not such."""
        units = arrays[prefix + "units"].tobytes().decode()
        shortest, longest, binary = arrays[prefix + "shape"].tolist()
        keys, idf = arrays[prefix + "keys"], arrays[prefix + "idf"]
        return cls(units.split(_BREAK), keys, idf, (shortest, longest), binary=bool(binary))

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, named with a prefix."""
        return {
            prefix + "units": np.frombuffer(_BREAK.join(self._units).encode(), np.uint8),
            prefix + "keys": self._keys,
            prefix + "idf": self._idf,
            prefix + "shape": np.array([*self._sizes, self._binary], np.int64),
        }

    def row(self, text: str) -> SparseVector:
        """Return the text as a vector of length one; an empty vector if nothing in the text is known."""
        keys, counts = np.unique(self._grams(text), return_counts=True)
        places = np.searchsorted(self._keys, keys)
        known = self._keys[np.minimum(places, len(self._keys) - 1)] == keys
        columns = places[known]
        values = self._idf[columns] * (1 if self._binary else counts[known])
        length = np.sqrt(values @ values)
        return SparseVector(columns, (values / length if length else values).astype(np.float32))

    def _grams(self, text: str) -> Ints:
        """Return the numbers of a text's n-grams, each as often as it occurs."""
        units = self._numbers(text)
        shortest, longest = self._sizes
        found = []
        key = np.zeros(len(units), np.int64)
        for size in range(1, longest + 1):
            # Each key grows by the next unit; one that would pass the end is dropped.
            key = (key[: len(units) - size + 1] << self.bits) + units[size - 1 :]
            if size >= shortest:
                found.append(key[self._whole(units, size)])
        return np.concatenate(found)

    @staticmethod
    @abstractmethod
    def _split(gram: str) -> Sequence[str]:
        """Return the units of an n-gram as scikit-learn writes it."""

    @abstractmethod
    def _numbers(self, text: str) -> Ints:
        """Return the numbers of a text's units, in order."""

    @abstractmethod
    def _whole(self, units: Ints, size: int) -> Any:
        """Say which n-grams of a size count."""


class WordView(TfidfView):
    """N-grams of words; words are separated by spaces."""

    bits = WORD_BITS
    analyzer = "word"

    def __init__(self, units: Sequence[str], keys: Ints, idf: Floats, sizes: tuple[int, int], *, binary: bool) -> None:
        super().__init__(units, keys, idf, sizes, binary=binary)
        self._number = {unit: place for place, unit in enumerate(self._units, 1)}

    @staticmethod
    def _split(gram: str) -> Sequence[str]:
        return gram.split(" ")

    def _numbers(self, text: str) -> Ints:
        return np.array([self._number.get(word, self._unknown) for word in text.split()], np.int64)

    def _whole(self, units: Ints, size: int) -> Any:
        return slice(None)


class PieceView(TfidfView):
    """N-grams of characters inside words, with the space before and after a word: scikit-learn's `char_wb`."""

    bits = CHARACTER_BITS
    analyzer = "char_wb"
    # A word with its two spaces has three characters: with longer minimum n-grams, scikit-learn counts differently.
    _LONGEST_SHORTEST = 3

    def __init__(self, units: Sequence[str], keys: Ints, idf: Floats, sizes: tuple[int, int], *, binary: bool) -> None:
        super().__init__(units, keys, idf, sizes, binary=binary)
        if sizes[0] > self._LONGEST_SHORTEST:
            raise ValueError(f"The shortest n-gram may have {self._LONGEST_SHORTEST} characters at most.")
        self._characters = np.array([ord(unit) for unit in self._units], np.uint32)
        self._space = int(np.searchsorted(self._characters, ord(" "))) + 1

    @staticmethod
    def _split(gram: str) -> Sequence[str]:
        return gram

    def _numbers(self, text: str) -> Ints:
        spaced = f" {' '.join(text.split())} "
        characters = np.frombuffer(spaced.encode("utf-32-le", "surrogatepass"), np.uint32)
        places = np.searchsorted(self._characters, characters)
        known = self._characters[np.minimum(places, len(self._characters) - 1)] == characters
        return np.where(known, places + 1, self._unknown)

    def _whole(self, units: Ints, size: int) -> Any:
        """Count those with spaces only at their ends; the space between two words belongs to both."""
        spaces = np.concatenate(([0], np.cumsum(units == self._space)))
        inner = spaces[size - 1 : len(units)] - spaces[1 : len(units) - size + 2]
        return inner == 0 if size > 1 else units != self._space


class Tfidf:
    """Several views of a text side by side, each of length one."""

    def __init__(self, views: Sequence[TfidfView]) -> None:
        self.views = tuple(views)

    def __len__(self) -> int:
        return sum(map(len, self.views))

    def row(self, text: str) -> SparseVector:
        """Return the text in all views, one after the other."""
        rows = [view.row(text) for view in self.views]
        starts = np.cumsum([0, *map(len, self.views)])
        columns = [row.columns + start for row, start in zip(rows, starts, strict=False)]
        return SparseVector(np.concatenate(columns), np.concatenate([row.values for row in rows]))


def _key(numbers: Iterable[int], bits: int) -> int:
    key = 0
    for number in numbers:
        key = (key << bits) + number
    return key
