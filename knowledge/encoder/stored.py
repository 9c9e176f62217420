"""Vectors as a database keeps them, and their keys."""

import numpy as np

from knowledge.encoder.protocol import Encoder, Floats
from knowledge.plain.digests import digest

# Digits of the digests that tell a community's texts, and models, from each other.
TEXT_DIGITS, MODEL_DIGITS = 32, 16
# Half the space, and still a thousand times more exact than an 8-bit model is.
HALF = np.dtype("<f2")


def model_of(encoder: Encoder) -> str:
    """Return the key under which an encoder's vectors are kept."""
    return encoder.digest[:MODEL_DIGITS]


def digest_of(text: str) -> str:
    """Return the name under which a text's vector is kept."""
    return digest(text, TEXT_DIGITS)


def packed(vector: Floats) -> bytes:
    """Return a vector as it is kept."""
    return vector.astype(HALF).tobytes()


def unpacked(vector: bytes) -> Floats:
    """Return a vector that was kept."""
    return np.frombuffer(vector, HALF).astype(np.float32)
