"""The facts of the pack as a deck of cards for each place: none comes twice until all have been shown."""

import random

from cachetools import LRUCache

from knowledge.model import Entry, Fact, Pack

# Places whose deck is remembered; the one that asked longest ago starts afresh.
DECKS_LIMIT = 10_000

Drawn = tuple[Entry, Fact]


class Deck:
    """Draws facts. `shuffle` makes the order; a test gives its own."""

    def __init__(self, pack: Pack, shuffle: random.Random | None = None) -> None:
        self._cards: tuple[Drawn, ...] = tuple((entry, fact) for entry in pack.entries for fact in entry.facts)
        self._shuffle = shuffle or random.Random()  # noqa: S311 (an order of cards is no secret)
        self._left: LRUCache[tuple[str, str | None], list[Drawn]] = LRUCache(DECKS_LIMIT)

    def draw(self, place: str, topic: str | None = None) -> Drawn | None:
        """The next fact for a place, of one topic if given; None if there is none of that topic."""
        left = self._left.get((place, topic))
        if not left:
            left = [card for card in self._cards if topic in {None, card[0].topic}]
            self._shuffle.shuffle(left)
            self._left[place, topic] = left
        return left.pop() if left else None
