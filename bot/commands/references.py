"""The people, channels and groups that somebody names: only the platform knows what its ids stand for."""

from bot.chat.platform import Referent
from bot.commands.context import Context
from bot.commands.declarations import BadArgument


def referred(context: Context, named: str, what: Referent) -> str:
    """Return the id. Raises BadArgument if it is none of such a thing in this community, but a name for example."""
    if context.place.platform.referent(context.community, named) is not what:
        it = "them" if what is Referent.PERSON else "it"
        raise BadArgument(f"I do not know this {what.value}. Choose {it} from the list that your platform offers.")
    return named
