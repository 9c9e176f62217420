"""Vectors as the database stores them, and their keys."""

import numpy as np

from knowledge.encoder.protocol import Encoder, Floats
from knowledge.plain.digests import digest

# How many digits of a digest tell texts and models apart.
TEXT_DIGITS, MODEL_DIGITS = 32, 16
# Half the space, and still a thousand times more precise than an 8-bit model.
HALF = np.dtype("<f2")


def model_of(encoder: Encoder) -> str:
    """Return the key under which an encoder's vectors are stored."""
    return encoder.digest[:MODEL_DIGITS]


def digest_of(text: str) -> str:
    """Return the key under which a text's vector is stored."""
    return digest(text, TEXT_DIGITS)


def packed(vector: Floats) -> bytes:
    """Return a vector in stored form."""
    return vector.astype(HALF).tobytes()


def unpacked(vector: bytes) -> Floats:
    """Read a stored vector."""
    return np.frombuffer(vector, HALF).astype(np.float32)
