"""References to people, channels and groups: only the platform knows what its ids stand for."""

from bot.chat.markup import Referent
from bot.commands.context import Context
from bot.commands.declarations import BadArgument


def referred(context: Context, named: str, what: Referent) -> str:
    """Return the id. Raises BadArgument if it does not stand for that in this community, such as a plain name."""
    if context.place.platform.referent(context.community, named) is not what:
        it = "them" if what is Referent.PERSON else "it"
        raise BadArgument(f"I don't know this {what.value}. Choose {it} from the list that your platform offers.")
    return named


def own_channel(context: Context) -> str:
    """Return the id of the channel that this happens in; empty in a direct conversation and on the bot's own screen."""
    place = context.place
    return place.id if place.platform.referent(context.community, place.id) is Referent.CHANNEL else ""
