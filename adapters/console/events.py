"""From a typed line to an event."""

from bot.chat.events import Message, Place, Typed, User
from bot.chat.platform import Platform, Referent
from bot.chat.roles import ADMINISTRATES


def _referent(_: str, named: str) -> Referent | None:
    """Return what an id stands for: there is only one person and one place."""
    return {OPERATOR.id: Referent.PERSON, HERE.id: Referent.CHANNEL}.get(named)


CONSOLE = Platform("console", "the terminal", referent=_referent)
# Whoever has the terminal also has the files and the database, and may do everything.
OPERATOR = User("console:operator", "you", frozenset({ADMINISTRATES}))
HERE = Place("console:terminal", "console:local", direct=True, posts=False, platform=CONSOLE)

_HELP = {"help", "?", "/help", "/?"}
_HEADS = {"/ijm": "ijm", "/ijm-mod": "ijm-mod"}


def event_of(line: str) -> Message | Typed:
    """Return the event for a line: a slash begins a command, anything else is a question."""
    typed = line.strip()
    if typed.lower() in _HELP:
        return Typed(OPERATOR, HERE, "help")
    first, _, rest = typed.partition(" ")
    if first.lower() in _HEADS:
        return Typed(OPERATOR, HERE, rest, _HEADS[first.lower()])
    if first.startswith("/") and len(first) > 1:
        return Typed(OPERATOR, HERE, typed[1:])
    return Message(OPERATOR, HERE, line, addressed=True)
