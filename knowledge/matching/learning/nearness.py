"""Learning by nearness: kernel ridge regression, which follows finer borders than a linear head.

A label's score for a text is a sum over all examples, each counting by how near it is: in meaning, a little in words.
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from knowledge.matching.head import Head
from knowledge.matching.language.views import Floats
from knowledge.matching.nearness import near_both

# How strongly the weights are held down, and what certainty is worth in scores beside those of the head over words;
# chosen by cross-validation (docs/matching.md).
RIDGE = 0.3
WORTH = 20.0
# The nearness of so many examples to all others is worked out at once, which takes little more than its own memory.
BLOCK = 500


def train_near(vectors: Floats, words: csr_matrix, marks: Sequence[str], labels: Sequence[str]) -> Head:
    """The head that tells the label of each example from all others; its dimensions are the examples.

    The rows of both views have length one. For n examples it needs n times n numbers for a while.
    """
    place = {label: number for number, label in enumerate(labels)}
    rows, right = np.arange(len(marks)), np.array([place[mark] for mark in marks], np.intp)
    wanted = np.full((len(marks), len(labels)), -1 / len(labels), np.float32)
    wanted[rows, right] += 1
    held = np.empty((len(marks), len(marks)), np.float32)
    for first in range(0, len(marks), BLOCK):
        block = slice(first, first + BLOCK)
        held[block] = near_both(vectors[block] @ vectors.T, (words[block] @ words.T).toarray())
    held[rows, rows] += np.float32(RIDGE)
    # In single precision and in its own place (as columns, for it is symmetric), for among many examples it is large.
    factor = cho_factor(held.T, overwrite_a=True, check_finite=False)
    weights = cho_solve(factor, wanted, check_finite=False).astype(np.float32)
    scores = np.float32(WORTH) * (wanted - np.float32(RIDGE) * weights)
    own = scores[rows, right]
    other = (scores.sum() - own.sum()) / max(scores.size - len(own), 1)
    usual = np.zeros(len(labels), np.float32)
    return Head(tuple(labels), weights * np.float32(WORTH), usual, float(own.mean()), float(other))
