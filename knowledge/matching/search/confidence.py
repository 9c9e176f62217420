"""How likely an entry is the right one: a logistic model over what the matching saw of a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from operator import mul
from pathlib import Path
from typing import NamedTuple

from knowledge.pack.files import Fault, PackError, read_yaml


class Signals(NamedTuple):
    """What the matching saw of a question and one entry, as numbers in which more is more of it."""

    likely: float  # the logarithm of the probability that the head gives the entry
    score: float  # the head's score behind it, which the other labels do not lower
    margin: float  # by how much `likely` is more than that of the best other entry
    silence: float  # the logarithm of the probability that nothing answers
    alike: float  # how alike the most similar phrasing of the entry is, in its words
    beside: float  # the same of what no entry answers
    cover: float  # the share of the question's weight in words that the entry knows
    known: float  # the share in words that any entry knows
    rarest: float  # the weight of its most telling word that the entry knows
    length: float  # the logarithm of its number of words
    variety: float  # the share of its pairs of words that are not repetitions
    meant: float = 0.0  # as `alike`, in what it means
    apart: float = 0.0  # as `beside`, in what it means
    sensed: float = 0.0  # the score of the head over meanings alone
    hushed: float = 0.0  # the best score that it gives what no entry answers
    rival: float = 0.0  # as `meant`, of the most similar phrasing of the other candidates


NAMES = Signals._fields
# The part of the way to an answer by which a new entry is lifted; chosen by cross-validation over entries that were
# held to a few phrasings (docs/matching.md).
LIFT = 0.3


@dataclass(frozen=True, slots=True)
class Confidence:
    """A weight for each signal and a constant; from them the probability that the entry is right."""

    weights: tuple[float, ...]
    constant: float

    def of(self, signals: Signals) -> float:
        """The probability, 0 to 1."""
        total = sum(map(mul, self.weights, signals))
        return 1 / (1 + exp(-max(-30.0, min(30.0, total + self.constant))))


def lifted(score: float, answer: float, scarce: float) -> float:
    """The probability of a candidate of which `scarce` (0 to 1) tells how few phrasings there are.

    The fewer, the more often it is right for all that little speaks for it. So it comes nearer to the probability from
    which on it would be the `answer`, in front of others that are as doubtful, and never gets there by that.
    """
    if score >= answer or not scarce:
        return score
    odds, wanted = log(score / (1 - score)), log(answer / (1 - answer))
    return 1 / (1 + exp(-(odds + LIFT * scarce * (wanted - odds))))


def load_confidence(path: Path) -> Confidence:
    """Read a fitted model. Raises PackError if it does not have a number for each signal."""
    content = read_yaml(path)
    try:
        weights: Mapping[str, float] = content["weights"]
        return Confidence(tuple(float(weights[name]) for name in NAMES), float(content["constant"]))
    except (KeyError, TypeError, ValueError) as error:
        fault = Fault(path.name, "weights", f"a number for each of {', '.join(NAMES)} and a constant ({error!r})")
        raise PackError([fault]) from error
