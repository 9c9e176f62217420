"""Who has been shown the safety card just now, so that nobody is shown it again and again."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from cachetools import TTLCache

from bot.asking import answers
from bot.chat.events import Event
from bot.chat.replies import Reply

# The safety card is shown at most once to a person in a place within this time (docs/safety.md).
CARD_SECONDS = 600
# People whose card is remembered; the oldest is forgotten first, and would just see the card again.
CARDS_LIMIT = 100_000


class SafetyCards:
    """Remembers that somebody was shown the card in a place, and not why. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._shown: TTLCache[tuple[str, str], bool] = TTLCache(CARDS_LIMIT, CARD_SECONDS, clock)

    def once(self, event: Event, card: Reply | None, *, addressed: bool) -> Reply | None:
        """The safety card, once to a person in a place; then a short word, to somebody who addresses the bot."""
        key = (event.place.id, event.user.id)
        if key in self._shown:
            # Where it cannot be private, the same line covers it: nobody is to learn what the first was about.
            return replace(answers.card_again(), cover=card.cover if card else None) if addressed else None
        self._shown[key] = True
        return card
