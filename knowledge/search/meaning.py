"""What a text means beside its words, by vectors: a head of its own, and how near it is to what was learnt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.learnt import Meanings
from knowledge.nearness import near
from knowledge.senses import FADING, SHARE, Senses
from knowledge.views import Floats


@dataclass(frozen=True, slots=True)
class Meant:
    """A text's vector, what the head over vectors scores for each label, and how alike each learnt text is."""

    vector: Floats
    scores: Floats
    alike: Floats


class Meaning:
    """The scores of its head are added to those over words."""

    def __init__(self, senses: Senses, learnt: Meanings) -> None:
        self._senses = senses
        self.fine = senses.fine
        self._head, self._telling = learnt.head, learnt.telling
        self._share = 1.0 if self.fine else SHARE
        # The usual score of a text's own label, and that of all others.
        self.own, self.other = self._share * learnt.head.own, self._share * learnt.head.other

    def vectors(self, said: Sequence[tuple[str, ...]]) -> Floats:
        """What tells how near texts are, given as their words."""
        return self._senses.telling(self._senses.vectors(said))

    def of(self, said: tuple[str, ...]) -> Meant:
        """What is seen of a text, given as its words."""
        vectors = self._senses.vectors([said])
        vector: Floats = self._senses.telling(vectors)[0]
        alike = self._telling @ vector
        seen = near(alike, FADING) if self.fine else vectors[0]
        scores = (seen @ self._head.weights + self._head.usual) * np.float32(self._share)
        return Meant(vector, scores, alike)
