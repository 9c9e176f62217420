"""Who has seen the safety card recently, so that nobody gets it over and over."""

from collections.abc import Callable
from time import monotonic

from cachetools import TTLCache

from bot.asking import answers
from bot.chat.events import Event
from bot.chat.replies import Reply

# Within this time somebody who writes to the bot again in a place gets only the numbers there (docs/safety.md); and
# within the longer one somebody who did not write to the bot gets nothing more.
CARD_SECONDS, OVERHEARD_SECONDS = 600, 3600
# How many people are remembered; the oldest is forgotten first, and would just see the card again.
CARDS_LIMIT = 100_000


class SafetyCards:
    """Remembers when a person last got the card in a place, but not why. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._arrived: TTLCache[tuple[str, str], float] = TTLCache(CARDS_LIMIT, OVERHEARD_SECONDS, clock)

    def once(self, event: Event, card: Reply, *, addressed: bool) -> Reply | None:
        """Return the card; if it arrived recently, return the numbers for somebody who addresses the bot."""
        if not self._is_fresh(event):
            return card if addressed or _key(event) not in self._arrived else None
        return answers.card_again(card) if addressed else None

    def arrived(self, event: Event) -> None:
        """Note that the platform accepted what `once` returned."""
        if not self._is_fresh(event):
            self._arrived[_key(event)] = self._clock()

    def _is_fresh(self, event: Event) -> bool:
        """Return whether the card arrived so recently that its numbers are enough."""
        since = self._arrived.get(_key(event))
        return since is not None and self._clock() - since < CARD_SECONDS


def _key(event: Event) -> tuple[str, str]:
    return event.place.id, event.user.id
