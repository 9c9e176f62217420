"""What gives texts their vectors of meaning: the words' vectors that ship, or a sentence model that was brought."""

from collections.abc import Sequence
from typing import Protocol

from knowledge.encoder import Encoder
from knowledge.matching.language.views import Floats
from knowledge.matching.word_vectors import of_length_one, shipped

# Of the vectors of words so many dimensions say how near two texts are: the first tell most. Chosen by cross-validation
# (docs/matching.md).
TELLING = 32


class Senses(Protocol):
    """Turns texts, given as their words, into vectors of length one.

    With `fine` vectors labels are learnt by nearness, else by a linear head. `name` tells these from all others.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 # said above

    @property
    def fine(self) -> bool: ...  # noqa: D102

    def vectors(self, said: Sequence[tuple[str, ...]]) -> Floats:
        """A row for each text."""

    def telling(self, vectors: Floats) -> Floats:
        """What of the vectors says how near two texts are, brought to length one."""


class WordSenses:
    """The sum of the vectors of a text's words and pairs of words."""

    fine = False

    def __init__(self) -> None:
        self._words = shipped()
        self.name = self._words.name

    def vectors(self, said: Sequence[tuple[str, ...]]) -> Floats:
        """A row for each text; of zeros if no word of it is known."""
        return self._words(said)

    def telling(self, vectors: Floats) -> Floats:
        """The first dimensions."""
        return of_length_one(vectors[:, :TELLING])


class SentenceSenses:
    """What a sentence encoder makes of texts: fine enough that labels can be learnt from nearness."""

    fine = True

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name = encoder.digest

    def vectors(self, said: Sequence[tuple[str, ...]]) -> Floats:
        """A row for each text."""
        return self._encoder.encode([" ".join(words) for words in said])

    def telling(self, vectors: Floats) -> Floats:
        """All of them."""
        return vectors
