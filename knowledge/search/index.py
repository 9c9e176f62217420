"""The index: learns phrasings and examples of silence once, then says what it sees in any text."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import log, log1p
from typing import Protocol

import numpy as np

from knowledge.features import WEIGHTS, Features, Floats, Reader
from knowledge.head import targets_of, train
from knowledge.model import Entry
from knowledge.search.background import Background
from knowledge.search.confidence import Signals
from knowledge.search.spelling import Speller
from knowledge.text import spoken
from knowledge.vocabulary import Vocabulary

# A word that weighs more than this tells something; "what", "the" and "how" weigh less.
TELLING = 3.0
# The label of all that no entry answers; each kind of it has a label of its own too. No entry id has a "~".
_BESIDE = "~"


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry as a text's candidate: what the index saw, and the phrasing that is most alike."""

    entry: Entry
    signals: Signals
    phrasing: str


@dataclass(frozen=True, slots=True)
class WordSignals:
    """What the words of a text weigh, whichever entry it is held against."""

    coverage: float
    length: float
    variety: float
    rarest: float
    content: float
    strangest: float


class Looks(Protocol):
    """What a search asks: the base index, or one that a community has changed."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that can be found."""

    def worded(self, said: tuple[str, ...]) -> Entry | None:
        """The entry that has these words, in this order, as a phrasing or as its id."""

    def look(self, said: tuple[str, ...], most: int) -> tuple[Seen, ...]:
        """The best entries for the words of a text, best first, at most `most`; none if no entry knows a word of it."""

    def rank(self, said: tuple[str, ...]) -> tuple[Entry, ...]:
        """All entries, the likeliest for the words of a text first."""


class Index:
    """Immutable once built: the same entries give the same index, and it gives the same for the same text.

    Raises ValueError if there is no entry.
    """

    def __init__(self, entries: Iterable[Entry], vocabulary: Vocabulary, background: Background) -> None:
        self.entries = tuple(entries)
        if not self.entries:
            raise ValueError("there is no entry to search")
        phrasings = [phrasing for entry in self.entries for phrasing in entry.phrasings]
        reader = Reader(vocabulary)
        said = [spoken(text) for text in (*phrasings, *background.texts)]
        readings = [reader.read(words) for words in said]
        features = Features(readings)
        self.features = features
        self.plain_reader = reader
        self.reader = reader.repairing(Speller(features.stems).repair)
        self.known = frozenset(stem for reading in readings[: len(phrasings)] for stem in reading.stems)
        self.unseen = log(1 + len(readings)) + 1
        owners = [entry for entry in self.entries for _ in entry.phrasings]
        marks: list[tuple[str, ...]] = [(entry.id,) for entry in owners]
        marks += [(_BESIDE, f"{_BESIDE}{kind}") for kind in background.kinds]
        kinds = sorted({f"{_BESIDE}{kind}" for kind in background.kinds})
        labels = (*(entry.id for entry in self.entries), _BESIDE, *kinds)
        matrix = features.take_matrix()
        self.head = train(matrix, targets_of(marks, labels), labels)
        self.wordings = dict(zip(said, owners, strict=False))
        self.wordings |= {spoken(entry.id): entry for entry in self.entries}
        ends = np.cumsum([0, *(len(entry.phrasings) for entry in self.entries)]).tolist()
        self.matrices = tuple(matrix[first:last] for first, last in pairwise(ends))

    def worded(self, said: tuple[str, ...]) -> Entry | None:
        """The entry that has these words, in this order, as a phrasing or as its id."""
        return self.wordings.get(said)

    def look(self, said: tuple[str, ...], most: int) -> tuple[Seen, ...]:
        """The best entries for the words of a text, best first, at most `most`; none if no entry knows a word of it."""
        reading = self.reader.read(said)
        if self.known.isdisjoint(reading.stems):
            return ()
        row = self.features.row(reading)
        scores = self.head.scores(row)
        ours, silence = scores[: len(self.entries)], scores[len(self.entries) :]
        order = np.argsort(-ours, kind="stable")
        dense = np.zeros(self.features.size, np.float32)
        dense[row.ids] = row.values
        words = self._words(reading.stems)
        first, second = float(ours[order[0]]), float(ours[order[1]]) if len(order) > 1 else 0.0
        return tuple(
            self._seen(int(place), float(ours[place]), first if rank else second, silence, dense, words)
            for rank, place in enumerate(order[:most])
        )

    def rank(self, said: tuple[str, ...]) -> tuple[Entry, ...]:
        """All entries, the likeliest for the words of a text first."""
        scores = self.head.scores(self.features.row(self.reader.read(said)))[: len(self.entries)]
        return tuple(self.entries[place] for place in np.argsort(-scores, kind="stable"))

    def _seen(self, place: int, score: float, rival: float, silence: Floats, dense: Floats, words: WordSignals) -> Seen:
        alike = self.matrices[place] @ dense
        nearest = int(alike.argmax())
        signals = Signals(
            best=score,
            margin=score - rival,
            silence=float(silence.max()),
            beside=float(silence[0]),
            alike=float(alike[nearest]) / sum(weight * weight for weight in WEIGHTS),
            coverage=words.coverage,
            length=words.length,
            variety=words.variety,
            rarest=words.rarest,
            content=words.content,
            strangest=words.strangest,
        )
        return Seen(self.entries[place], signals, self.entries[place].phrasings[nearest])

    def _words(self, stems: tuple[str, ...]) -> WordSignals:
        return word_signals(stems, self.features.weight, self.known, self.unseen)


def word_signals(
    stems: tuple[str, ...], weight_of: Callable[[str], float], known: Collection[str], unseen: float
) -> WordSignals:
    """What stems weigh when these are known; one that was never seen has no weight of its own and gets `unseen`."""
    weights = {stem: weight_of(stem) or unseen for stem in dict.fromkeys(stems)}
    ours = [weight for stem, weight in weights.items() if stem in known]
    strange = [weight for stem, weight in weights.items() if stem not in known]
    pairs = tuple(pairwise(stems))
    return WordSignals(
        coverage=sum(ours) / max(sum(weights.values()), 1.0),
        length=log1p(len(stems)),
        variety=len(set(pairs)) / max(len(pairs), 1),
        rarest=max(ours, default=0.0),
        content=log1p(sum(weight for weight in ours if weight > TELLING)),
        strangest=max(strange, default=0.0),
    )
