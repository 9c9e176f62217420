"""What the bot showed last to a person in a place: in memory only, for ten minutes, and nothing of what they wrote."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from cachetools import TTLCache

from bot.chat.events import Place, User, Value
from bot.chat.replies import Reply

TURN_SECONDS = 10 * 60
# Turns that are remembered, all communities together; the oldest is forgotten first.
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

    What was shown in a thread was also shown in its channel: where every answer begins a thread, a message beside it
    goes on from it.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._turns: TTLCache[tuple[str, str, str | None], Turn] = TTLCache(TURNS_LIMIT, TURN_SECONDS, clock)

    def before(self, user: User, place: Place) -> Turn:
        """Give what was shown last to a person in a place."""
        return next((turn for key in _keys(user, place) if (turn := self._turns.get(key))), NOTHING)

    def remember(self, user: User, place: Place, turn: Turn) -> None:
        """Keep what is shown now in place of what was shown before, unless it shows nothing to go on from."""
        if turn != NOTHING:
            self._turns.update(dict.fromkeys(_keys(user, place), turn))

    def forget(self, user: User, place: Place) -> None:
        """Keep nothing: the message may be about somebody's safety."""
        for key in _keys(user, place):
            self._turns.pop(key, None)


def _keys(user: User, place: Place) -> tuple[tuple[str, str, str | None], ...]:
    """Return a thread and its channel, or the channel alone."""
    return tuple((user.id, place.id, thread) for thread in dict.fromkeys((place.thread, None)))


def turn_of(reply: Reply, command: str = "", arguments: Mapping[str, Value] | None = None) -> Turn:
    """Read from a reply's buttons what it shows; `command` showed it, and can show another one."""
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
            # "Another one" under a fact carries the topic that the next one is of.
            command, arguments = "fact", (("topic", value),) if value else ()
    return Turn(entry, others or (() if entry else tuple(choice)), command, arguments)
