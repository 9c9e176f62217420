"""Spelling: a word that nobody has used yet becomes the known one that it is a typing error of."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from math import inf

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.word_vectors import shipped

# Shorter words have too many neighbours to guess from ("land", "hand", "band"); in these, letters are only swapped, and
# only where that makes one of so many most frequent words.
SHORTEST = 4
FREQUENT = 300
# Letters added, dropped, changed or swapped: one still counts as a typing error, from this length on two do.
TWO_ERRORS = 8
# From this length on a word may be two that were written without a space: each has so many letters or is as frequent as
# "is" and "do".
TWO_WORDS = 5
ALONE = 4
# A word of the texts that has no vector is taken for their writer's own error beside one that stands before it by so
# many times its rank, and that has one.
CLEARLY = 4
# Words of which it is remembered what they were meant to be.
CACHE = 20_000


class Lexicon:
    """Words by falling frequency, and which of them are a typing error away from another word."""

    def __init__(self, words: Iterable[str]) -> None:
        self.ranks = {word: rank for rank, word in enumerate(words)}
        self._by_start: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.ranks:
            if len(word) >= SHORTEST and word.isalpha():
                self._by_start[word[0]].append(word)

    def near(self, word: str, most: float = inf) -> str | None:
        """The word, down to the rank `most`, that this one is one error away from; a swap counts for more."""
        return self.swapped(word, most) or self.differing(word, 1, most)

    def swapped(self, word: str, most: float = inf) -> str | None:
        """The most frequent word, down to the rank `most`, of which this one has two neighbouring letters swapped."""
        swaps = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        known = [swap for swap in swaps if swap != word and swap in self.ranks and self.ranks[swap] <= most]
        return min(known, key=self.ranks.__getitem__, default=None)

    def differing(self, word: str, errors: int, most: float = inf) -> str | None:
        """The most frequent of the nearest words, down to the rank `most`, that are at most so many errors away.

        None if the word is too short for so many.
        """
        if len(word) < (SHORTEST if errors == 1 else TWO_ERRORS):
            return None
        # People rarely mistype the first letter, other than by swapping it with the second.
        for tried, left in ((word, errors), (word[1] + word[0] + word[2:], errors - 1)):
            those = self._by_start.get(tried[0], [])
            those = those[: bisect_right(those, most, key=self.ranks.__getitem__)]
            best = process.extractOne(tried, those, scorer=OSA.distance, score_cutoff=left)
            if best is not None:
                return best[0]
        return None


class Speller:
    """Knows the words of some texts, given by falling frequency, and mends what is nearly one of them.

    What the vocabulary spells out, and what has a vector of its own, is no error.
    """

    def __init__(self, words: Iterable[str], vocabulary: Vocabulary) -> None:
        self._words = Lexicon(words)
        self._spellings = vocabulary.spellings
        self.mend = lru_cache(CACHE)(self._mend)

    def mended(self, said: tuple[str, ...]) -> tuple[str, ...]:
        """The words of a text, each as it was meant to be."""
        return tuple(meant for word in said for meant in self.mend(word))

    def is_word(self, word: str) -> bool:
        """Whether it is no error for sure: not letters alone, a chat spelling, or a word that has a vector."""
        return not word.isalpha() or word in self._spellings or shipped().knows(word)

    def knows(self, word: str) -> bool:
        """Whether it is one of the words."""
        return word in self._words.ranks

    def near(self, word: str) -> str | None:
        """The word that this one is one error away from."""
        rank = self._words.ranks.get(word)
        most = inf if rank is None else rank // CLEARLY
        found = self._words.near(word, most if len(word) >= SHORTEST else min(most, FREQUENT))
        return found if rank is None or (found and shipped().knows(found)) else None

    def _mend(self, word: str) -> tuple[str, ...]:
        """The word that this one is an error of, or the two; the word itself if there is none."""
        if self.is_word(word):
            return (word,)
        near = self.near(word)
        if near or self.knows(word):
            return (near or word,)
        return self._parted(word) or (self._words.differing(word, 2) or word,)

    def _parted(self, word: str) -> tuple[str, ...]:
        """The two words that were written as one; of several pairs the one whose rarer word is the most frequent."""
        if len(word) < TWO_WORDS:
            return ()
        ranked: list[tuple[int, tuple[str, str]]] = []
        for at in range(1, len(word)):
            pair = word[:at], word[at:]
            ranks = [rank for part in pair if (rank := self._words.ranks.get(part)) is not None]
            if len(ranks) == 2 and all(len(p) >= ALONE or r < FREQUENT for p, r in zip(pair, ranks, strict=True)):
                ranked.append((max(ranks), pair))
        return min(ranked)[1] if ranked else ()


class LocalSpeller:
    """Adds the words of a community to those of a speller.

    Where each has one that is one error away, the speller's is meant.
    It remembers no word: of its own there are few.
    """

    def __init__(self, words: Iterable[str], base: Speller) -> None:
        self._base = base
        self._words = Lexicon(word for word in words if not base.knows(word))

    def mended(self, said: tuple[str, ...]) -> tuple[str, ...]:
        """The words of a text, each as it was meant to be."""
        return tuple(meant for word in said for meant in self._mend(word))

    def _mend(self, word: str) -> tuple[str, ...]:
        base, ours = self._base, self._words
        if word in ours.ranks:
            return (word,)
        if base.is_word(word) or base.knows(word):
            return base.mend(word)
        near = base.near(word) or ours.near(word)
        if near:
            return (near,)
        meant = base.mend(word)
        return meant if meant != (word,) else (ours.differing(word, 2) or word,)
