"""What a text means beside its words, by vectors: a head of its own, and how near it is to what was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.matching.language.views import Floats
from knowledge.matching.learnt import Meanings
from knowledge.matching.nearness import near_both, nearest
from knowledge.matching.senses import Senses


@dataclass(frozen=True, slots=True)
class Meant:
    """A text's vector, what of it tells how near texts are, and what the head over vectors scores for each label.

    `learnt` is what tells it of each text that was learnt, and `alike` the products of these with the text's, if the
    head has needed all of them.
    """

    vector: Floats
    telling: Floats
    scores: Floats
    learnt: Floats
    alike: Floats | None = None

    def nearest(self, first: int, end: int | None = None) -> float:
        """How alike the most similar text is of those from `first` on (up to `end`, or to the last one)."""
        return nearest(self.learnt[first:end] @ self.telling if self.alike is None else self.alike[first:end])


class Meaning:
    """The scores of its head are added to those over words."""

    def __init__(self, senses: Senses, learnt: Meanings) -> None:
        self._senses = senses
        self.fine = senses.fine
        self._head, self._telling = learnt.head, learnt.telling
        # The usual score of a text's own label, and that of all others.
        self.own, self.other = learnt.head.own, learnt.head.other

    def vectors(self, said: Sequence[tuple[str, ...]]) -> tuple[Floats, Floats]:
        """The vectors of texts, given as their words, and what of them tells how near texts are."""
        vectors = self._senses.vectors(said)
        return vectors, self._senses.telling(vectors)

    def of(self, said: tuple[str, ...], alike: Floats) -> Meant:
        """What is seen of a text, given as its words, and as how alike they are to those of each text learnt."""
        (vector,), (telling,) = self.vectors([said])
        seen, meant = vector, None
        if self.fine:
            meant = self._telling @ telling
            seen = np.concatenate((near_both(meant, alike), seen))
        return Meant(vector, telling, seen @ self._head.weights + self._head.usual, self._telling, meant)
