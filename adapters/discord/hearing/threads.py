"""Threads: opening one for an answer, and the question of a forum post."""

import logging

import discord

from bot.chat.replies import Heading, Reply, short

# resources/channel.mdx: a thread's name.
NAME_LIMIT = 100
# The name for an answer without a title.
_UNTITLED = "Answer from IJM"

log = logging.getLogger(__name__)


async def opened(message: discord.Message, reply: Reply) -> discord.Thread | None:
    """Open a thread below a message, named after the answer, not the question; return None if that fails."""
    channel = message.channel
    if not isinstance(channel, discord.TextChannel):
        return None
    allowed = channel.permissions_for(channel.guild.me)
    if not may_open(allowed):
        return None
    named = next((block.text for block in reply.blocks if isinstance(block, Heading)), _UNTITLED)
    try:
        return await message.create_thread(name=short(named, NAME_LIMIT))
    except discord.HTTPException as error:
        log.info("Discord opens no thread for an answer, so it stands in the channel: %s", error.code)
        return None


def may_open(allowed: discord.Permissions) -> bool:
    """Return whether these permissions let the bot open a thread, and answer in it."""
    return allowed.create_public_threads and allowed.send_messages_in_threads


def title_of_post(message: discord.Message) -> str:
    """Return the title of the forum post that a message begins; empty for any other message."""
    channel = message.channel
    if not isinstance(channel, discord.Thread) or channel.id != message.id:
        return ""
    return channel.name if isinstance(channel.parent, discord.ForumChannel) else ""
