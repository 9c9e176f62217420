"""A community's own entries: a logistic regression from a few phrasings, facts and answers, in milliseconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.kernel import Floats, nearest
from knowledge.matching.learned import quantized, restored
from knowledge.plain.text import clean, spoken

# Words and pairs of words are told apart by this many columns; what they count beside meaning, and how loosely the
# weights are held. All chosen on public sets with 1, 3, and 10 phrasings a class (docs/matching.md).
COLUMNS = 128
SHARED_WORDS = 0.4
LOOSENESS = 8.0
# What the rivals count together: as many phrasings.
RIVALS_COUNT = 30.0
# Steps of the fit; more change next to nothing.
STEPS = 20
# The phrasings of an entry that has more than this count as much as this many, so that they do not drown the others.
BALANCED = 10
# So many statements of an entry are learned, which bounds what a community takes in memory.
STATEMENTS_LIMIT = 5
# Odds beyond this would overflow.
UTMOST = 50.0


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
    """Immutable. A logistic regression over meaning and words: how likely a text asks for each group.

    The groups are told from each other and from examples of what ships, the rivals.
    """

    def __init__(self, rivals: Floats, groups: Sequence[Group], vectors: Mapping[str, Floats] | None) -> None:
        """Learn groups, each of which has a phrasing.

        `vectors` are those of their texts; a text without one counts by its words. Without any, words alone decide.
        """
        self._phrasings = tuple(group.phrasings for group in groups)
        sizes = [len(group.texts) for group in groups]
        self._starts = np.cumsum([0, *sizes[:-1]])
        texts = [text for group in groups for text in group.texts]
        labels = np.repeat(np.arange(len(groups) + 1), [*sizes, len(rivals)])
        counts = np.full(len(labels), RIVALS_COUNT / max(len(rivals), 1), np.float32)
        for group, start in zip(groups, self._starts.tolist(), strict=True):
            counts[start : start + len(group.texts)] = min(1, BALANCED / len(group.phrasings))
        seen = np.zeros((len(labels), rivals.shape[1] + COLUMNS + 1), np.float32)
        seen[:, -1] = 1
        seen[: len(texts), -COLUMNS - 1 : -1] = [_words(text) for text in texts]
        # The vector of each text once, and for each text the row that has it.
        self._vectors: NDArray[np.int8] | None = None
        self._rows = np.zeros(0, np.int32)
        if vectors is not None:
            none = np.zeros(rivals.shape[1], np.float32)
            each = {plain: row for row, plain in enumerate(dict.fromkeys(map(clean, texts)))}
            self._vectors = quantized(np.array([vectors.get(plain, none) for plain in each], np.float32))
            self._rows = np.array([each[clean(text)] for text in texts], np.int32)
            seen[: len(texts), : -COLUMNS - 1] = restored(self._vectors)[self._rows]
            seen[len(texts) :, : -COLUMNS - 1] = rivals
        self._weights = _fitted(seen, labels, counts).astype(np.float16)

    @property
    def bytes(self) -> int:
        """The memory that it takes."""
        return self._weights.nbytes + self._rows.nbytes + (0 if self._vectors is None else self._vectors.nbytes)

    def vectors(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Return what was learned of the texts of all groups, in their order, except texts without a vector."""
        if self._vectors is None:
            return {}
        rows = zip(texts, restored(self._vectors)[self._rows], strict=True)
        return {clean(text): vector for text, vector in rows if vector.any()}

    def see(self, text: str, vector: Floats | None) -> tuple[Floats, Floats]:
        """Return for each group the probability that a text with this vector asks for it rather than for a rival.

        Also the cosine of its nearest text.
        """
        meaning = vector if vector is not None and self._vectors is not None else None
        width = len(self._weights) - COLUMNS - 1
        seen = np.concatenate((np.zeros(width, np.float32) if meaning is None else meaning, _words(text), (1,)))
        scores = seen.astype(np.float32) @ self._weights.astype(np.float32)
        found = 1 / (1 + np.exp(np.minimum(scores[-1] - scores[:-1], UTMOST)))
        if meaning is None or self._vectors is None:
            return found, np.zeros(len(self._phrasings), np.float32)
        return found, nearest((restored(self._vectors) @ meaning)[self._rows], self._starts)

    def phrasing(self, place: int, vector: Floats | None) -> str:
        """Return the phrasing of a group that means most nearly the same as a text with this vector."""
        phrasings, start = self._phrasings[place], int(self._starts[place])
        if vector is None or self._vectors is None:
            return phrasings[0]
        cosines = restored(self._vectors[self._rows[start : start + len(phrasings)]]) @ vector
        return phrasings[int(cosines.argmax())]


def _fitted(seen: Floats, labels: NDArray[np.intp], counts: Floats) -> Floats:
    """Fit the weights of a multinomial logistic regression: a row for each column of `seen`, a column for each label.

    Each step solves the same quadratic bound of the loss (Böhning 1992), with Nesterov's momentum, which starts anew
    where it leads astray.
    """
    wanted = np.eye(int(labels[-1]) + 1, dtype=np.float32)[labels]
    bound = (seen.T * (counts / 4)) @ seen
    bound[np.diag_indices(len(bound))] += np.float32(1 / LOOSENESS)
    step = np.linalg.inv(bound)
    weights = ahead = np.zeros((seen.shape[1], wanted.shape[1]), np.float32)
    pace = 1.0
    for _ in range(STEPS):
        slope = seen.T @ (counts[:, None] * (wanted - _probabilities(seen @ ahead))) - ahead / np.float32(LOOSENESS)
        before, weights = weights, ahead + step @ slope
        moved = weights - before
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2 if float(np.vdot(slope, moved)) > 0 else 1.0
        ahead = weights + np.float32((pace - 1) / faster) * moved if faster > 1 else weights
        pace = faster
    return weights


def _probabilities(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return found


def _words(text: str) -> Floats:
    """Return the words and pairs of neighbors of a text in their columns, a vector of SHARED_WORDS' length."""
    said = spoken(text)
    found = np.zeros(COLUMNS, np.float32)
    for name in {*said, *(f"{one} {other}" for one, other in pairwise(said))}:
        hashed = crc32(name.encode())
        found[(hashed >> 1) % COLUMNS] += 1 if hashed & 1 else -1
    length = np.sqrt(found @ found)
    return np.float32(SHARED_WORDS) * found / length if length else found
