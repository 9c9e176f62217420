"""A community's index on top of the base one: what it added is learnt from a handful of phrasings, in milliseconds.

The head of the base index stays as it is. What it gets wrong at the community's own phrasings is learnt by kernel ridge
regression, so that all labels are corrected near them and nothing changes far from them (docs/matching.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.extension import Extension
from knowledge.matching.language.reading import Reading
from knowledge.matching.language.spelling import LocalSpeller
from knowledge.matching.language.views import Floats
from knowledge.matching.rows import Rows
from knowledge.matching.search.candidates import Nearest, Seen, candidates, odds, weighed
from knowledge.matching.search.index import Index, Scored
from knowledge.pack.model import Entry
from knowledge.plain.text import spoken

# How strongly the corrections are held down; this and what follows was chosen by cross-validation over entries that
# were held to three phrasings.
RIDGE = 0.2
# By a model's fine vectors and by the words' own: the power of the likeness in meaning with which the corrections
# fade, so that nothing is left of them where texts have nothing in common; and what a phrasing of a new entry is worth
# if it has FEW. More finds such entries more often and takes more from the others.
FADING = {True: 1.5, False: 2.0}
BOOST = {True: 2.1, False: 3.3}
# What a form with the question and two other ways to ask it gives. Of an entry that has more phrasings each is worth
# less, by the square root of their number: together they would drown the others.
FEW = 3
# By how much a new phrasing of a shipped entry is to score better for it than for all else.
AHEAD = 2.0
# What a phrasing takes beside its vectors, in bytes: words and pieces, and what is known of them.
_TEXT_BYTES = 3_000
_NONE = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class _Scored:
    """What the base makes of a text, the scores of all labels, and the likeness to the community's own phrasings.

    `sensed` is the part of the scores that comes of meanings.
    """

    shipped: Scored
    scores: Floats
    sensed: Floats
    alike: Floats
    meant: Floats


class _Either:
    """What is in one set or in another: the large one is shared by all communities and never copied."""

    __slots__ = ("_large", "_small")

    def __init__(self, large: frozenset[str], small: frozenset[str]) -> None:
        self._large, self._small = large, small

    def __contains__(self, stem: object) -> bool:
        return stem in self._small or stem in self._large


class LocalIndex:
    """Immutable once built. `entries` are all that the community has; what the base has beside them is hidden.

    `silent` are texts that nothing answers here.
    """

    def __init__(self, base: Index, entries: Iterable[Entry], silent: Sequence[str] = ()) -> None:
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
        # Behind all entries stands what nothing answers here.
        own += [(labels, text) for text in silent]
        self._beside = labels
        labels += bool(silent)
        there = set(self._labels)
        hidden = [place for place in range(len(base.entries)) if place not in there]
        self._places = np.array(self._labels, np.intp)
        beside = range(self._beside, labels)
        self._silent = np.array([*hidden, *range(len(base.entries), len(base.head.labels)), *beside], np.intp)
        self._texts = tuple(text for _, text in own)
        self._owners = np.array([place for place, _ in own], np.intp)
        self._of: defaultdict[int, list[int]] = defaultdict(list)
        for row, place in enumerate(self._owners.tolist()):
            self._of[place].append(row)
        self._scarce = {place: sqrt(FEW / len(rows)) for place, rows in self._of.items() if place >= len(base.entries)}
        self._learn(labels)
        self._by_id = {entry.id: entry for entry in self.entries}
        ids = {place: entry.id for place, entry in zip(self._labels, self.entries, strict=True)}
        self._wordings = {spoken(text): ids[place] for place, text in reversed(own) if place in ids}
        self._wordings |= {spoken(entry.id): entry.id for entry in self.entries if entry.id not in shipped}

    def _learn(self, labels: int) -> None:
        base = self._base
        spoke = [spoken(text) for text in self._texts]
        readings = [base.reader.read(said) for said in spoke]
        own: defaultdict[int, set[str]] = defaultdict(set)
        for place, reading in zip(self._owners.tolist(), readings, strict=True):
            if place != self._beside:
                own[place].update(reading.stems)
        self._known = _Either(base.known, frozenset().union(*own.values()) - base.known)
        shipped = len(base.entries)
        beneath = (base.knows(place) if place < shipped else base.everyday for place in self._labels)
        self._own = [
            _Either(known, frozenset(own[place]) - known) if place in own else known
            for place, known in zip(self._labels, beneath, strict=True)
        ]
        counts = Counter(word for said in spoke for word in said)
        self._speller = LocalSpeller((word for word, _ in counts.most_common()), base.speller)
        self._extension = Extension(base.features, readings, base.unseen)
        self._words = Rows(map(self._extension.words, readings))
        self._pieces = Rows(map(self._extension.pieces, readings))
        if not readings:
            return
        self._vectors, self._telling = base.meaning.vectors(spoke)
        shipped_scores = np.array([base.scored(*pair).scores for pair in zip(spoke, readings, strict=True)])
        said = _extended(shipped_scores, labels, base.other)
        worth = np.array([self._scarce.get(place, 0.0) for place in self._owners.tolist()], np.float32)
        wanted = _wanted(said, self._owners, worth * BOOST[base.meaning.fine], base)
        size = self._extension.size
        alike = self._words.with_each_other(size) + self._pieces.with_each_other(size)
        alike += self._near(self._vectors)
        held = alike + RIDGE * np.eye(len(readings), dtype=np.float32)
        self._corrections = np.linalg.solve(held, wanted - said).astype(np.float32)

    @property
    def bytes(self) -> int:
        """The memory that it takes, nearly: its arrays, and what the words of a text take (measured)."""
        if not self._texts:
            return 0
        return self._vectors.nbytes + self._telling.nbytes + self._corrections.nbytes + _TEXT_BYTES * len(self._texts)

    def worded(self, said: tuple[str, ...]) -> Entry | None:
        """The entry that has these words, in this order, as a phrasing or as its id."""
        own = self._wordings.get(said)
        if own is not None:
            return self._by_id[own]
        shipped = None if said in self._gone else self._base.worded(said)
        return None if shipped is None else self._by_id.get(shipped.id)

    def look(self, said: tuple[str, ...]) -> tuple[Seen, ...]:
        """The best entries for the words of a text, likeliest first; none if no entry knows a word of it."""
        said = self._speller.mended(said)
        reading = self._base.reader.read(said)
        if not self.entries or not any(stem in self._known for stem in reading.stems):
            return ()
        base = self._base
        seen = self._scored(said, reading)
        return tuple(
            candidates(
                self.entries,
                odds(seen.scores, seen.sensed, self._places, self._silent),
                weighed(reading.stems, base.features.words.weight, base.unseen),
                lambda place: self._nearest(place, seen),
                self._nearest_beside(seen),
                self._own.__getitem__,
                self._known,
                lambda place: min(self._scarce.get(self._labels[place], 0.0), 1.0),
            )
        )

    def rank(self, said: tuple[str, ...]) -> tuple[Entry, ...]:
        """All entries, the likeliest for the words of a text first."""
        said = self._speller.mended(said)
        scores = self._scored(said, self._base.reader.read(said)).scores
        return tuple(self.entries[place] for place in np.argsort(-scores[self._labels], kind="stable"))

    def _scored(self, said: tuple[str, ...], reading: Reading) -> _Scored:
        base = self._base
        shipped = base.scored(said, reading)
        if not self._texts:
            return _Scored(shipped, shipped.scores, shipped.meant.scores, _NONE, _NONE)
        alike = self._words.times(self._extension.dense(self._extension.words(reading)))
        spelt = self._pieces.times(self._extension.dense(self._extension.pieces(reading)))
        labels = self._corrections.shape[1]
        scores = _extended(shipped.scores, labels, base.other) + (alike + spelt) @ self._corrections
        corrected = self._near(shipped.meant.vector) @ self._corrections
        sensed = _extended(shipped.meant.scores, labels, base.meaning.other) + corrected
        return _Scored(shipped, scores + corrected, sensed, alike, self._telling @ shipped.meant.telling)

    def _near(self, vectors: Floats) -> Floats:
        """How near the community's own phrasings are in meaning to a text with that vector, or to several."""
        alike: Floats = np.maximum(self._vectors @ vectors.T, 0)
        return alike ** np.float32(FADING[self._base.meaning.fine])

    def _nearest_beside(self, seen: _Scored) -> tuple[float, float]:
        """How alike the most similar text is that nothing answers, of the bot's or the community's own."""
        words, meant = self._base.beside(seen.shipped)
        rows = self._of.get(self._beside)
        if rows:
            words, meant = max(words, float(seen.alike[rows].max())), max(meant, float(seen.meant[rows].max()))
        return words, meant

    def _nearest(self, place: int, seen: _Scored) -> Nearest:
        """The most similar phrasing of an entry, shipped with the bot or the community's own."""
        entry, label = self.entries[place], self._labels[place]
        best = Nearest(0.0, entry.question)
        if label < len(self._base.entries):
            kept = self._kept[place]
            found = self._base.of(label, seen.shipped.alike)
            found = found if kept is None else found * kept
            nearest = int(found.argmax())
            meant = self._base.meant(label, seen.shipped)
            best = Nearest(float(found[nearest]), self._base.entries[label].phrasings[nearest], meant)
        rows = self._of.get(label, [])
        if rows:
            nearest = rows[int(seen.alike[rows].argmax())]
            meant = max(best.meant, float(seen.meant[rows].max()))
            own = Nearest(float(seen.alike[nearest]), self._texts[nearest], meant)
            best = own if own.alike > best.alike else replace(best, meant=meant)
        return best


def _extended(scores: Floats, labels: int, other: float) -> Floats:
    """The scores of the base's labels, and behind them the usual one for each entry that the base does not have."""
    more = np.full((*scores.shape[:-1], labels - scores.shape[-1]), other, np.float32)
    return np.concatenate((scores, more), axis=-1)


def _wanted(said: Floats, owners: NDArray[np.intp], worth: Floats, base: Index) -> Floats:
    """The scores that the community's own phrasings should have, a row for each, instead of those that were `said`.

    Of an entry that ships with the bot just enough to be first, for it has phrasings enough; of a new one so many times
    the usual one as each is `worth`, so that it is found near its few phrasings, too.
    """
    rows, shipped = np.arange(len(said)), len(base.entries)
    first = said.copy()
    first[rows, owners] = -np.inf
    wanted = np.where(owners[:, None] < shipped, said, np.float32(base.other))
    raised = np.maximum(said[rows, owners], first.max(axis=1) + AHEAD)
    wanted[rows, owners] = np.where(owners < shipped, raised, base.other + worth * (base.own - base.other))
    return wanted


def _without(texts: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    there = set(others)
    return tuple(text for text in texts if text not in there)
