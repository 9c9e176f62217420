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
        self._shown: LRUCache[str, list[int]] = LRUCache(DECKS_LIMIT)

    def draw(self, place: str, topic: str | None = None) -> Drawn | None:
        """A fact that the place has not seen, of one topic if given; None if there is none of that topic.

        When all of them were seen, they come again, the one seen last not first.
        """
        wanted = [number for number, (entry, _) in enumerate(self._cards) if topic in {None, entry.topic}]
        if not wanted:
            return None
        shown = self._shown.get(place, [])
        left = [number for number in wanted if number not in shown]
        if not left:
            last = next(number for number in reversed(shown) if number in wanted)
            shown = [number for number in shown if number not in wanted]
            left = [number for number in wanted if number != last] or wanted
        drawn = self._shuffle.choice(left)
        self._shown[place] = [*shown, drawn]
        return self._cards[drawn]
