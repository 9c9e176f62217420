"""The safety card: its wording, and who has seen it recently, so that nobody gets it over and over."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from cachetools import TTLCache

from bot.asking import answers
from bot.asking.helpline import near_you
from bot.chat.events import Event
from bot.chat.replies import Button, Reply, blocks_of, text
from knowledge.matching import Closest, Found, Unknown, Verdict
from knowledge.pack.model import Pack

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
        return _again(card) if addressed else None

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


def safety_card(pack: Pack, verdict: Verdict, help_line: str = "") -> Reply:
    """Return the pinned card, with the normal answer one tap away; nothing of the message is in it or kept.

    `help_line` is the community's own, which two moderators have checked.
    """
    if isinstance(verdict, Unknown):
        ids = ""
    else:
        meant = verdict.matches[:1] if isinstance(verdict, Found | Closest) else verdict.matches
        ids = answers.ids_of(match.entry for match in meant)
    return card(pack, ids, help_line)


def card(pack: Pack, ids: str, help_line: str = "") -> Reply:
    """Return the pinned card; `ids` are the entries of the normal answer.

    `help_line` stands before all other contacts.
    """
    cover = Reply(
        (text("I have an answer that I'd rather show to you alone."),), (Button("Show privately", "card", ids),)
    )
    normal = Button("I was asking for a paper", "normal", ids)
    return Reply(
        (*near_you(help_line), *blocks_of(pack.safety.text)),
        (normal,),
        private=True,
        cover=cover,
        urgent=_numbers(pack, help_line),
    )


def _again(first: Reply) -> Reply:
    """Return a card's numbers in one line, for a person who writes again while the card is fresh."""
    # Where it cannot be private, the same cover is shown, so that nobody learns what the first was about.
    return replace(first.shortest, cover=first.cover, urgent=first.urgent)


def _numbers(pack: Pack, help_line: str) -> str:
    """Return the shortest text with the numbers to call, a local help line first."""
    return f"Near you: {help_line}. {pack.safety.short}" if help_line else pack.safety.short
