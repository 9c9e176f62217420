"""Serving Discord: connects, says in words why it cannot, and lets go in order."""

import logging

import aiohttp
import discord
from discord.gateway import ReconnectWebSocket

from adapters.discord.client import Client
from adapters.discord.events import DISCORD
from adapters.discord.outbox import DiscordOutbox
from adapters.discord.settings import DiscordSettings
from bot.app.app import App
from bot.operating.adapter import CannotServeError

_REFUSED = (
    "Discord refuses DISCORD_TOKEN. Make a new one in the Discord Developer Portal (your app, Bot, Reset Token) and "
    "set it."
)
# What the gateway's close codes mean (opcodes-and-status-codes.mdx); 4004 comes when the token is reset meanwhile.
_CLOSED = {
    4004: _REFUSED,
    4010: "Discord refuses DISCORD_SHARD_IDS or DISCORD_SHARD_COUNT. Unset both, or make them fit each other.",
    4011: "The bot is in too many servers for its shards. Raise DISCORD_SHARD_COUNT, or unset it.",
}

log = logging.getLogger(__name__)


class DiscordError(CannotServeError):
    """Discord cannot be served."""


async def serve(app: App, settings: DiscordSettings, *, read_messages: bool) -> None:
    """Serve Discord until cancelled, and take posts for it. `read_messages` asks for the message content intent.

    Raises DiscordError if the token or an intent is refused.
    """
    if settings.token is None:
        raise DiscordError(
            "DISCORD_TOKEN is not set. Copy it from the Discord Developer Portal: your app, Bot, Reset Token."
        )
    try:
        with app.services.links.served(DISCORD.name):
            while not await _connected(app, settings, settings.token.get_secret_value().strip(), read_messages):
                log.warning("The connection to Discord broke while it was being made; starting over.")
                app.services.metrics.reconnected(DISCORD.name)
    except discord.LoginFailure as error:
        raise DiscordError(_REFUSED) from error
    except discord.ConnectionClosed as error:
        raise DiscordError(_CLOSED.get(error.code, f"Discord closed the connection: {error}.")) from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordError(
            "Discord refuses the message content intent, which passive answering needs. Switch on “Message Content "
            "Intent” in the Discord Developer Portal (your app, Bot, Privileged Gateway Intents), or set "
            "DISCORD_MESSAGE_CONTENT=false to do without passive answering, and start again."
        ) from error
    except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
        raise DiscordError(
            f"Discord cannot be reached: {error}. Check the network (and DISCORD_API_URL and DISCORD_GATEWAY_URL, if "
            "they are set), and start again."
        ) from error
    except discord.HTTPException as error:
        raise DiscordError(f"Discord refuses to start the bot: {error}") from error


async def _connected(app: App, settings: DiscordSettings, token: str, read_messages: bool) -> bool:
    """Serve until the connection ends for good; False if it should be made anew.

    discord.py reconnects by itself, but not where a connection breaks while it is being made again.
    """
    try:
        async with Client(app, settings, read_messages=read_messages and settings.message_content) as client:
            app.services.outboxes.connect(DISCORD.prefix, DiscordOutbox(client))
            try:
                await client.start(token)
            finally:
                app.services.outboxes.disconnect(DISCORD.prefix)
                await client.finish()
    except ReconnectWebSocket:
        return False
    return True
