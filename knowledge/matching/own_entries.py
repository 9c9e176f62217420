"""A community's own entries: scores learned from a few phrasings, their facts and answers, in milliseconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.entry_texts import STATED
from knowledge.matching.kernel import Floats, fitted, nearest, nearness
from knowledge.matching.learned import quantized, restored
from knowledge.plain.text import clean, spoken

# Words and pairs of words are told apart by this many columns; what shared words count beside meaning. Both chosen on
# entries that were held to few phrasings (docs/matching.md).
COLUMNS = 256
SHARED_WORDS = 0.1
# The phrasings of an entry that has more than this count as much as this many, so that they do not drown the others.
BALANCED = 10
# So many statements of an entry are learned, which bounds what a community takes in memory.
STATEMENTS_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Group:
    """What is learned as one label: ways to ask for it, and what its answer states."""

    phrasings: tuple[str, ...]
    statements: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is encoded, the phrasings first."""
        return (*self.phrasings, *self.statements[:STATEMENTS_LIMIT])


class OwnEntries:
    """Immutable. Scores near 1 say that a text asks for a group; far from all of its texts they are near 0.

    The groups are told from each other and from examples of what ships, the rivals.
    """

    def __init__(self, rivals: Floats, groups: Sequence[Group], vectors: Mapping[str, Floats] | None) -> None:
        """Learn groups, each of which has a phrasing.

        `vectors` are those of their texts; a text without one counts by its words. Without any, words alone decide.
        """
        self._rivals = rivals
        self._phrasings = tuple(group.phrasings for group in groups)
        sizes = [len(group.texts) for group in groups]
        self._starts = np.cumsum([0, *sizes[:-1]])
        texts = [text for group in groups for text in group.texts]
        counts = np.ones(len(texts) + len(rivals), np.float32)
        wanted = np.zeros((len(counts), len(groups)), np.float32)
        for place, (group, start) in enumerate(zip(groups, self._starts.tolist(), strict=True)):
            wanted[start : start + len(group.texts), place] = 1
            counts[start : start + len(group.texts)] = min(1, BALANCED / len(group.phrasings))
            counts[start + len(group.phrasings) : start + len(group.texts)] *= STATED
        words = np.array([_words(text) for text in texts], np.float32)
        near = np.zeros((len(counts), len(counts)), np.float32)
        near[: len(texts), : len(texts)] = np.float32(SHARED_WORDS) * (words @ words.T)
        self._vectors: NDArray[np.int8] | None = None
        if vectors is not None:
            none = np.zeros(rivals.shape[1], np.float32)
            self._vectors = quantized(np.array([vectors.get(clean(text), none) for text in texts], np.float32))
            everything = np.concatenate((restored(self._vectors), rivals))
            near += nearness(everything @ everything.T)
        weights = fitted(near, wanted, counts)
        self._words = (np.float32(SHARED_WORDS) * (words.T @ weights[: len(texts)])).astype(np.float16)
        self._weights = weights.astype(np.float16)

    @property
    def bytes(self) -> int:
        """The memory that it takes."""
        return self._words.nbytes + self._weights.nbytes + (0 if self._vectors is None else self._vectors.nbytes)

    def vectors(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Give what was learned of the texts of all groups, in their order, except texts without a vector."""
        if self._vectors is None:
            return {}
        rows = zip(texts, restored(self._vectors), strict=True)
        return {clean(text): vector for text, vector in rows if vector.any()}

    def see(self, text: str, vector: Floats | None) -> tuple[Floats, Floats]:
        """Give each group's score for a text with this vector, and the cosine of its nearest text."""
        scores: Floats = _words(text) @ self._words.astype(np.float32)
        if vector is None or self._vectors is None:
            return scores, np.zeros(len(self._phrasings), np.float32)
        cosines = restored(self._vectors) @ vector
        everything = np.concatenate((cosines, self._rivals @ vector))
        return scores + nearness(everything) @ self._weights.astype(np.float32), nearest(cosines, self._starts)

    def phrasing(self, place: int, vector: Floats | None) -> str:
        """Give the phrasing of a group that means most nearly the same as a text with this vector."""
        phrasings, start = self._phrasings[place], int(self._starts[place])
        if vector is None or self._vectors is None:
            return phrasings[0]
        cosines = restored(self._vectors[start : start + len(phrasings)]) @ vector
        return phrasings[int(cosines.argmax())]


def _words(text: str) -> Floats:
    """Return the words and pairs of neighbors of a text in their columns, a vector of length one."""
    said = spoken(text)
    found = np.zeros(COLUMNS, np.float32)
    for name in {*said, *(f"{one} {other}" for one, other in pairwise(said))}:
        hashed = crc32(name.encode())
        found[(hashed >> 1) % COLUMNS] += 1 if hashed & 1 else -1
    length = np.sqrt(found @ found)
    return found / length if length else found
