"""What a community changed, on top of what was learned of the shipped entries and is shared by all communities."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from knowledge.matching.entry_texts import digest_of, statements
from knowledge.matching.kernel import Floats
from knowledge.matching.learned import Bytes, Learned, Seen
from knowledge.matching.own_entries import Group, OwnEntries
from knowledge.matching.practice import practice
from knowledge.matching.spelling import Speller, unknown_words
from knowledge.pack.model import Entry
from knowledge.plain.text import clean, phrase_key

# The place of what nothing answers, behind all entries.
SILENT = -1
# Of communities with more phrasings of their own than this, the statements are not learned.
STATED_LIMIT = 1_000
# The share of the best score from which on a wording that nothing answers keeps the entries back.
SILENCED = 0.6
# What a wording takes in the tables of wordings, in bytes.
WORDING_BYTES = 150


class Shipped:
    """The shipped entries with what was learned of them. `learned_as_is` are the ids of those unchanged since."""

    def __init__(self, entries: Iterable[Entry], learned: Learned) -> None:
        self.learned = learned
        self.entries = tuple(entries)
        self.by_id = {entry.id: entry for entry in self.entries}
        as_is = (each.id for each in self.entries if learned.digests.get(each.id) == digest_of(each))
        self.learned_as_is = frozenset(as_is)
        self.speller = Speller(learned.subject, learned.lexicon)
        self.wordings = {phrase_key(entry.id): entry.id for entry in self.entries}
        for entry in reversed(self.entries):
            self.wordings |= {phrase_key(phrasing): entry.id for phrasing in entry.phrasings}

    @cached_property
    def vectors(self) -> dict[str, Bytes]:
        """The vectors of all that was learned of the entries and of the practice questions, by text."""
        found = dict(zip((each.q for each in practice()), self.learned.practice, strict=False))
        starts = dict(zip(self.learned.labels, self.learned.starts.tolist(), strict=True))
        for entry in self.entries:
            if entry.id in self.learned_as_is:
                rows = self.learned.vectors[starts[entry.id] :]
                found |= dict(zip((*entry.phrasings, *statements(entry)), rows, strict=False))
        return found

    def group(self, entry: Entry) -> Group | None:
        """Return what of an entry was not learned; None if all of it was."""
        known = self.by_id.get(entry.id) if entry.id in self.learned_as_is else None
        if known is None:
            return Group(entry.phrasings, statements(entry))
        if entry is known:
            return None
        before = set(known.phrasings)
        new = tuple(phrasing for phrasing in entry.phrasings if phrasing not in before)
        stated = () if entry.answer == known.answer else statements(entry)
        return Group(new or (entry.question,), stated) if new or stated else None

    def groups(self, entries: Iterable[Entry], silent: Sequence[str]) -> list[tuple[int, Group]]:
        """Return what a community's entries have that was not learned, with their places; last, what nothing answers.

        Of many phrasings the statements are left out: they would take more time and memory than they are worth.
        """
        found = [(place, group) for place, entry in enumerate(entries) if (group := self.group(entry)) is not None]
        if silent:
            found.append((SILENT, Group(tuple(silent))))
        if sum(len(group.phrasings) for _, group in found) <= STATED_LIMIT:
            return found
        return [(place, Group(group.phrasings or group.statements[:1])) for place, group in found]

    def texts(self, entries: Iterable[Entry], silent: Sequence[str]) -> tuple[str, ...]:
        """Return what has to be encoded of a community's entries and of what nothing answers there."""
        return tuple(dict.fromkeys(clean(text) for _, group in self.groups(entries, silent) for text in group.texts))


class Outlook(NamedTuple):
    """What is seen of a text: for each entry its score and the cosine of its nearest text; the same of silence."""

    scores: Floats
    near: Floats
    silence: float
    near_silence: float


