"""What a message means as evidence of danger: one hidden layer over the sentence encoder's vector."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class MeaningModel:
    """A network with one hidden layer of rectified units, as scikit-learn's MLPClassifier learns it."""

    def __init__(self, hidden: NDArray[Any], hidden_bias: Floats, output: Floats, output_bias: float) -> None:
        self._hidden = hidden.astype(np.float32)
        self._hidden_bias = hidden_bias
        self._output = output
        self._output_bias = output_bias

    def score(self, vector: Floats) -> float:
        """Return the logarithm of the odds that a text with this vector is about somebody in danger."""
        return float(np.maximum(vector @ self._hidden + self._hidden_bias, 0) @ self._output + self._output_bias)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it as arrays, by name."""
        return {
            "hidden": self._hidden.astype(np.float16),
            "hidden_bias": self._hidden_bias,
            "output": self._output,
            "output_bias": np.array(self._output_bias, np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read what `arrays` returned. Raises KeyError if something is missing."""
        return cls(arrays["hidden"], arrays["hidden_bias"], arrays["output"], float(arrays["output_bias"]))
