"""How near texts are in meaning: 1 for the same, and soon next to nothing."""

import numpy as np

from knowledge.matching.language.views import Floats

# How fast nearness fades with the distance of two sentences' meanings, and what being alike in words counts beside it;
# chosen by cross-validation (docs/matching.md).
FADING = 1.0
WORDS = 0.2


def nearest(alike: Floats) -> float:
    """The greatest of likenesses; 0 if there are none. (For so few, numpy's `max` takes twice as long.)"""
    return float(alike[alike.argmax()]) if len(alike) else 0.0


def near(alike: Floats, fading: float) -> Floats:
    """The nearness of texts from the products of their vectors of length one (a Gaussian of their distance)."""
    nearness: Floats = alike - np.float32(1)
    # In its place, for among many examples it is large.
    nearness *= np.float32(2 * fading)
    return np.exp(nearness, out=nearness)


def near_both(alike: Floats, worded: Floats) -> Floats:
    """The nearness of texts in meaning and in words, from the products of their vectors of either."""
    found = near(alike, FADING)
    found += np.float32(WORDS) * worded
    return found
