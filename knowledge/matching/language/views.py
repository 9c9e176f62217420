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

from knowledge.matching.language.reading import CACHE, Reading

# Lengths of the pieces of a word; a piece may begin and end at the word's border, written as a space.
PIECE_SIZES = (2, 3, 4, 5)
# Words whose pieces are remembered: few of those that a chat uses, because pieces take much memory.
_CUT = CACHE // 20
# Of a longer word only the beginning is cut into pieces, so that the work stays bounded.
WORD_LIMIT = 40
# A name is counted up to so often: saying it again tells no more.
MOST = 4
# What a name counts that is there so often.
COUNTED = np.array([0, *(1 + log(count) for count in range(1, MOST + 1))], np.float32)
# How numpy holds a piece.
_PIECE = f"U{max(PIECE_SIZES)}"
# Stands before the first stem and behind the last, so that pairs tell how a text begins and ends.
BORDER = ""

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Names = NDArray[np.str_]
# A stem, a concept (with "=" before it) or a piece; or a pair of stems.
Name = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """The vector of a text, or of a part of one: the dimensions that it has, and their values."""

    ids: Ints
    values: Floats


class Words:
    """One view: stems, pairs of neighbours among them, and concepts, weighted by inverse document frequency.

    `pairs` are sorted keys (see `pair_key`): a dict of them would take most of the memory of an index.
    """

    def __init__(self, weights: Floats, stems: Sequence[str], pairs: Longs, concepts: Sequence[str]) -> None:
        self.weights = weights
        self.pairs = pairs
        self._stems = {stem: number for number, stem in enumerate(stems)}
        self._concepts = {name: len(stems) + len(pairs) + number for number, name in enumerate(concepts)}
        self._pair = lru_cache(CACHE)(self._pair_of)

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems, in the order of their dimensions, which are the first."""
        return tuple(self._stems)

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concepts, in the order of their dimensions, which are the last."""
        return tuple(self._concepts)

    def weight(self, stem: str) -> float:
        """How much a stem tells; 0 for one never seen."""
        place = self._stems.get(stem)
        return 0.0 if place is None else float(self.weights[place])

    def row(self, reading: Reading, length: float) -> Row:
        """The row of a text, from the names that are known, brought to a length."""
        ids, values = self._valued(self._places(reading))
        values *= np.float32(length / (sqrt(float(values @ values)) or 1.0))
        return Row(ids, values)

    def new(self, readings: Iterable[Reading], first: int) -> dict[Name, int]:
        """The names of texts that are not known, numbered from `first` on."""
        names = dict.fromkeys(name for reading in readings for name in _words(reading))
        unknown = (name for name in names if self._place(name) is None)
        return {name: number for number, name in enumerate(unknown, start=first)}

    def row_with(self, reading: Reading, more: Mapping[Name, int], unseen: float, length: float) -> Row:
        """The row of a text from the names that are known and those of `more`, which weigh `unseen`.

        Every other name counts for the length of the text, too.
        """
        places = self._places(reading)
        names = _words(reading)
        new = Counter(name for name in names if name in more)
        strange = len(names) - len(places) - new.total()
        ids, values = self._valued(places)
        ids = np.append(ids, np.array([more[name] for name in new], np.int32))
        values = np.append(values, unseen * COUNTED[[min(count, MOST) for count in new.values()]])
        scale = length / (sqrt(float(values @ values) + strange * unseen**2) or 1.0)
        return Row(ids, values * np.float32(scale))

    def _valued(self, places: Sequence[int]) -> tuple[Ints, Floats]:
        """Each place once, and how much it weighs as often as it is there."""
        if len(set(places)) == len(places):
            ids = np.array(places, np.int32)
            return ids, self.weights[ids]
        counts = Counter(places)
        ids = np.array(list(counts), np.int32)
        return ids, self.weights[ids] * COUNTED[[min(count, MOST) for count in counts.values()]]

    def _place(self, name: Name) -> int | None:
        """Where a name stands among the dimensions; None for one never seen."""
        if isinstance(name, str):
            return self._concepts.get(name[1:]) if name[:1] == "=" else self._stems.get(name)
        one, two = (self._stems.get(stem, len(self._stems) if stem == BORDER else None) for stem in name)
        return None if one is None or two is None else self._pair(one, two)

    def _places(self, reading: Reading) -> list[int]:
        """Where the names of a text stand, as often as they are there, without those never seen."""
        numbers = [self._stems.get(stem, -1) for stem in reading.stems]
        known = [number for number in numbers if number >= 0]
        border = len(self._stems)
        pairs = pairwise((border, *numbers, border))
        found = [self._pair(one, two) for one, two in pairs if one >= 0 and two >= 0]
        known += [place for place in found if place is not None]
        known += [self._concepts[concept] for concept in reading.concepts if concept in self._concepts]
        return known

    def _pair_of(self, one: int, two: int) -> int | None:
        """Where a pair of stems stands, given as their numbers; None for one never seen."""
        key = pair_key(one, two, len(self._stems))
        place = int(self.pairs.searchsorted(key))
        found = place < len(self.pairs) and self.pairs[place] == key
        return len(self._stems) + place if found else None


