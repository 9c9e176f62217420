"""What moderators decide for their community: for now, where the bot may answer without being asked."""

from typing import Annotated

from bot.commands import About, command
from bot.context import Context
from bot.events import Role
from bot.markup import Plain
from bot.replies import Fields, Heading, Note, Reply
from knowledge.store import Store

# The name under which the store keeps whether a place is answered without being asked.
PASSIVE = "passive"


async def is_passive(store: Store, community: str, place: str) -> bool:
    """Whether a moderator switched on that questions in a place are answered without addressing the bot."""
    return await store.place_setting(community, place, PASSIVE) is True


@command(role=Role.MODERATOR, head="ijm-mod", private=True)
async def settings(
    context: Context,
    passive: Annotated[bool | None, About("answer sure questions in this channel without being mentioned")] = None,
) -> Reply:
    """Show or change how I behave in this channel.

    With passive:true I answer questions here that nobody addressed to me, when I am very sure, and not more often
    than every few minutes. On Discord this needs the message content intent (see the operator's documentation).
    """
    store, place = context.services.store, context.place
    if passive is not None:
        await store.set_place_setting(
            place.community, place.id, PASSIVE, passive, by=context.user.id, now=context.services.now()
        )
    on = await is_passive(store, place.community, place.id)
    state = "on: I answer sure questions in this channel" if on else "off: I answer only when addressed"
    hint = (
        "A change of what I may read takes effect when I am restarted."
        if passive
        else "Change it: /ijm-mod settings passive:true"
    )
    return Reply(
        (Heading("Settings of this channel"), Fields((("passive", (Plain(state),)),)), Note((Plain(hint),))),
        private=True,
    )


COMMANDS = (settings,)
