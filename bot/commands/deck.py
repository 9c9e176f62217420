"""The facts of a pack as a deck of cards for each place: none repeats until all have been shown."""

import random
from datetime import date

from cachetools import LRUCache

from knowledge.pack.model import Entry, Fact, Pack
from knowledge.plain.digests import digest

# How many places' decks are remembered; the one that asked longest ago starts again.
DECKS_LIMIT = 10_000
# Enough of a hash to mix the facts of all topics.
_DIGITS = 16

Drawn = tuple[Entry, Fact]


def of_day(pack: Pack, day: date) -> Drawn | None:
    """Return the fact of a day, the same for everybody; it repeats only after all others. None without facts."""
    facts = {fact.text: (entry, fact) for entry in pack.entries for fact in entry.facts}
    mixed = sorted(facts, key=lambda text: digest(text, _DIGITS))
    return facts[mixed[day.toordinal() % len(mixed)]] if mixed else None


class Deck:
    """Draws facts. `shuffle` makes the order; a test gives its own."""

    def __init__(self, shuffle: random.Random | None = None) -> None:
        self._shuffle = shuffle or random.Random()  # noqa: S311 (an order of cards is no secret)
        self._shown: LRUCache[str, list[str]] = LRUCache(DECKS_LIMIT)

    def draw(self, pack: Pack, place: str, topic: str | None = None) -> Drawn | None:
        """Return a fact that the place has not seen, on one topic if given; None if that topic has none.

        When all have been seen, they start again, but not with the last one.
        """
        wanted = {
            fact.text: (entry, fact) for entry in pack.entries if topic in {None, entry.topic} for fact in entry.facts
        }
        if not wanted:
            return None
        shown = self._shown.get(place, [])
        left = [text for text in wanted if text not in shown]
        if not left:
            last = next(text for text in reversed(shown) if text in wanted)
            shown = [text for text in shown if text not in wanted]
            left = [text for text in wanted if text != last] or list(wanted)
        drawn = self._shuffle.choice(left)
        self._shown[place] = [*shown, drawn]
        return wanted[drawn]
