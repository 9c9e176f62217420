"""How near texts are in meaning: 1 for the same, and soon next to nothing."""

import numpy as np

from knowledge.views import Floats


def near(alike: Floats, fading: float) -> Floats:
    """The nearness of texts from the products of their vectors of length one (a Gaussian of their distance)."""
    nearness: Floats = np.exp(np.float32(2 * fading) * (alike - np.float32(1)))
    return nearness
