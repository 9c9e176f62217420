"""What words mean, as vectors that ship with the bot: a text's meaning is the sum over its words and pairs of words.

They were learnt once from a sentence model (`tools/word_vectors.py`); here a table of bytes is all that is needed.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import file_digest
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np

from knowledge.matching.language.views import Floats

FILE = Path(__file__).parent.parent / "word_vectors.npy"
# More dimensions make hardly a better head, fewer a worse one; chosen by cross-validation (docs/matching.md).
SIZE = 128
# Words and pairs of which it is remembered what they mean, or that they are not known.
CACHE = 20_000
# A row of the table: a word or two with a space between them, the vector as bytes, and what a step of a byte is worth.
ROW = np.dtype([("words", "S20"), ("worth", "<f4"), ("vector", "i1", (SIZE,))])


class WordVectors:
    """Turns texts into vectors of length one; what is not known counts for nothing.

    Frequent pairs of neighbours have a vector of their own beside their words', so that "how long" is not "long … how".
    The table stays on disk but for what was said.
    """

    def __init__(self, path: Path = FILE) -> None:
        self._words = np.ascontiguousarray(np.load(path, mmap_mode="r", allow_pickle=False)["words"])
        # Opened anew, for what has been read of the file stays in memory as long as it is open.
        self._table = np.load(path, mmap_mode="r", allow_pickle=False)
        with path.open("rb") as file:
            self.name = file_digest(file, "sha256").hexdigest()
        self._vector = lru_cache(CACHE)(self._vector_of)

    def __call__(self, texts: Sequence[Sequence[str]]) -> Floats:
        """A row of length one for each text, given as its words; of zeros if no word of it is known."""
        found = np.zeros((len(texts), SIZE), np.float32)
        for row, text in zip(found, texts, strict=True):
            # Each counts once, so that a long "so anyway so anyway …" does not drown the question behind it.
            known = [vector for words in dict.fromkeys(parts(text)) if (vector := self._vector(words)) is not None]
            if known:
                np.add.reduce(known, out=row)
        return of_length_one(found)

    def knows(self, word: str) -> bool:
        """Whether a word has a vector."""
        return self._vector(word) is not None

    def _vector_of(self, words: str) -> Floats | None:
        key = np.bytes_(words.encode("ascii", "replace"))
        # For a longer one numpy would copy the whole table with its rows as long.
        if len(key) > self._words.itemsize:
            return None
        place = int(self._words.searchsorted(key))
        if place == len(self._words) or self._words[place] != key:
            return None
        row = self._table[place]
        vector: Floats = row["vector"].astype(np.float32) * row["worth"]
        return vector


@cache
def shipped() -> WordVectors:
    """The table that ships, one for the whole process."""
    return WordVectors()


def parts(text: Sequence[str]) -> tuple[str, ...]:
    """What of a text, given as its words, may have a vector: the words, and behind them the pairs of neighbours."""
    return (*text, *map(" ".join, pairwise(text)))


def of_length_one(vectors: Floats) -> Floats:
    """The rows, each brought to length one; one of zeros stays as it is."""
    scaled = vectors.copy()
    for number, row in enumerate(scaled):
        length = sqrt(float(row @ row))
        if length:
            scaled[number] /= np.float32(length)
    return scaled
