"""Spelling: an unknown word becomes the word of the subject that it is a typing error of."""

import re
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words have too many neighbors to guess from ("land", "hand"); in these, letters are only swapped, and only
# where that makes one of so many most frequent words.
SHORTEST, FREQUENT = 4, 100
# Letters added, dropped, changed, or swapped: one still counts as a typing error, from this length on two do.
TWO_ERRORS = 8
# Words of which it is remembered what they were meant to be.
CACHE = 10_000
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


class Speller:
    """Mends words that are neither of the `subject`, given by falling frequency, nor in a lexicon of the language."""

    def __init__(self, subject: Sequence[str], lexicon: Container[str]) -> None:
        self._subject = {word: rank for rank, word in enumerate(subject)}
        self._lexicon = lexicon
        self.meant = lru_cache(CACHE)(self._meant)

    def knows(self, word: str) -> bool:
        """Return whether a word is no error for sure."""
        return word in self._subject or word in self._lexicon or not word.isalpha()

    def mended(self, plain: str, also: Container[str] = ()) -> str:
        """Return a cleaned text with its words as they were meant; those in `also` are known, too."""
        return _WORD.sub(lambda found: found[0] if found[0] in also else self.meant(found[0]), plain)

    def _meant(self, word: str) -> str:
        if self.knows(word):
            return word
        swaps = (word[:at] + two + one + word[at + 2 :] for at, (one, two) in enumerate(pairwise(word)))
        swapped = [each for each in swaps if each in self._subject]
        if len(word) < SHORTEST:
            return next((each for each in swapped if self._subject[each] < FREQUENT), word)
        if swapped:
            return min(swapped, key=self._subject.__getitem__)
        return (
            self._near(word, 1)
            or self._parted(word)
            or (self._near(word, 2) if len(word) >= TWO_ERRORS else "")
            or word
        )

    def _near(self, word: str, errors: int) -> str:
        """The most frequent of the nearest words of the subject; people rarely mistype the first letter."""
        those = (each for each in self._subject if each[0] == word[0] and len(each) >= SHORTEST)
        found = process.extractOne(word, those, scorer=OSA.distance, score_cutoff=errors)
        return found[0] if found else ""

    def _parted(self, word: str) -> str:
        """Two words of the subject that were written as one."""
        pairs = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
        known = [pair for pair in pairs if all(each in self._subject for each in pair)]
        return " ".join(min(known, key=lambda pair: max(map(self._subject.__getitem__, pair)))) if known else ""


def unknown_words(texts: Iterable[str], speller: Speller) -> frozenset[str]:
    """Return the words of texts that a speller does not know, for it takes them for errors else."""
    return frozenset(word for text in texts for word in _WORD.findall(text) if not speller.knows(word))
