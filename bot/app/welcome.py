"""The one welcome to a community that has added the bot: what to try, and what is missing."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.app.home import prompts
from bot.asking import answers
from bot.chat.events import Role
from bot.chat.markup import Plain
from bot.chat.outbox import Outboxes, Unpostable, Unreached
from bot.chat.replies import Block, Button, Heading, Items, Menu, Reply, Text, echo, note, text
from bot.commands.community_settings import is_passive
from bot.commands.context import Context, Services
from bot.commands.declarations import Handlers
from bot.community.moderate import NOTICES
from bot.curating import mod_help

# The store remembers the welcome until the community's data is deleted.
_WELCOMED, _LIFE = "welcome", timedelta(days=3650)
_KEY = "welcome"
_SET_UP = (
    "In a channel, `/ijm-mod settings passive:true` has me answer questions there without a mention, when I am very "
    "sure. `/ijm-mod settings notices:` names the channel for a weekly notice of what waits for moderators."
)

log = logging.getLogger(__name__)


def welcome(community_name: str, missing: Sequence[str] = ()) -> Reply:
    """Return the welcome for whoever added the bot; `missing` are sentences about what it still needs."""
    to = f" to {echo(community_name)}" if community_name else ""
    blocks: list[Block] = [
        Heading("Hello! I answer questions about IJM"),
        Text((Plain(f"Thanks for adding me{to}. "), *text(answers.WELCOME).spans)),
        text("Mention me, write to me directly, or use `/ijm ask`. I speak up only when somebody asks me."),
    ]
    if missing:
        listed = Items(tuple((Plain(each),) for each in missing))
        blocks += [text("**Before I can do all that, something is missing:**"), listed]
    buttons = (
        Button("Try a question", "welcome-try"),
        Button("What moderators can do", mod_help.OPEN),
        Button("Set up answers and notices", "welcome-setup"),
    )
    return Reply((*blocks, note("I send this once. `/ijm help` shows all commands.")), buttons)


async def send_welcome(
    services: Services, community: str, name: str, missing: Sequence[str] = (), *, place: str = "", person: str = ""
) -> bool:
    """Welcome a community once, ever, in a place or else by a direct message. Return whether that happened now.

    `place` and `person` are ids as the adapter minted them; either may be empty. A message that the platform will never
    accept counts as sent, so that it is not tried forever.
    """
    if not await services.store.first_time(_WELCOMED, services.now(), community=community, life=_LIFE):
        return False
    reply, outboxes = welcome(name, missing), services.outboxes
    try:
        return await _posted(outboxes, community, place, reply) or await _told(outboxes, community, person, reply)
    except Unreached as error:
        log.warning("A community could not be welcomed, and will be at the next start: %s", error)
        await services.store.not_yet(_WELCOMED, community=community)
        return False


async def _posted(outboxes: Outboxes, community: str, place: str, reply: Reply) -> bool:
    if not place:
        return False
    try:
        await outboxes.post(community, place, reply, key=_KEY)
    except Unpostable as error:
        log.info("The welcome goes to a person, because its place takes none: %s", error)
        return False
    return True


async def _told(outboxes: Outboxes, community: str, person: str, reply: Reply) -> bool:
    if not person:
        return False
    try:
        await outboxes.tell(community, person, reply)
    except Unpostable as error:
        log.info("Nobody could be welcomed: %s", error)
        return False
    return True


async def _try(context: Context, _: str) -> Reply:
    """Offer questions to open: the most asked one, or one from each topic."""
    rows = tuple(answers.entry_button(entry) for entry in await prompts(context))
    said = text("Pick one, or ask me in your own words: mention me, or use `/ijm ask`.")
    return Reply((said,), private=True, menu=Menu("Try a question", rows))


async def _set_up(context: Context, _: str) -> Reply:
    """Show how to set up passive answers and notices; moderators get buttons for it."""
    heading = Heading("Passive answers and notices")
    if context.role < Role.MODERATOR or context.is_personal:
        return Reply((heading, text(_SET_UP), note("This is for moderators, in the server itself.")), private=True)
    buttons = [Button("Choose where notices go", NOTICES), Button("All settings", "settings")]
    if not context.place.direct:
        on = await is_passive(context.services.store, context.place)
        label = "Only when addressed, here" if on else "Answer here without a mention"
        buttons.insert(0, Button(label, "passive", "off" if on else "on"))
    return Reply((heading, text(_SET_UP)), tuple(buttons), private=True)


HANDLERS = Handlers({"welcome-try": _try, "welcome-setup": _set_up})