class Community:
    """Immutable. `entries` are all that the community has; `silent` are texts that nothing answers there.

    `vectors` are those of its texts, as far as they are known; without any, words alone decide.
    """

    def __init__(
        self,
        shipped: Shipped,
        entries: tuple[Entry, ...],
        silent: tuple[str, ...],
        vectors: Mapping[str, Floats] | None,
    ) -> None:
        self.shipped, self.entries = shipped, entries
        self.silent = frozenset(map(phrase_key, silent))
        self._silent_texts = silent
        labels = {label: place for place, label in enumerate(shipped.learned.labels)}
        self._labels = np.array([labels.get(entry.id, -1) for entry in entries], np.intp)
        self.is_learned = self._labels >= 0
        hidden = set(labels.values()).difference(self._labels.tolist())
        self._hidden = np.array(sorted(hidden), np.intp)
        found = shipped.groups(entries, silent)
        groups = [group for _, group in found]
        own = [(place, group) for place, group in found if place != SILENT]
        self._places = np.array([place for place, _ in own], np.intp)
        self._of = {place: number for number, place in enumerate(self._places.tolist())}
        self.is_own = np.isin(np.arange(len(entries)), self._places)
        self.phrasings = np.zeros(len(entries), np.float32)
        self.phrasings[self._places] = [np.log1p(len(group.phrasings)) for _, group in own]
        self._own: OwnEntries | None = None
        self._words: frozenset[str] = frozenset()
        if groups:
            self._words = unknown_words((clean(text) for group in groups for text in group.texts), shipped.speller)
            self._own = OwnEntries(shipped.learned.rivals, groups, vectors)
        self._by_id = {entry.id: entry for entry in entries}
        self._wordings: dict[str, str] = {}
        self._gone: set[str] = set()
        for entry in reversed(entries):
            before = shipped.by_id.get(entry.id)
            if entry is not before:
                worded = set(before.phrasings) if before else {entry.id}
                self._gone |= {phrase_key(phrasing) for phrasing in worded.difference(entry.phrasings)}
                new = (text for text in (entry.id, *entry.phrasings) if before is None or text not in worded)
                self._wordings |= {phrase_key(text): entry.id for text in new}

    def vectors(self) -> dict[str, Floats]:
        """Return the vectors that it knows, by text."""
        if self._own is None:
            return {}
        groups = self.shipped.groups(self.entries, self._silent_texts)
        return self._own.vectors([text for _, group in groups for text in group.texts])

    @property
    def bytes(self) -> int:
        """The memory that it takes beside what is shared."""
        own = 0 if self._own is None else self._own.bytes
        return own + WORDING_BYTES * (len(self._wordings) + len(self._gone))

    def mended(self, plain: str) -> str:
        """Return a cleaned text with misspelled words as they were meant."""
        return self.shipped.speller.mended(plain, self._words)

    def worded(self, key: str) -> Entry | None:
        """Find the entry that has a wording, given by its key."""
        found = self._wordings.get(key) or (None if key in self._gone else self.shipped.wordings.get(key))
        return None if found is None else self._by_id.get(found)

    def seen(self, seen: Seen) -> Outlook:
        """Return what was learned of a text as far as the community still has the entries; the rest is silence."""
        scores = np.where(self.is_learned, seen.scores[self._labels], 0)
        near = np.where(self.is_learned, seen.near[self._labels], 0)
        hidden = self._hidden
        return Outlook(scores, near, float(seen.scores[hidden].max()), float(seen.near[hidden].max()))

    def own(self, text: str, vector: Floats | None) -> Outlook:
        """Return what the community's own texts say of a text with this embedding."""
        scores, near = np.zeros(len(self.entries), np.float32), np.zeros(len(self.entries), np.float32)
        if self._own is None:
            return Outlook(scores, near, 0.0, 0.0)
        found, cosines = self._own.see(text, vector)
        scores[self._places], near[self._places] = found[: len(self._places)], cosines[: len(self._places)]
        rest = slice(len(self._places), None)
        return Outlook(scores, near, float(found[rest].max(initial=0)), float(cosines[rest].max(initial=0)))

    def silences(self, text: str, vector: Floats | None, score: float) -> bool:
        """Return whether a text is worded nearly as what a moderator said that nothing answers.

        `score` is the best that was learned of the text.
        """
        if not self.silent:
            return False
        own = self.own(text, vector)
        return own.silence > SILENCED * max(score, float(own.scores.max(initial=0)))

    def nearest(self, place: int, vector: Floats | None, cosines: Floats) -> str:
        """Return the phrasing of an entry that means most nearly the same as a text."""
        entry, own = self.entries[place], self._of.get(place)
        if own is not None and self._own is not None:
            return self._own.phrasing(own, vector)
        if vector is None:
            return entry.question
        start = int(self.shipped.learned.starts[self._labels[place]])
        return entry.phrasings[int(cosines[start : start + len(entry.phrasings)].argmax())]
