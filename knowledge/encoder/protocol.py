"""What matching needs from an encoder, whatever the model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class EncoderError(ValueError):
    """A model cannot be used; the message is one sentence that says what to do."""


class Encoder(Protocol):
    """Turns texts into vectors of length one, whose products measure how similar the texts are in meaning. A text
    always gets the same vector, whatever else is encoded with it.
    """

    @property
    def digest(self) -> str:
        """Identifies this model's vectors: SHA-256, in hexadecimal."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode texts of any length, in any thread, into a row for each of them."""
