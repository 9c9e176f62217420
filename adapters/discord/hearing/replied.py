"""The message that another one replies to: the bot's own, or somebody else's."""

import logging
from dataclasses import replace

import discord

from bot.chat.events import Message

log = logging.getLogger(__name__)


async def above(message: discord.Message) -> discord.Message | None:
    """Return the message that another one replies to; None if there is none, or if the bot may not read it. The gateway
    usually includes it (resources/message.mdx: referenced_message).
    """
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None or reference.message_id is None:
        return None
    if isinstance(reference.resolved, discord.DeletedReferencedMessage):
        return None
    if reference.resolved is not None:
        return reference.resolved
    try:
        return await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException as error:
        log.info("Discord does not give the message that another one replies to: %s", error.code)
        return None


def referring(event: Message, to: discord.Message | None, me: discord.abc.Snowflake) -> Message:
    """Add to a message what is known about the one that it replies to.

    Without the message content intent, Discord leaves out what somebody else wrote there.
    """
    if to is None:
        return event
    if to.author.id != me.id:
        return replace(event, quoted=to.content)
    buttons = (each for row in to.components for each in getattr(row, "children", ()))
    return replace(event, replied=tuple(each.custom_id for each in buttons if getattr(each, "custom_id", None)))
