"""Who has recently seen the safety card, so that nobody sees it again and again."""

from collections.abc import Callable
from time import monotonic

from cachetools import TTLCache

from bot.asking import answers
from bot.chat.events import Event
from bot.chat.replies import Reply

# Within this time somebody who writes to the bot again in a place gets only the numbers there (docs/safety.md); and
# within the longer one somebody who did not write to the bot gets nothing more.
CARD_SECONDS, OVERHEARD_SECONDS = 600, 3600
# People whose card is remembered; the oldest is forgotten first, and would just see the card again.
CARDS_LIMIT = 100_000


class SafetyCards:
    """Remembers when a person last got the card in a place, and not why. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._arrived: TTLCache[tuple[str, str], float] = TTLCache(CARDS_LIMIT, OVERHEARD_SECONDS, clock)

    def once(self, event: Event, card: Reply, *, addressed: bool) -> Reply | None:
        """Give the card, or if it arrived there just now, the numbers to somebody who addresses the bot."""
        if not self._is_fresh(event):
            return card if addressed or _key(event) not in self._arrived else None
        return answers.card_again(card) if addressed else None

    def arrived(self, event: Event) -> None:
        """Take down that what `once` gave was accepted by the platform."""
        if not self._is_fresh(event):
            self._arrived[_key(event)] = self._clock()

    def _is_fresh(self, event: Event) -> bool:
        """Whether the card arrived so lately that its numbers are enough."""
        since = self._arrived.get(_key(event))
        return since is not None and self._clock() - since < CARD_SECONDS


def _key(event: Event) -> tuple[str, str]:
    return event.place.id, event.user.id
