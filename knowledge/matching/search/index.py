"""The index: learns phrasings and examples of silence once, then says what it sees in any text."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Protocol

import numpy as np

from knowledge.encoder import Encoder
from knowledge.matching.language.reading import Reader, Reading
from knowledge.matching.language.spelling import Speller
from knowledge.matching.language.views import Floats, Row
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.learnt import Examples, Learner, learn
from knowledge.matching.nearness import nearest
from knowledge.matching.scorer import Scorer
from knowledge.matching.search.background import Background
from knowledge.matching.search.candidates import Nearest, Seen, candidates, odds, weighed
from knowledge.matching.search.meaning import Meaning, Meant
from knowledge.matching.senses import SentenceSenses, WordSenses
from knowledge.pack.model import Entry
from knowledge.plain.text import spoken

# The labels of what no entry answers begin so, with their kind behind it. No entry id has a "~".
_BESIDE = "~"
# A stem that this share of the entries knows belongs to the language, not to an entry.
_EVERYDAY = 0.25


class Looks(Protocol):
    """What a search asks: the base index, or one that a community has changed."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that can be found."""

    def worded(self, said: tuple[str, ...]) -> Entry | None:
        """The entry that has these words, in this order, as a phrasing or as its id."""

    def look(self, said: tuple[str, ...]) -> tuple[Seen, ...]:
        """The best entries for the words of a text, likeliest first; none if no entry knows a word of it."""

    def rank(self, said: tuple[str, ...]) -> tuple[Entry, ...]:
        """All entries, the likeliest for the words of a text first."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What an index makes of a text: the scores of all labels, and the likeness to all texts that were learnt."""

    scores: Floats
    alike: Floats
    meant: Meant


class Index:
    """Immutable once built: the same entries give the same index, and it gives the same for the same text.

    What texts mean it sees by an encoder, or by the vectors of words that ship. `learn` makes the heads. Raises
    ValueError if there is no entry.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        vocabulary: Vocabulary,
        background: Background,
        encoder: Encoder | None = None,
        learn: Learner = learn,
    ) -> None:
        self.entries = tuple(entries)
        if not self.entries:
            raise ValueError("there is no entry to search")
        self._phrasings = [entry.phrasings for entry in self.entries]
        phrasings = [phrasing for those in self._phrasings for phrasing in those]
        self.reader = Reader(vocabulary)
        texts = (*phrasings, *background.texts)
        self.unseen = log(1 + len(texts)) + 1
        owners = [entry for entry, those in zip(self.entries, self._phrasings, strict=True) for _ in those]
        kinds = [f"{_BESIDE}{kind}" for kind in background.kinds]
        labels = (*(entry.id for entry in self.entries), *sorted(set(kinds)))
        marks = (*(entry.id for entry in owners), *kinds)
        senses = WordSenses() if encoder is None else SentenceSenses(encoder)
        learnt = learn(Examples(texts, marks, labels, vocabulary, self.reader.read, senses=senses))
        if learnt.postings is None or learnt.meanings is None:
            raise ValueError("what was learnt does not say which words are in which text, or what the texts mean")
        self.features, self.head, self._postings = learnt.features, learnt.head, learnt.postings
        self._scorer = Scorer(self.features, self.head)
        stems = self.features.words.stems
        self.speller = Speller(learnt.words, vocabulary)
        self.meaning = Meaning(senses, learnt.meanings)
        # The usual score of a text's own label, and that of all others.
        self.own = self.head.own + self.meaning.own
        self.other = self.head.other + self.meaning.other
        # As one text each: as tuples they would take ten times the memory.
        self._wordings = {" ".join(words): owner for words, owner in zip(map(spoken, phrasings), owners, strict=True)}
        self._wordings |= {" ".join(spoken(entry.id)): entry for entry in self.entries}
        ends = np.cumsum([len(those) for those in self._phrasings])
        self._ends: list[int] = [0, *ends.tolist()]
        own = [frozenset(stems[word] for word in those) for those in self._postings.words_of(ends, len(stems))]
        knowing = Counter(stem for known in own for stem in known)
        self.known = frozenset(knowing)
        self.everyday = frozenset(stem for stem, count in knowing.items() if count >= _EVERYDAY * len(own))
        self._own = tuple(known | self.everyday for known in own)
        self._places = np.arange(len(self.entries))
        self._silent = np.arange(len(self.entries), len(labels))

    def worded(self, said: tuple[str, ...]) -> Entry | None:
        """The entry that has these words, in this order, as a phrasing or as its id."""
        return self._wordings.get(" ".join(said))

    def look(self, said: tuple[str, ...]) -> tuple[Seen, ...]:
        """The best entries for the words of a text, likeliest first; none if no entry knows a word of it."""
        said = self.speller.mended(said)
        reading = self.reader.read(said)
        if self.known.isdisjoint(reading.stems):
            return ()
        scored = self.scored(said, reading)

        def nearest_of(place: int) -> Nearest:
            found = self.of(place, scored.alike)
            best = int(found.argmax())
            return Nearest(float(found[best]), self._phrasings[place][best], self.meant(place, scored))

        return tuple(
            candidates(
                self.entries,
                odds(scored.scores, scored.meant.scores, self._places, self._silent),
                weighed(reading.stems, self.features.words.weight, self.unseen),
                nearest_of,
                self.beside(scored),
                self.knows,
                self.known,
            )
        )

    def scored(self, said: tuple[str, ...], reading: Reading) -> Scored:
        """What the heads score for each label, and how alike each text is that was learnt."""
        words = self.features.row(reading)
        scores, alike = self._scorer.scores(reading, words), self.alike(words)
        meant = self.meaning.of(said, alike)
        return Scored(scores + meant.scores, alike, meant)

    def rank(self, said: tuple[str, ...]) -> tuple[Entry, ...]:
        """All entries, the likeliest for the words of a text first."""
        said = self.speller.mended(said)
        scores = self.scored(said, self.reader.read(said)).scores[: len(self.entries)]
        return tuple(self.entries[place] for place in np.argsort(-scores, kind="stable"))

    def alike(self, words: Row) -> Floats:
        """How alike a text's words are to those of each text that was learnt, 0 to 1."""
        return self._postings.alike(words)

    def of(self, place: int, alike: Floats) -> Floats:
        """Of the likenesses to all texts those to the phrasings of the entry at a place."""
        return alike[self._ends[place] : self._ends[place + 1]]

    def meant(self, place: int, scored: Scored) -> float:
        """How alike in meaning the nearest phrasing of the entry at a place is."""
        return scored.meant.nearest(self._ends[place], self._ends[place + 1])

    def beside(self, scored: Scored) -> tuple[float, float]:
        """How alike the most similar text is that no entry answers, in words and in meaning."""
        return nearest(scored.alike[self._ends[-1] :]), scored.meant.nearest(self._ends[-1])

    def knows(self, place: int) -> frozenset[str]:
        """The stems that the entry at a place knows, with those of the language."""
        return self._own[place]
