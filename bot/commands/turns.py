"""What the bot last showed a person in a place: in memory only, for ten minutes, without what they wrote."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from cachetools import TTLCache

from bot.chat.events import Place, User, Value
from bot.chat.replies import Reply

TURN_SECONDS = 10 * 60
# How many turns are remembered in all; the oldest is forgotten first.
TURNS_LIMIT = 50_000
# Commands that have another one to show.
REPEATABLE = frozenset({"fact", "quiz"})


@dataclass(frozen=True, slots=True)
class Turn:
    """What was shown: the entry (its id), the entries that may be meant instead, and the command that showed it."""

    entry: str = ""
    others: tuple[str, ...] = ()
    command: str = ""
    arguments: tuple[tuple[str, Value], ...] = ()
    insulted: bool = False


NOTHING = Turn()


class Turns:
    """The last turn of each person in each place. `clock` gives seconds that never go back.

    What was shown in a thread counts for its channel, too: where each answer opens a thread, the next message may be
    outside it.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._turns: TTLCache[tuple[str, str, str | None], Turn] = TTLCache(TURNS_LIMIT, TURN_SECONDS, clock)

    def before(self, user: User, place: Place) -> Turn:
        """Return what was last shown to a person in a place."""
        return next((turn for key in _keys(user, place) if (turn := self._turns.get(key))), NOTHING)

    def remember(self, user: User, place: Place, turn: Turn) -> None:
        """Remember what is shown now instead of what was shown before, unless there is nothing to follow up on."""
        if turn != NOTHING:
            self._turns.update(dict.fromkeys(_keys(user, place), turn))

    def forget(self, user: User, place: Place) -> None:
        """Keep nothing: the message may be about somebody's safety."""
        for key in _keys(user, place):
            self._turns.pop(key, None)


def _keys(user: User, place: Place) -> tuple[tuple[str, str, str | None], ...]:
    """Return the keys of a thread and its channel, or of the channel alone."""
    return tuple((user.id, place.id, thread) for thread in dict.fromkeys((place.thread, None)))


def turn_of(reply: Reply, command: str = "", arguments: Mapping[str, Value] | None = None) -> Turn:
    """Read from a reply's buttons what it shows; `command` is the command that can show another one."""
    shown = turn_of_ids(button.id for button in reply.buttons)
    if command not in REPEATABLE:
        return shown
    return Turn(shown.entry, shown.others, command, tuple((arguments or {}).items()))


def turn_of_ids(buttons: Iterable[str]) -> Turn:
    """Read from the ids of a message's buttons what it shows: an entry that can be cited, or a choice of entries."""
    entry = command = ""
    others: tuple[str, ...] = ()
    arguments: tuple[tuple[str, Value], ...] = ()
    choice: list[str] = []
    for button in buttons:
        action, _, value = button.partition(":")
        if action == "cite" and not entry:
            entry = value.partition(" ")[0]
        elif action == "instead":
            others = tuple(value.split())
        elif action == "entry":
            choice.append(value)
        elif action == "fact":
            # "Another one" under a fact carries the topic of the next one.
            command, arguments = "fact", (("topic", value),) if value else ()
    return Turn(entry, others or (() if entry else tuple(choice)), command, arguments)
