"""Rounds of load on the bot and on its floor, taken in turn, and the figures that come of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.figures import Figure


@dataclass(frozen=True, slots=True)
class Round:
    """Answers each second, the 99th percentile of their time in seconds, and the processor's seconds for each."""

    rate: float
    p99: float
    cpu: float


def ratio(what: str, unit: str, ours: Sequence[Round], floor: Sequence[Round], goal: float) -> list[Figure]:
    """The middle of the rounds, and of the ratios of rounds that followed each other."""
    reached = median(one.rate / other.rate for one, other in zip(ours, floor, strict=True))

    def middle(name: str, rounds: Sequence[Round]) -> float:
        return median(getattr(each, name) for each in rounds)

    return [
        Figure(
            f"{what}: {unit}/s",
            f"{middle('rate', ours):,.0f}  ({reached:.0%} of the floor)",
            f"{middle('rate', floor):,.0f}",
            f"{goal:.0%} of the floor",
            reached >= goal,
        ),
        Figure(f"{what}: p99", f"{1000 * middle('p99', ours):.1f} ms", f"{1000 * middle('p99', floor):.1f} ms"),
        Figure(
            f"{what}: processor time for one",
            f"{1000 * middle('cpu', ours):.2f} ms",
            f"{1000 * middle('cpu', floor):.2f} ms",
        ),
    ]
