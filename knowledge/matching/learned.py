"""What was learned of the shipped entries, as numbers: scores for any text, and how near its nearest examples are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from knowledge.linear import LinearModel, load_arrays
from knowledge.matching.confidence import Confidence
from knowledge.matching.kernel import Floats, nearest, nearness
from knowledge.plain.text import spoken

FILE = Path(__file__).parent / "learned.npz"
Arrays = Mapping[str, NDArray[Any]]
# Vectors of length one are kept as bytes: this is 1. No dimension of them has more than 0.3.
ONE = 400
Bytes = NDArray[np.int8]
# So many of them are made floats at once. They stay in the processor's cache, so it takes no longer than floats would.
BLOCK = 128
_BREAK = "\n"


class Seen(NamedTuple):
    """What was seen of a text: a score for each label, the cosine of its nearest example, and those of all examples."""

    scores: Floats
    near: Floats
    cosines: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """Immutable. The labels are the ids of entries, and behind them that of what no entry answers.

    `words` weighs a text's words and pieces of words. `vectors` are those of all examples, by label: that at place i
    has those from `starts[i]` on, its phrasings first. Each has a weight for every label in `weights`. `middle` is the
    mean of ordinary texts' embeddings by the model `encoder`. `digests` tell what it was learned from. `rivals` are the
    examples that a community's entries are held against, `practice` the vectors of the practice questions. `vectors`
    and `practice` are bytes.
    `ordinary` is how many of the last examples are messages whose text does not ship.
    `subject` are the words of the examples, the most frequent first, and `lexicon` words of the language.
    """

    labels: tuple[str, ...]
    digests: Mapping[str, str]
    words: LinearModel
    encoder: str
    middle: Floats
    vectors: Bytes
    starts: NDArray[np.intp]
    weights: Floats
    rivals: Floats
    practice: Bytes
    ordinary: int
    subject: tuple[str, ...]
    lexicon: frozenset[str]
    confidence: Confidence
    own_confidence: Confidence
    words_confidence: Confidence

    def see(self, texts: Sequence[str], vectors: Floats | None) -> tuple[Seen, ...]:
        """Look at texts with these vectors. Without them words decide, and no example is near."""
        tfidf = self.words.tfidf
        of_words = np.array([self.words.scores(tfidf.row(" ".join(spoken(text)))) for text in texts])
        if vectors is None:
            none = np.zeros(len(self.labels), np.float32)
            return tuple(Seen(scores, none, none[:0]) for scores in of_words)
        cosines = _cosines(vectors, self.vectors)
        of_meaning = nearness(cosines) @ self.weights
        near = nearest(cosines, self.starts)
        return tuple(
            Seen(one + other, *rest) for one, other, *rest in zip(of_words, of_meaning, near, cosines, strict=True)
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it as arrays, by name."""
        return {
            **self.words.arrays(),
            "labels": packed(self.labels),
            "digests": packed([f"{name} {digest}" for name, digest in self.digests.items()]),
            "encoder": packed([self.encoder]),
            "middle": self.middle,
            "vectors": self.vectors,
            "starts": self.starts.astype(np.int32),
            "kernel_weights": self.weights.astype(np.float16),
            "rivals": quantized(self.rivals),
            "practice": self.practice,
            "ordinary": np.array(self.ordinary),
            "subject": packed(self.subject),
            "lexicon": packed(sorted(self.lexicon)),
            "confidence": self.confidence.numbers,
            "own_confidence": self.own_confidence.numbers,
            "words_confidence": self.words_confidence.numbers,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Read what `arrays` returned. Raises KeyError or ValueError if it is not such."""
        return cls(
            unpacked(arrays["labels"]),
            dict(map(_pair, unpacked(arrays["digests"]))),
            LinearModel.from_arrays(arrays),
            unpacked(arrays["encoder"])[0],
            arrays["middle"],
            arrays["vectors"],
            arrays["starts"].astype(np.intp),
            arrays["kernel_weights"].astype(np.float32),
            restored(arrays["rivals"]),
            arrays["practice"],
            int(arrays["ordinary"]),
            unpacked(arrays["subject"]),
            frozenset(unpacked(arrays["lexicon"])),
            *(Confidence(arrays[name]) for name in ("confidence", "own_confidence", "words_confidence")),
        )


def load_learned(path: Path = FILE) -> Learned:
    """Read what ships. Raises ValueError with what to do if it is missing or damaged."""
    arrays = load_arrays(path)
    try:
        return Learned.from_arrays(arrays)
    except (KeyError, ValueError, IndexError) as error:
        raise ValueError(f"{path} holds something else ({error}). Make it again with: make learn") from error


def _pair(line: str) -> tuple[str, str]:
    name, _, digest = line.partition(" ")
    return name, digest


def _cosines(vectors: Floats, stored: Bytes) -> Floats:
    """Return the products of vectors and of others that are kept as bytes."""
    scaled, found = vectors / np.float32(ONE), np.empty((len(vectors), len(stored)), np.float32)
    block = np.empty((BLOCK, stored.shape[1]), np.float32)
    for first in range(0, len(stored), BLOCK):
        rows = stored[first : first + BLOCK]
        block[: len(rows)] = rows
        found[:, first : first + BLOCK] = scaled @ block[: len(rows)].T
    return found


def quantized(vectors: Floats) -> Bytes:
    """Return vectors of length one as bytes."""
    return np.clip(np.rint(vectors * ONE), -127, 127).astype(np.int8)


def restored(stored: Bytes) -> Floats:
    """Return vectors that were quantized."""
    return stored.astype(np.float32) / np.float32(ONE)


def packed(names: Sequence[str]) -> NDArray[np.uint8]:
    """Return names without line breaks as an array."""
    return np.frombuffer(_BREAK.join(names).encode(), np.uint8)


def unpacked(array: NDArray[Any]) -> tuple[str, ...]:
    """Return names that were packed."""
    return tuple(array.tobytes().decode().split(_BREAK))
