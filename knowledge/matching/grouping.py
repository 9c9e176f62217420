"""Bringing questions together that ask the same in other words."""

from collections.abc import Sequence

import numpy as np

from knowledge.encoder import Encoder
from knowledge.plain.text import clean, phrase_key

# The cosine of two questions from which on they are one.
ALIKE = 0.72


def groups(texts: Sequence[str], encoder: Encoder | None) -> tuple[tuple[int, ...], ...]:
    """Return the places of texts that are alike, together; each group and the groups in the order of the texts.

    Without an encoder only texts with the same words are.
    """
    if not texts:
        return ()
    if encoder is None:
        keys = [phrase_key(text) for text in texts]
        alike = np.array([[one == other for other in keys] for one in keys])
    else:
        vectors = encoder.encode([clean(text) for text in texts])
        alike = vectors @ vectors.T >= ALIKE
    found: list[list[int]] = []
    for place in range(len(texts)):
        group = next((each for each in found if alike[place, each].any()), None)
        if group is None:
            found.append([place])
        else:
            group.append(place)
    return tuple(map(tuple, found))
