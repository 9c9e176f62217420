"""Learning a head from examples, by logistic regression, always in the same way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from knowledge.matching.head import Head
from knowledge.matching.language.views import Floats

# How often each example is seen, and how many at once. More epochs fit the examples closer and new texts no better;
# this and what follows was chosen by cross-validation (docs/matching.md).
EPOCHS = 8
BATCH = 256
# The length of the first step; the last one is near zero. And the square with which a dimension's steps begin, so that
# the first one is no leap.
PACE = 0.2
CALM = 0.01
# The share of an example's dimensions that is left out each time it is seen, so that no word is relied on alone; and
# the share of certainty that is withheld, so that no weight grows without need.
DROPPED = 0.3
DOUBT = 0.1
# How long a vector of meaning is beside one of words while both are learnt together, and what a head over meanings
# alone counts beside that.
BESIDE = 0.6
ALONE = 0.2
# Any number: it fixes the order of the examples and what is left out.
_SEED = 8


def train(matrix: csr_matrix, owners: Sequence[str], labels: Sequence[str]) -> Head:
    """The head that tells the label of each of the matrix's rows (its owner) from all others."""
    right = _places(owners, labels)
    usual = _usual(right, len(labels))
    return _head(matrix, _descended(matrix, right, usual), usual, right, labels)


def train_both(matrix: csr_matrix, meant: Floats, owners: Sequence[str], labels: Sequence[str]) -> tuple[Head, Head]:
    """A head over words, and one over what the same texts mean: two whose scores, added, tell the label."""
    right, meanings = _places(owners, labels), csr_matrix(meant)
    usual = _usual(right, len(labels))
    weights = _descended(hstack((matrix, BESIDE * meanings), "csr", np.float32), right, usual)
    alone = _descended(meanings, right, usual)
    words, beside = weights[: matrix.shape[1]], weights[matrix.shape[1] :]
    of_meanings = np.float32(BESIDE) * beside + np.float32(ALONE) * alone
    return (
        _head(matrix, words, usual, right, labels),
        _head(meanings, of_meanings, np.float32(ALONE) * usual, right, labels),
    )


def _places(owners: Sequence[str], labels: Sequence[str]) -> NDArray[np.intp]:
    """Where the label of each owner stands."""
    place = {label: number for number, label in enumerate(labels)}
    return np.array([place[owner] for owner in owners], np.intp)


def _usual(right: NDArray[np.intp], labels: int) -> Floats:
    """What each label scores without any: what is frequent among the examples is likelier where nothing is known."""
    frequency = np.bincount(right, minlength=labels)
    usual: Floats = np.log(np.maximum(frequency, 1) / max(frequency.mean(), 1)).astype(np.float32)
    return usual


def _head(matrix: csr_matrix, weights: Floats, usual: Floats, right: NDArray[np.intp], labels: Sequence[str]) -> Head:
    """The head, with what it usually gives the examples."""
    scores = matrix @ weights + usual
    own = scores[np.arange(len(right)), right]
    other = (scores.sum() - own.sum()) / max(scores.size - len(own), 1)
    return Head(tuple(labels), weights, usual, float(own.mean()), float(other))


@dataclass(slots=True)
class _Batch:
    """Some examples: their vectors over the `used` dimensions only, and the probabilities that they should have."""

    matrix: csr_matrix
    used: NDArray[np.intp]
    values: Floats
    wanted: Floats


def _descended(matrix: csr_matrix, right: NDArray[np.intp], usual: Floats) -> Floats:
    """Softmax regression by AdaGrad on batches; each dimension has its own step, so rare words learn as well."""
    random = np.random.default_rng(_SEED)
    labels = len(usual)
    order = random.permutation(len(right))
    batches = [_batch(matrix[rows], right[rows], labels) for rows in np.split(order, range(BATCH, len(order), BATCH))]
    weights = np.zeros((matrix.shape[1], labels), np.float32)
    squares = np.full(matrix.shape[1], CALM, np.float32)
    for epoch in range(EPOCHS):
        pace = np.float32(PACE * (1 - epoch / EPOCHS))
        for number in random.permutation(len(batches)):
            batch = batches[number]
            kept = random.random(len(batch.values), np.float32) >= DROPPED
            batch.matrix.data = batch.values * kept / np.float32(1 - DROPPED)
            slope = batch.matrix.T @ (_odds(batch.matrix @ weights[batch.used] + usual) - batch.wanted)
            squares[batch.used] += np.einsum("ij,ij->i", slope, slope) / labels
            weights[batch.used] -= pace * slope / np.sqrt(squares[batch.used])[:, None]
    return weights


def _batch(matrix: csr_matrix, right: NDArray[np.intp], labels: int) -> _Batch:
    used, ids = np.unique(matrix.indices, return_inverse=True)
    narrow = csr_matrix((matrix.data, ids.astype(np.int32), matrix.indptr), shape=(matrix.shape[0], len(used)))
    wanted = np.full((len(right), labels), DOUBT / labels, np.float32)
    wanted[np.arange(len(right)), right] += 1 - DOUBT
    return _Batch(narrow, used, narrow.data, wanted)


def _odds(scores: Floats) -> Floats:
    odds: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return odds
