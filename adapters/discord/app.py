"""Serving Discord: connects, says in words why it cannot, and stops cleanly."""

import logging

import aiohttp
import discord
from discord.gateway import ReconnectWebSocket

from adapters.discord.client import Client
from adapters.discord.events import DISCORD
from adapters.discord.log_lines import shorten
from adapters.discord.outbox import DiscordOutbox
from adapters.discord.sending import one_line
from adapters.discord.settings import DiscordSettings
from bot.app.app import App
from bot.operating.adapter import CannotReachError, CannotServeError

_REFUSED = (
    "Discord refuses DISCORD_TOKEN. Make a new one in the Discord Developer Portal (your app, Bot, Reset Token) and "
    "set it."
)
# The meaning of the gateway's close codes (opcodes-and-status-codes.mdx); 4004 means that the token was reset
# meanwhile.
_CLOSED = {
    4004: _REFUSED,
    4010: "Discord refuses DISCORD_SHARD_IDS or DISCORD_SHARD_COUNT. Unset both, or make them fit each other.",
    4011: "The bot is in too many servers for its shards. Raise DISCORD_SHARD_COUNT, or unset it.",
}

log = logging.getLogger(__name__)


class DiscordError(CannotServeError):
    """Discord cannot be served."""


class DiscordUnreachable(DiscordError, CannotReachError):  # noqa: N818 (nothing is wrong with the settings)
    """Discord does not answer, or something else answers instead."""


async def serve(app: App, settings: DiscordSettings, *, read_messages: bool) -> None:
    """Serve Discord until cancelled, and accept posts for it. `read_messages` asks for the message content intent.

    Raises DiscordError if the token or an intent is refused, and DiscordUnreachable if Discord does not answer.
    """
    if settings.token is None:
        raise DiscordError(
            "DISCORD_TOKEN is not set. Copy it from the Discord Developer Portal: your app, Bot, Reset Token."
        )
    shorten()
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
        raise _unreachable(one_line(error)) from error
    except discord.HTTPException as error:
        if error.code == 0:
            # Discord's own refusals have a code (topics/opcodes-and-status-codes.mdx).
            raise _unreachable(f"the answer had status {error.status}, and gave no reason") from error
        raise DiscordError(f"Discord refuses to start the bot: {one_line(error)}.") from error


def _unreachable(why: str) -> DiscordUnreachable:
    return DiscordUnreachable(
        f"Discord cannot be reached: {why}. Check the network (and DISCORD_API_URL and DISCORD_GATEWAY_URL, if they "
        "are set)."
    )


async def _connected(app: App, settings: DiscordSettings, token: str, read_messages: bool) -> bool:
    """Serve until the connection ends for good; return False to connect again. discord.py reconnects by itself, unless
    a connection breaks while it reconnects.
    """
    try:
        async with Client(app, settings, read_messages=read_messages and settings.message_content) as client:
            app.services.outboxes.connect(DISCORD.prefix, DiscordOutbox(client))
            try:
                await _log_in(client, token)
                await client.connect()
            finally:
                app.services.outboxes.disconnect(DISCORD.prefix)
                await client.finish()
    except ReconnectWebSocket:
        return False
    return True


async def _log_in(client: Client, token: str) -> None:
    """Log in. Raises DiscordUnreachable if the answer is not Discord's, such as a proxy's page."""
    try:
        await client.login(token)
    except (TypeError, LookupError, ValueError, AttributeError) as error:
        raise _unreachable("the server that answers is not its API") from error
