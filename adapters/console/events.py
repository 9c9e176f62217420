"""From a typed line to an event."""

from collections.abc import Sequence

from bot.chat.events import Event, Message, Place, Press, Typed, User
from bot.chat.platform import Platform, Referent
from bot.chat.replies import Button
from bot.chat.roles import ADMINISTRATES


def _referent(_: str, named: str) -> Referent | None:
    """There is one person, and one place."""
    return {OPERATOR.id: Referent.PERSON, HERE.id: Referent.CHANNEL}.get(named)


CONSOLE = Platform("console", "the terminal", referent=_referent)
# Whoever has the terminal has the files and the database, so may do everything.
OPERATOR = User("console:operator", "you", frozenset({ADMINISTRATES}))
HERE = Place("console:terminal", "console:local", direct=True, posts=False, platform=CONSOLE)

_HELP = {"help", "?", "/help", "/?"}
_HEADS = {"/ijm": "ijm", "/ijm-mod": "ijm-mod"}


def event_of(line: str, buttons: Sequence[Button]) -> Event:
    """What a line means: a number presses that button of the last reply, a slash begins a command, else it is asked."""
    typed = line.strip()
    if typed.isdecimal() and 1 <= int(typed) <= len(buttons):
        button = buttons[int(typed) - 1]
        return Press(OPERATOR, HERE, button.action, button.value)
    if typed.lower() in _HELP:
        return Typed(OPERATOR, HERE, "help")
    first, _, rest = typed.partition(" ")
    if first.lower() in _HEADS:
        return Typed(OPERATOR, HERE, rest, _HEADS[first.lower()])
    if first.startswith("/") and len(first) > 1:
        return Typed(OPERATOR, HERE, typed[1:])
    return Message(OPERATOR, HERE, line, addressed=True)
