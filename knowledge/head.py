"""A linear head: learns from examples which label a vector has, by ridge regression; the same input, the same head."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from knowledge.features import Floats, Row

# How strongly large weights are held down; and when the solution is good enough. More steps fit the examples
# closer and new questions no better (docs/matching.md).
RIDGE = 1.0
STEPS = 15


@dataclass(frozen=True, slots=True)
class Head:
    """Weights, a row for each dimension and a column for each label."""

    labels: tuple[str, ...]
    weights: Floats

    def scores(self, row: Row) -> Floats:
        """How much a vector speaks for each label: about 1 for an example of it, about 0 for others."""
        scores: Floats = row.values @ self.weights[row.ids]
        return scores


def train(matrix: csr_matrix, targets: NDArray[np.float32], labels: Sequence[str]) -> Head:
    """The head that brings the matrix's rows near the targets (a column for each label)."""
    return Head(tuple(labels), _ridge(matrix, targets))


def targets_of(marked: Sequence[Sequence[str]], labels: Sequence[str]) -> NDArray[np.float32]:
    """The targets of examples: 1 for each label that an example is marked with, else 0."""
    place = {label: number for number, label in enumerate(labels)}
    targets = np.zeros((len(marked), len(labels)), np.float32)
    for row, marks in enumerate(marked):
        targets[row, [place[mark] for mark in marks]] = 1
    return targets


def _ridge(matrix: csr_matrix, targets: NDArray[np.float32]) -> Floats:
    """Conjugate gradients on (XXᵀ + λ)A = Y, all columns at once; the weights are XᵀA."""
    across = matrix.T.tocsr()
    solution = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    error = np.einsum("ij,ij->j", residual, residual)
    tiny = np.finfo(np.float32).tiny
    for _ in range(STEPS):
        image = matrix @ (across @ direction) + RIDGE * direction
        step = error / np.maximum(np.einsum("ij,ij->j", direction, image), tiny)
        solution += step * direction
        residual -= step * image
        following = np.einsum("ij,ij->j", residual, residual)
        direction = residual + (following / np.maximum(error, tiny)) * direction
        error = following
    weights: Floats = across @ solution
    return weights
