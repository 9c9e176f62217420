"""What a text means beside its words, by sentence embeddings: the optional semantic layer of an index."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.learnt import head_over
from knowledge.search.encoder import Encoder, plain
from knowledge.views import Floats


@dataclass(frozen=True, slots=True)
class Meant:
    """A text's vector, what the head over vectors scores for each label, and how alike each learnt text is."""

    vector: Floats
    scores: Floats
    alike: Floats


class Meaning:
    """A head of its own over embeddings; its scores are added to those over words."""

    def __init__(self, encoder: Encoder, said: Sequence[tuple[str, ...]], owners: Sequence[str], labels: Sequence[str]):
        self._encoder = encoder
        self._vectors = self.vectors(said)
        self._head = head_over(self._vectors, tuple(owners), tuple(labels))
        self.own, self.other = self._head.own, self._head.other

    def vectors(self, said: Sequence[tuple[str, ...]]) -> Floats:
        """The vectors of texts, given as their words."""
        return self._encoder([plain(words) for words in said])

    def of(self, said: tuple[str, ...]) -> Meant:
        """What is seen of a text, given as its words."""
        vector = self.vectors([said])[0]
        return Meant(vector, vector @ self._head.weights + self._head.usual, self._vectors @ vector)
