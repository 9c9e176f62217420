"""How likely an entry is the right one: a logistic model over what the matching saw of a question."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.kernel import Floats

# Beyond these odds nothing changes, and nothing overflows.
CERTAIN = 15.0
# Probabilities nearer to 0 or 1 than this are all the same.
UTTER = 1e-3


class Signals(NamedTuple):
    """What the matching saw of a question and some entries, an array each with a number for each entry."""

    score: Floats  # the entry's own score
    rival: Floats  # the best score among all other entries
    silence: Floats  # the score of what no entry answers
    near: Floats  # the cosine of the entry's nearest text
    near_rival: Floats  # of the nearest text of all other entries
    near_silence: Floats  # of the nearest text that no entry answers
    length: Floats  # the logarithm of the number of words
    texts: Floats  # the logarithm of how many phrasings the entry has of its community
    elsewhere: Floats  # of a community's own entry: the best score of another that ships


class Confidence:
    """A weight for each signal and a constant; from them the probability that an entry is right."""

    def __init__(self, numbers: NDArray[np.float64]) -> None:
        self.numbers = numbers

    def of(self, signals: Signals) -> Floats:
        """Return the probability of each entry, 0 to 1."""
        odds = np.stack(signals, axis=-1) @ self.numbers[:-1] + self.numbers[-1]
        found: Floats = 1 / (1 + np.exp(-np.clip(odds, -CERTAIN, CERTAIN)))
        return found


def log_odds(scores: Floats) -> Floats:
    """Return the logarithm of the odds of scores, which are about probabilities."""
    kept = np.clip(scores, UTTER, 1 - UTTER)
    return np.asarray(np.log(kept / (1 - kept)), np.float32)


def others(values: Floats) -> Floats:
    """Return beside each value the greatest of all others; 0 where there are none."""
    if len(values) < 2:
        return np.zeros(len(values), np.float32)
    second, first = np.partition(values, -2)[-2:]
    found = np.full(len(values), first, np.float32)
    found[int(values.argmax())] = second
    return found
