"""What a text means beside its words, by sentence embeddings: the optional semantic layer of an index."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.sparse import csr_matrix

from knowledge.head import train
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
        self._head = train(csr_matrix(self._vectors), owners, labels)
        self.own, self.other = self._head.own, self._head.other

    def vectors(self, said: Sequence[tuple[str, ...]]) -> Floats:
        """The vectors of texts, given as their words."""
        return self._encoder([plain(words) for words in said])

    def of(self, said: tuple[str, ...]) -> Meant:
        """What is seen of a text, given as its words."""
        vector = self.vectors([said])[0]
        return Meant(vector, vector @ self._head.weights + self._head.usual, self._vectors @ vector)
