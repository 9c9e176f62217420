"""Spelling: a word that nobody has used yet becomes the known one that it is a typing error of."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.vocabulary import Vocabulary
from knowledge.word_vectors import shipped

# Shorter words have too many neighbours to guess from ("land", "hand", "band"); in these, letters are only swapped.
SHORTEST = 4
# Letters added, dropped, changed or swapped: one still counts as a typing error, from this length on two do.
TWO_ERRORS = 8
# From this length on a word may be two that were written without a space: each has so many letters or is as frequent as
# "is" and "do".
TWO_WORDS = 5
ALONE = 4
FREQUENT = 300
# Misspelt words whose repair is remembered.
CACHE = 20_000


class Speller:
    """Knows the words of some texts, given by falling frequency, and mends what is nearly one of them.

    What the vocabulary spells out, and what has a vector of its own, is no error either. With `beneath` it adds its
    new words to those of another speller.
    """

    def __init__(self, words: Iterable[str], vocabulary: Vocabulary, beneath: "Speller | None" = None) -> None:
        self._beneath = beneath
        self._spellings = vocabulary.spellings
        new = words if beneath is None else (word for word in words if beneath._rank(word) is None)
        self._ranks = {word: rank for rank, word in enumerate(new)}
        self._by_start: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._ranks:
            if len(word) >= SHORTEST and word.isalpha():
                self._by_start[word[0]].append(word)
        self.mend = lru_cache(CACHE)(self._mend)

    def mended(self, said: tuple[str, ...]) -> tuple[str, ...]:
        """The words of a text, each as it was meant to be."""
        return tuple(meant for word in said for meant in self.mend(word))

    def _mend(self, word: str) -> tuple[str, ...]:
        """The word that this one is an error of, or the two; the word itself if there is none."""
        if not word.isalpha() or self._is_word(word):
            return (word,)
        return self._nearest(word, 1) or self._parted(word) or self._nearest(word, 2) or (word,)

    def _is_word(self, word: str) -> bool:
        return self._rank(word) is not None or word in self._spellings or shipped().knows(word)

    def _rank(self, word: str) -> int | None:
        rank = self._ranks.get(word)
        return rank if rank is not None or self._beneath is None else self._beneath._rank(word)

    def _nearest(self, word: str, errors: int) -> tuple[str, ...]:
        """The most frequent of the words that are at most so many errors away; none if its length forbids so many."""
        found = self._swapped(word) or self._differing(word, errors)
        return found if found or self._beneath is None else self._beneath._nearest(word, errors)

    def _swapped(self, word: str) -> tuple[str, ...]:
        swaps = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        known = [swapped for swapped in swaps if swapped in self._ranks]
        return (min(known, key=self._ranks.__getitem__),) if known else ()

    def _differing(self, word: str, errors: int) -> tuple[str, ...]:
        if len(word) < (SHORTEST if errors == 1 else TWO_ERRORS):
            return ()
        # People rarely mistype the first letter, other than by swapping it with the second.
        tries = ((word, errors), (word[1] + word[0] + word[2:], errors - 1))
        for tried, left in tries:
            best = process.extractOne(tried, self._by_start.get(tried[0], ()), scorer=OSA.distance, score_cutoff=left)
            if best is not None:
                return (best[0],)
        return ()

    def _parted(self, word: str) -> tuple[str, ...]:
        """The two words that were written as one; of several pairs the one whose rarer word is the most frequent."""
        if len(word) < TWO_WORDS:
            return ()
        ranked: list[tuple[int, tuple[str, str]]] = []
        for at in range(1, len(word)):
            pair = word[:at], word[at:]
            ranks = [rank for part in pair if (rank := self._rank(part)) is not None]
            if len(ranks) == 2 and all(len(p) >= ALONE or r < FREQUENT for p, r in zip(pair, ranks, strict=True)):
                ranked.append((max(ranks), pair))
        return min(ranked)[1] if ranked else ()
