"""A text as it is read: stems in their order, chat spellings written out, and the concepts of the field in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import Stemmer

from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.plain.text import words

# Words remembered with their stems; a chat's vocabulary is smaller.
CACHE = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was read: its stems in order, and the concepts among them."""

    stems: tuple[str, ...]
    concepts: tuple[str, ...]


class Reader:
    """Reads texts into stems and concepts: chat spellings written out, synonyms brought together."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        stem = Stemmer.Stemmer("english").stemWord
        spellings = vocabulary.spellings
        self.stem: Callable[[str], str] = stem
        self._stems = lru_cache(CACHE)(lambda word: tuple(map(stem, spellings.get(word, word).split())))
        self._concepts: dict[str | tuple[str, ...], tuple[str, ...]] = {
            span[0] if len(span) == 1 else span: names for span, names in self.spans(vocabulary.concepts).items()
        }

    def spans(self, concepts: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
        """The stems of each word or pair of words that concepts have, with the names of those that have it."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for concept, members in concepts.items():
            for member in members:
                span = tuple(map(self.stem, words(member)))
                found[span] = (*found.get(span, ()), concept)
        return found

    def read(self, said: tuple[str, ...]) -> Reading:
        """The stems of a text's words (see `text.spoken`), and the concepts of its words and pairs of words."""
        stems = tuple(stem for word in said for stem in self._stems(word))
        if not self._concepts:
            return Reading(stems, ())
        of = self._concepts
        found = [concept for stem in stems if stem in of for concept in of[stem]]
        found += [concept for pair in pairwise(stems) if pair in of for concept in of[pair]]
        return Reading(stems, tuple(found))
