"""A text as a sparse vector: stemmed words, pairs of words, concepts of the field, and pieces of words for typos."""

from dataclasses import dataclass

from knowledge.matching.language.reading import Reading
from knowledge.matching.language.views import Pieces, Row, Words

# How much the view "words" and the view "pieces" count; chosen by cross-validation (docs/matching.md). The first is 1,
# so that the product of two rows' words is how alike they are.
WEIGHTS = (1.0, 0.8)


@dataclass(frozen=True, slots=True)
class Features:
    """The dimensions of a collection of texts: those of its words, and behind them those of their pieces.

    A text has both, each view brought to its length in WEIGHTS.
    """

    words: Words
    pieces: Pieces

    @property
    def size(self) -> int:
        """How many dimensions there are."""
        return len(self.words.weights) + len(self.pieces.weights)

    def row(self, reading: Reading) -> Row:
        """The words, pairs and concepts of a reading."""
        return self.words.row(reading, WEIGHTS[0])
