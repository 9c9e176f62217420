"""What matching needs of an encoder, whatever model is behind it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class EncoderError(ValueError):
    """A model that cannot be used; the message is one sentence that says what to do."""


class Encoder(Protocol):
    """Turns texts into vectors of length one, whose products say how alike the texts mean.

    The same text always gives the same vector, whatever it is encoded with.
    """

    @property
    def digest(self) -> str:
        """What tells this model's vectors from all others: SHA-256, in hexadecimal."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode texts of any length, in any thread, into a row for each of them."""
