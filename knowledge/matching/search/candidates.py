"""Candidates: the entries that may answer a question, each with what was seen of it."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.language.views import Floats
from knowledge.matching.search.confidence import Signals
from knowledge.pack.model import Entry

# So many entries are looked at closely; the right one is rarely further behind.
CANDIDATES = 5
_NEVER = -30.0
_TINY = np.finfo(np.float32).tiny
_weight = itemgetter(1)


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry as a text's candidate: what the index saw, and the phrasing that is most alike.

    `scarce` says how few phrasings a community's own entry has: 1 for the fewest, next to 0 for as many as shipped.
    """

    entry: Entry
    signals: Signals
    phrasing: str
    scarce: float = 0.0


@dataclass(frozen=True, slots=True)
class Odds:
    """What the heads make of a text: for each entry its score and the logarithm of its probability; that of silence.

    `sensed` is what the head over meanings alone gives each entry, `hushed` the most that it gives to silence.
    """

    likely: Floats
    scores: Floats
    silence: float
    sensed: Floats
    hushed: float

    def best(self) -> list[tuple[int, float]]:
        """The places of the likeliest entries, best first; beside each by how much it is likelier than all others."""
        order = np.argsort(-self.likely, kind="stable")[:CANDIDATES].tolist()
        likely = [*self.likely[order].tolist(), _NEVER]
        rivals = [likely[1], *(likely[0] for _ in order[1:])]
        return [(place, mine - rival) for place, mine, rival in zip(order, likely, rivals, strict=False)]


def odds(scores: Floats, sensed: Floats, entries: NDArray[np.intp], silent: NDArray[np.intp]) -> Odds:
    """The odds from the scores of all heads and of that over meanings.

    `entries` and `silent` are where in them the entries stand, and what no entry answers.
    """
    top = scores.max()
    powers = np.exp(scores - top)
    total = np.log(powers.sum())
    silence = max(float(np.log(max(powers[silent].sum(), _TINY)) - total), _NEVER)
    ours = scores[entries]
    hushed = float(sensed[silent].max(initial=_NEVER))
    return Odds(ours - top - total, ours, silence, sensed[entries], hushed)


@dataclass(frozen=True, slots=True)
class Words:
    """The stems of a text, the most telling first, and what each weighs, and all together."""

    weights: dict[str, float]
    total: float
    length: float
    variety: float

    def known(self, known: Container[str]) -> tuple[float, float]:
        """The share of the text's weight in stems that are known, and the weight of the most telling of them."""
        ours = [weight for stem, weight in self.weights.items() if stem in known]
        return sum(ours) / self.total, ours[0] if ours else 0.0


def weighed(stems: tuple[str, ...], weight_of: Callable[[str], float], unseen: float) -> Words:
    """The words of a text; a stem that was never seen weighs `unseen`."""
    weights = [(stem, weight_of(stem) or unseen) for stem in dict.fromkeys(stems)]
    weights.sort(key=_weight, reverse=True)
    pairs = tuple(pairwise(stems))
    return Words(
        dict(weights),
        max(sum(weight for _, weight in weights), 1.0),
        length=log1p(len(stems)),
        variety=len(set(pairs)) / max(len(pairs), 1),
    )


@dataclass(frozen=True, slots=True)
class Nearest:
    """The phrasing of an entry that is most alike to a text, and how alike it is (0 to 1); how alike it is meant."""

    alike: float
    phrasing: str
    meant: float = 0.0


def candidates(
    entries: Sequence[Entry],
    said: Odds,
    words: Words,
    nearest: Callable[[int], Nearest],
    beside: tuple[float, float],
    knows: Callable[[int], Container[str]],
    known: Container[str],
    scarce: Callable[[int], float] = lambda _: 0.0,
) -> Iterator[Seen]:
    """The likeliest entries, best first. `knows` are the stems of the entry at a place, `known` those of all.

    `beside` is how alike a text is that no entry answers, in words and in meaning; `scarce` see `Seen`.
    """
    share, _ = words.known(known)
    best = said.best()
    near_by = [nearest(place) for place, _ in best]
    for (place, margin), near, rival in zip(best, near_by, _rivals([near.meant for near in near_by]), strict=True):
        cover, rarest = words.known(knows(place))
        signals = Signals(
            likely=float(said.likely[place]),
            score=float(said.scores[place]),
            margin=margin,
            silence=said.silence,
            alike=near.alike,
            beside=beside[0],
            cover=cover,
            known=share,
            rarest=rarest,
            length=words.length,
            variety=words.variety,
            meant=near.meant,
            apart=beside[1],
            sensed=float(said.sensed[place]),
            hushed=said.hushed,
            rival=rival,
        )
        yield Seen(entries[place], signals, near.phrasing, scarce(place))


def _rivals(meant: Sequence[float]) -> list[float]:
    """Beside each the greatest of all others; 0 if there are none."""
    second, first = sorted((0.0, 0.0, *meant))[-2:]
    return [second if each == first else first for each in meant]
