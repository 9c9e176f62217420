"""What a change of the entries does to all other questions: the phrasings that are stored, and practice questions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from knowledge.matching.practice import Labelled
from knowledge.matching.search.engine import Search
from knowledge.matching.search.verdict import Found, Verdict
from knowledge.pack.model import Entry
from knowledge.plain.text import spoken

# A stored phrasing whose words are less alike than this (0 to 1) to all that changed keeps its place: the corrections
# that are learnt from a phrasing fade with the likeness to it.
NEAR = 0.1
# A score that moves by less than this (0 to 1) says nothing about a change: an entry about something else altogether
# moves some by 0.06.
TREMBLE = 0.08


@dataclass(frozen=True, slots=True)
class Collision:
    """A question that was answered right before the change and would not be after it.

    `accept` are the ids of the entries that are right, none if nothing should answer; `before` and `after` the ids of
    those that answer, None if none does.
    """

    text: str
    accept: frozenset[str]
    before: str | None
    after: str | None


def collisions(before: Search, after: Search, practice: Iterable[Labelled]) -> tuple[Collision, ...]:
    """Every practice question and stored phrasing that would go wrong, in this order.

    Takes up to about a second: to be called in a thread. A phrasing is asked as if nobody had written it down, for
    members will ask in words that are near it. What only a removed entry could answer is no collision.
    """
    there = {entry.id for entry in after.entries}
    asked = ((each.q, frozenset(each.accept)) for each in practice)
    probes = [(text, wanted & there) for text, wanted in asked if wanted & there or not wanted]
    probes += [(text, frozenset({owner})) for text, owner in _near(before, after)]
    return tuple(_collisions(before, after, dict(probes)))


def _collisions(before: Search, after: Search, probes: dict[str, frozenset[str]]) -> Iterator[Collision]:
    for text, accept in probes.items():
        later = after.ask(text, by_heart=False)
        now = _answering(later)
        if (now is None and not accept) or now in accept:
            continue
        earlier = before.ask(text, by_heart=False)
        then = _answering(earlier)
        if then == now or not (then in accept or (then is None and not accept) or now is not None):
            continue
        if not _trembles(earlier, later):
            yield Collision(text, accept, then, now)


def _answering(verdict: Verdict) -> str | None:
    return verdict.entry.id if isinstance(verdict, Found) else None


def _trembles(earlier: Verdict, later: Verdict) -> bool:
    """Whether a question stood at the threshold, and anything at all moves it across: its best entry is the same."""
    if not earlier.matches or not later.matches:
        return False
    one, other = earlier.matches[0], later.matches[0]
    return one.entry.id == other.entry.id and abs(one.score - other.score) < TREMBLE


def _near(before: Search, after: Search) -> Iterator[tuple[str, str]]:
    """The stored phrasings that the change could reach, each with its entry: those near to what is new or gone."""
    then, now = _phrasings(before.entries), _phrasings(after.entries)
    changed = [text for text, _ in then ^ now]
    base = after.base
    shipped = {entry.id: place for place, entry in enumerate(base.entries)}
    rows = (base.features.row(base.reader.read(spoken(text))) for text in changed)
    alike = reduce(np.maximum, map(base.alike, rows), np.zeros(1, np.float32))
    for entry in after.entries:
        place = shipped.get(entry.id)
        ours = set(entry.phrasings)
        if place is not None and changed:
            stored = base.entries[place].phrasings
            yield from ((text, entry.id) for text in _where(stored, base.of(place, alike) >= NEAR) if text in ours)
        own = base.entries[place].phrasings if place is not None else ()
        yield from ((text, entry.id) for text in entry.phrasings if text not in own)


def _phrasings(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    return {(text, entry.id) for entry in entries for text in entry.phrasings}


def _where(texts: Sequence[str], chosen: np.ndarray) -> Iterator[str]:
    return (texts[place] for place in np.flatnonzero(chosen).tolist())
