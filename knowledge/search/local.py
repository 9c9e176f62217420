"""A community's index on top of the base one: what it added is learnt from a handful of phrasings, in milliseconds.

The head of the base index stays as it is. What it gets wrong at the community's own phrasings is learnt by kernel ridge
regression, so that all labels are corrected near them and nothing changes far from them (docs/matching.md).
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_matrix

from knowledge.features import WEIGHTS, Extension, Floats, Row
from knowledge.model import Entry
from knowledge.search.confidence import Signals
from knowledge.search.index import Index, Seen, WordSignals, word_signals
from knowledge.search.spelling import Speller
from knowledge.text import spoken

# How strongly the corrections are held down, and what a phrasing of an entry that has few is worth; chosen by
# cross-validation over entries that were held to three phrasings (docs/matching.md).
RIDGE = 0.3
BOOST = 1.5
# How alike a text is to itself.
_SELF = sum(weight * weight for weight in WEIGHTS)


class LocalIndex:
    """Immutable once built. `entries` are all that the community has; what the base has beside them is hidden."""

    def __init__(self, base: Index, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._base = base
        shipped = {entry.id: (place, entry) for place, entry in enumerate(base.entries)}
        # Where an entry's label stands among the head's, or behind them if it is the community's own.
        self._labels: list[int] = []
        own: list[tuple[int, str]] = []
        self._gone: set[tuple[str, ...]] = set()
        self._kept: list[Floats | None] = []
        labels = len(base.head.labels)
        for entry in self.entries:
            place, known = shipped.get(entry.id, (labels, None))
            labels += known is None
            self._labels.append(place)
            before = known.phrasings if known else ()
            same = entry.phrasings == before
            own += [] if same else [(place, phrasing) for phrasing in _without(entry.phrasings, before)]
            gone = set() if same else set(_without(before, entry.phrasings))
            self._gone |= {spoken(phrasing) for phrasing in gone}
            self._kept.append(np.array([text not in gone for text in before], np.float32) if gone else None)
        there = set(self._labels)
        self._hidden = np.array([place for place in range(len(base.entries)) if place not in there], np.intp)
        self._texts = tuple(text for _, text in own)
        self._owners = np.array([place for place, _ in own], np.intp)
        self._of: defaultdict[int, list[int]] = defaultdict(list)
        for row, place in enumerate(self._owners.tolist()):
            self._of[place].append(row)
        self._learn(labels)
        self._by_id = {entry.id: entry for entry in self.entries}
        ids = {place: entry.id for place, entry in zip(self._labels, self.entries, strict=True)}
        self._wordings = {spoken(text): ids[place] for place, text in reversed(own)}
        self._wordings |= {spoken(entry.id): entry.id for entry in self.entries if entry.id not in shipped}

    def _learn(self, labels: int) -> None:
        base = self._base
        readings = [base.plain_reader.read(spoken(text)) for text in self._texts]
        self._new = frozenset(stem for reading in readings for stem in reading.stems) - base.known
        self._known = base.known | self._new
        self._reader = base.reader.repairing(_Repair(base, self._new))
        self._extension = Extension(base.features, readings, base.unseen)
        if not readings:
            self._matrix = csr_matrix((0, self._extension.size), dtype=np.float32)
            self._corrections = np.zeros((0, labels), np.float32)
            return
        self._matrix = self._extension.matrix(readings)
        wanted = np.zeros((len(readings), labels), np.float32)
        said = np.zeros_like(wanted)
        said[:, : len(base.head.labels)] = [base.head.scores(base.features.row(reading)) for reading in readings]
        # An entry that ships with the bot has phrasings enough.
        worth = np.where(self._owners < len(base.entries), 1.0, BOOST)
        wanted[np.arange(len(readings)), self._owners] = worth
        alike = (self._matrix @ self._matrix.T).toarray()
        held = alike + RIDGE * np.eye(len(readings), dtype=np.float32)
        self._corrections = np.linalg.solve(held, wanted - said).astype(np.float32)

    def worded(self, said: tuple[str, ...]) -> Entry | None:
        """The entry that has these words, in this order, as a phrasing or as its id."""
        own = self._wordings.get(said)
        if own is not None:
            return self._by_id[own]
        shipped = None if said in self._gone else self._base.worded(said)
        return None if shipped is None else self._by_id.get(shipped.id)

    def look(self, said: tuple[str, ...], most: int) -> tuple[Seen, ...]:
        """The best entries for the words of a text, best first, at most `most`; none if no entry knows a word of it."""
        reading = self._reader.read(said)
        if not self.entries or self._known.isdisjoint(reading.stems):
            return ()
        base = self._base
        row = base.features.row(reading)
        dense = np.zeros(base.features.size, np.float32)
        dense[row.ids] = row.values
        scores, alike = self._scores(base.head.scores(row), self._extension.row(reading))
        ours = scores[self._labels]
        order = np.argsort(-ours, kind="stable")
        first, second = float(ours[order[0]]), float(ours[order[1]]) if len(order) > 1 else 0.0
        silence = np.concatenate((scores[len(base.entries) : len(base.head.labels)], scores[self._hidden]))
        shipped = word_signals(reading.stems, base.features.weight, base.known, base.unseen)
        local = word_signals(reading.stems, base.features.weight, self._known, base.unseen)
        return tuple(
            self._seen(int(place), float(ours[place]), first if rank else second, silence, dense, alike, shipped, local)
            for rank, place in enumerate(order[:most])
        )

    def rank(self, said: tuple[str, ...]) -> tuple[Entry, ...]:
        """All entries, the likeliest for the words of a text first."""
        reading = self._reader.read(said)
        scores, _ = self._scores(self._base.head.scores(self._base.features.row(reading)), self._extension.row(reading))
        return tuple(self.entries[place] for place in np.argsort(-scores[self._labels], kind="stable"))

    def _scores(self, said: Floats, row: Row) -> tuple[Floats, Floats]:
        """The scores of all labels, and how alike each of the community's own phrasings is."""
        dense = np.zeros(self._extension.size, np.float32)
        dense[row.ids] = row.values
        alike = self._matrix @ dense
        scores = np.zeros(self._corrections.shape[1], np.float32)
        scores[: len(said)] = said
        return scores + alike @ self._corrections, alike

    def _seen(
        self,
        place: int,
        score: float,
        rival: float,
        silence: Floats,
        dense: Floats,
        alike: Floats,
        shipped: WordSignals,
        local: WordSignals,
    ) -> Seen:
        entry, label = self.entries[place], self._labels[place]
        likeness, phrasing = self._likest(place, dense, alike)
        words = shipped if label < len(self._base.entries) else local
        signals = Signals(
            best=score,
            margin=score - rival,
            silence=float(silence.max()),
            beside=float(silence[0]),
            alike=likeness / _SELF,
            coverage=words.coverage,
            length=words.length,
            variety=words.variety,
            rarest=words.rarest,
            content=words.content,
            strangest=words.strangest,
        )
        return Seen(entry, signals, phrasing)

    def _likest(self, place: int, dense: Floats, alike: Floats) -> tuple[float, str]:
        """How alike the most similar phrasing of an entry is, and which it is."""
        entry, label = self.entries[place], self._labels[place]
        best, phrasing = 0.0, entry.question
        if label < len(self._base.entries):
            found = self._base.matrices[label] @ dense
            kept = self._kept[place]
            if kept is not None:
                found = np.where(kept > 0, found, -1)
            nearest = int(found.argmax())
            best, phrasing = float(found[nearest]), self._base.entries[label].phrasings[nearest]
        rows = self._of.get(label, [])
        if rows:
            nearest = int(alike[rows].argmax())
            if float(alike[rows][nearest]) > best:
                best, phrasing = float(alike[rows][nearest]), self._texts[rows[nearest]]
        return best, phrasing


def _without(texts: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    there = set(others)
    return tuple(text for text in texts if text not in there)


class _Repair:
    """Repairs a stem to one that the community has added, or else as the base does."""

    def __init__(self, base: Index, new: Iterable[str]) -> None:
        self._base = base
        self._new = frozenset(new)
        self._speller = Speller(self._new)

    def __call__(self, stem: str) -> str:
        """The stem that was meant."""
        if stem in self._new or self._base.features.weight(stem):
            return stem
        ours = self._speller.repair(stem)
        return ours if ours != stem else self._base.reader.repaired(stem)
