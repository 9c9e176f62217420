"""Spelling repair: a stem that nobody has used yet becomes the known one that it is a typing error of."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter stems have too many neighbours to guess from ("land", "hand", "band").
SHORTEST = 4
# Letters added, dropped, changed or swapped: one still counts as a typing error, from this length on two do.
TWO_ERRORS = 7
# Misspelt stems whose repair is remembered.
CACHE = 20_000


class Speller:
    """Knows the stems of the knowledge base, and repairs what is nearly one of them."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._known = frozenset(stems)
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for stem in sorted(self._known):
            if len(stem) >= SHORTEST and stem.isalpha():
                self._by_start[stem[0]].append(stem)
        self.repair = lru_cache(CACHE)(self._repair)

    def _repair(self, stem: str) -> str:
        """The known stem that this one is an error of, or the stem itself."""
        if stem in self._known or len(stem) < SHORTEST or not stem.isalpha():
            return stem
        allowed = 2 if len(stem) >= TWO_ERRORS else 1
        # People rarely mistype the first letter, other than by swapping it with the second.
        candidates = self._by_start.get(stem[0], [])
        swapped = self._by_start.get(stem[1], []) if stem[1] != stem[0] else []
        best = process.extractOne(stem, candidates, scorer=OSA.distance, score_cutoff=allowed)
        if best is None and swapped:
            flipped = stem[1] + stem[0] + stem[2:]
            best = process.extractOne(flipped, swapped, scorer=OSA.distance, score_cutoff=allowed - 1)
        return best[0] if best else stem
