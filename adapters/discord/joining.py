"""Joining a server: whom to welcome, and what the bot lacks there."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import discord

from adapters.discord.events import DISCORD
from adapters.discord.registering.commands import lacking
from bot.app.app import App

# A server that added the bot while it was not running is welcomed at start, if that is not longer ago than this.
RECENTLY = timedelta(days=1)
GUILD = f"{DISCORD.prefix}guild/"

log = logging.getLogger(__name__)


async def welcome(app: App, client: discord.Client, guild: discord.Guild, *, registered: bool) -> None:
    """Welcome a server: in its system channel, or else by a direct message to its owner. Only the audit log says who
    installed a bot, and reading it takes a permission that this bot does not ask for. `registered` says whether the
    commands are registered with Discord.
    """
    channel = guild.system_channel
    await app.joined(
        f"{GUILD}{guild.id}",
        guild.name,
        await missing(client, guild, registered=registered),
        place=f"{DISCORD.prefix}channel/{channel.id}" if channel is not None else "",
        person=f"{DISCORD.prefix}user/{guild.owner_id}" if guild.owner_id else "",
    )


def is_new(app: App, guild: discord.Guild) -> bool:
    """Return whether the bot was added to a server just now, perhaps while it was not running."""
    # Of a server that is away for a while, Discord tells nothing, not even of the bot in it.
    joined: datetime | None = getattr(guild.me, "joined_at", None)
    return joined is not None and app.services.now() - joined < RECENTLY


async def missing(client: discord.Client, guild: discord.Guild, *, registered: bool) -> Sequence[str]:
    """Return what the bot lacks in a server, in sentences that say what to do."""
    found = []
    lacks = lacking(guild.me.guild_permissions)
    if lacks:
        found.append(f"Permissions: give my role {', '.join(lacks)} (Server Settings, Roles).")
    if not registered:
        found.append("My commands are not registered with Discord yet: my operator finds the reason in my log.")
    elif not await has_commands(client, guild):
        found.append(
            "The scope applications.commands, without which /ijm does not show up: install me again with the link that "
            "my operator gets from “ijm-bot invite”."
        )
    return found


async def has_commands(client: discord.Client, guild: discord.Guild) -> bool:
    """Return whether a server granted the commands scope; without it, Discord does not show its commands."""
    if client.application_id is None:
        return True
    try:
        await client.http.get_guild_commands(client.application_id, guild.id)
    except discord.Forbidden:
        return False
    except discord.HTTPException as error:
        log.info("Discord does not say whether a server has commands: %s", error.code)
    return True
