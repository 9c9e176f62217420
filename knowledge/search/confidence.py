"""How likely an entry is the right one: a logistic model over what the matching saw of a question."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import exp
from operator import attrgetter
from pathlib import Path

from knowledge.files import Fault, PackError, read_yaml


@dataclass(frozen=True, slots=True)
class Signals:
    """What the matching saw of a question and one entry, as numbers in which more is more of it."""

    likely: float  # the logarithm of the probability that the head gives the entry
    score: float  # the head's score behind it, which the other labels do not lower
    margin: float  # by how much `likely` is more than that of the best other entry
    silence: float  # the logarithm of the probability that nothing answers
    alike: float  # how alike the three most similar phrasings of the entry are, on average
    beside: float  # the same for what no entry answers
    cover: float  # the share of the question's weight in words that the entry knows
    known: float  # the share in words that any entry knows
    rarest: float  # the weight of its most telling word that the entry knows
    length: float  # the logarithm of its number of words
    variety: float  # the share of its pairs of words that are not repetitions
    meant: float = 0.0  # as `alike`, by sentence embeddings, where there are any
    apart: float = 0.0  # as `beside`, by sentence embeddings


NAMES = tuple(field.name for field in fields(Signals))
# dataclasses.astuple copies deeply, which takes longer than the matching.
values_of = attrgetter(*NAMES)


@dataclass(frozen=True, slots=True)
class Confidence:
    """A weight for each signal and a constant; from them the probability that the entry is right."""

    weights: tuple[float, ...]
    constant: float

    def of(self, signals: Signals) -> float:
        """The probability, 0 to 1."""
        total = sum(weight * value for weight, value in zip(self.weights, values_of(signals), strict=True))
        return 1 / (1 + exp(-max(-30.0, min(30.0, total + self.constant))))


def load_confidence(path: Path) -> Confidence:
    """Read a fitted model. Raises PackError if it does not have a number for each signal."""
    content = read_yaml(path)
    try:
        weights: Mapping[str, float] = content["weights"]
        return Confidence(tuple(float(weights[name]) for name in NAMES), float(content["constant"]))
    except (KeyError, TypeError, ValueError) as error:
        fault = Fault(path.name, "weights", f"a number for each of {', '.join(NAMES)} and a constant ({error!r})")
        raise PackError([fault]) from error