class Pieces:
    """The other view: the pieces of the words of a text, weighted by inverse document frequency.

    Each word counts once, a piece as often as it is in different words, and the length of a text is that of its words'
    pieces one by one: so what the pieces of a word are worth is the same in every text, but for the text's length.

    `names` are the pieces in the order of their dimensions, as an array: as strings they would take most of its memory.
    """

    def __init__(self, weights: Floats, names: Names, first: int) -> None:
        """`first` is the dimension of the first piece."""
        self.weights = weights
        self.names: Names = names.astype(_PIECE, copy=False)
        self._order = np.argsort(self.names).astype(np.int32)
        self._first = np.int32(first)
        self.of = lru_cache(CACHE)(self._of)

    def _places(self, pieces: Sequence[str]) -> Ints:
        """Where each piece stands; -1 for one never seen."""
        if not len(self.names):
            return np.full(len(pieces), -1, np.int32)
        wanted = np.array(pieces, _PIECE)
        found = np.minimum(np.searchsorted(self.names, wanted, sorter=self._order), len(self.names) - 1)
        places = self._order[found]
        return np.where(self.names[places] == wanted, places, np.int32(-1))

    def _of(self, stem: str) -> Row:
        """The pieces of a word that are known."""
        places = self._places(pieces_in(stem))
        ids = places[places >= 0]
        return Row(ids + self._first, self.weights[ids])

    def new(self, readings: Iterable[Reading], first: int) -> dict[Name, int]:
        """The pieces of texts that are not known, numbered from `first` on."""
        stems = (stem for reading in readings for stem in reading.stems)
        pieces = tuple(dict.fromkeys(piece for stem in stems for piece in pieces_in(stem)))
        unknown = np.flatnonzero(self._places(pieces) < 0).tolist()
        return {pieces[place]: number for number, place in enumerate(unknown, start=first)}

    def of_with(self, stem: str, more: Mapping[Name, int], unseen: float) -> Row:
        """The pieces of a word that are known, and those of `more`, which weigh `unseen`."""
        known = self.of(stem)
        ids = [more[piece] for piece in pieces_in(stem) if piece in more]
        if not ids:
            return known
        values = np.full(len(ids), unseen, np.float32)
        return Row(np.append(known.ids, np.array(ids, np.int32)), np.append(known.values, values))


def joined(rows: Sequence[Row]) -> Row:
    """Vectors one behind the other; a dimension comes as often as it is in them."""
    ids = np.concatenate([np.empty(0, np.int32), *(row.ids for row in rows)])
    return Row(ids, np.concatenate([np.empty(0, np.float32), *(row.values for row in rows)]))


def pair_key(one: Any, two: Any, size: int) -> Any:
    """A pair of numbers, at most `size`, as one number."""
    return one * (size + 1) + two


def _words(reading: Reading) -> tuple[Name, ...]:
    """What the view of words counts in a text."""
    pairs = pairwise((BORDER, *reading.stems, BORDER)) if reading.stems else ()
    return (*reading.stems, *pairs, *(f"={concept}" for concept in reading.concepts))


@lru_cache(_CUT)
def pieces_in(stem: str) -> tuple[str, ...]:
    """The pieces of a word."""
    padded = f" {stem[:WORD_LIMIT]} "
    return tuple(padded[at : at + size] for size in PIECE_SIZES for at in range(len(padded) - size + 1))
