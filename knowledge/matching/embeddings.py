"""Embeddings as the matching compares them: a message's plain text, seen from the middle of what people say."""

from collections.abc import Sequence

import numpy as np

from knowledge.encoder import Encoder
from knowledge.matching.kernel import Floats
from knowledge.plain.text import clean


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
