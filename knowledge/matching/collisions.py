"""What a change of the entries does to other questions: to practice questions, and to the phrasings that are stored."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.matching.kernel import Floats
from knowledge.matching.practice import Labelled
from knowledge.matching.search import Search
from knowledge.matching.verdict import Closest, Found, Verdict
from knowledge.pack.model import Entry

# A question whose cosine to all that changed is less than this keeps its answer; of the others the nearest are asked.
NEAR = 0.5
ASKED_LIMIT = 60
# A score that moves by less than this (0 to 1) says nothing about a change.
TREMBLE = 0.08


@dataclass(frozen=True, slots=True)
class Collision:
    """A question that was answered right before the change and would not be after it.

    `accept` are the ids of the entries that are right, none if nothing should answer; `before` and `after` the ids of
    those that answer, None if none does. `choice` says that entries are offered to choose from
    afterwards, where that was looked at.
    """

    text: str
    accept: frozenset[str]
    before: str | None
    after: str | None
    choice: bool = False


def collisions(before: Search, after: Search, practice: Iterable[Labelled]) -> tuple[Collision, ...]:
    """Find every practice question and stored phrasing that would go wrong, in this order.

    Only those are asked that the change can reach. A phrasing is asked as if nobody had written it down, for members
    will ask in words that are near it. What only a removed entry could answer is no collision.
    """
    there = {entry.id for entry in after.entries}
    asked = ((each.q, frozenset(each.accept)) for each in practice)
    wanted = {text: accept & there for text, accept in asked if accept & there or not accept}
    wanted |= {text: frozenset({entry.id}) for entry in after.entries for text in entry.phrasings if text not in wanted}
    changed = _changed(before.entries, after.entries)
    texts, vectors = _reached(after, tuple(wanted), changed)
    return tuple(_collisions(before, after, texts, vectors, wanted))


def _changed(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[str, ...]:
    """Return the phrasings that are new, or gone."""
    one, other = ({(text, each.id) for each in entries for text in each.phrasings} for entries in (before, after))
    return tuple(sorted({text for text, _ in one ^ other}))


def _reached(search: Search, texts: Sequence[str], changed: Sequence[str]) -> tuple[Sequence[str], Floats | None]:
    """Those of the texts that are near to what changed, the nearest ones, with their vectors."""
    if not changed:
        return (), None
    vectors, others = search.vectors(texts), search.vectors(changed)
    if vectors is None or others is None:
        return texts, None
    near = (vectors @ others.T).max(axis=1)
    order = np.argsort(-near, kind="stable")[:ASKED_LIMIT]
    rows = np.sort(order[near[order] >= NEAR])
    return [texts[row] for row in rows.tolist()], vectors[rows]


def _collisions(
    before: Search, after: Search, texts: Sequence[str], vectors: Floats | None, wanted: dict[str, frozenset[str]]
) -> Iterator[Collision]:
    for probe in after.probes(texts, vectors) if texts else ():
        later, earlier, accept = after.guess(probe), before.guess(probe), wanted[probe.text]
        then, now = _answering(earlier), _answering(later)
        if then == now or now in accept or (now is None and not accept):
            continue
        was_right = then in accept or (then is None and not accept)
        if (was_right or now is not None) and not _trembles(earlier, later):
            yield Collision(probe.text, accept, then, now)


def _answering(verdict: Verdict) -> str | None:
    return verdict.entry.id if isinstance(verdict, Found | Closest) else None


def _trembles(earlier: Verdict, later: Verdict) -> bool:
    """Return whether a question was at the threshold and keeps its best entry, so that any change moves it across."""
    if not earlier.matches or not later.matches:
        return False
    one, other = earlier.matches[0], later.matches[0]
    return one.entry.id == other.entry.id and abs(one.score - other.score) < TREMBLE
