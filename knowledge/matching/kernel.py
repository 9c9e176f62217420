"""Embeddings as they are compared, and kernel ridge regression over them: a score is a sum over near examples."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Encoder
from knowledge.plain.text import clean

Floats = NDArray[np.float32]
# How fast an example's say fades with its distance, and how strongly the weights are held down; chosen on held-out
# questions (docs/matching.md).
FADING = 2.0
RIDGE = 0.3


def nearness(cosines: Floats, fading: float = FADING) -> Floats:
    """Return how much examples with these cosines to a text have to say, up to 1: a Gaussian of the distance."""
    near: Floats = np.exp(np.float32(fading) * (cosines - np.float32(1)))
    return near


def fitted(near: Floats, wanted: Floats, counts: Floats) -> Floats:
    """Return the weights with which examples come near to the `wanted` scores.

    `near` says how near the examples are to each other; `counts` is what each counts, usually 1. Overwrites `near`.
    """
    near[np.diag_indices(len(near))] += np.float32(RIDGE) / counts
    return np.linalg.solve(near, wanted).astype(np.float32)


def nearest(cosines: Floats, starts: Sequence[int] | NDArray[np.intp]) -> Floats:
    """Return the greatest of each run of cosines in the last axis; consecutive runs begin at `starts`."""
    found: Floats = np.maximum.reduceat(cosines, starts, axis=-1)
    return found


def embedded(encoder: Encoder, texts: Sequence[str], middle: Floats) -> Floats:
    """Encode texts, see `centered`; a row for each."""
    return (
        centered(encoder.encode([clean(text) for text in texts]), middle)
        if texts
        else np.zeros((0, len(middle)), np.float32)
    )


def centered(vectors: Floats, middle: Floats) -> Floats:
    """Take the mean of ordinary texts from vectors, and bring them to length one.

    All vectors of some models point nearly one way; without the mean their cosines tell texts apart.
    """
    moved = vectors - middle
    lengths = np.sqrt(np.einsum("...i,...i->...", moved, moved))[..., None]
    found: Floats = moved / np.maximum(lengths, np.finfo(np.float32).tiny)
    return found
