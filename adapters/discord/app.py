"""The connection to Discord: receives, has the core answer, and sends. The only file of this adapter that does I/O."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import ReconnectWebSocket
from discord.http import Route

from adapters.discord.commands import payload, same
from adapters.discord.events import interaction_event, message_event
from adapters.discord.render import Rendered, modal, render
from adapters.discord.settings import DiscordSettings
from bot.app import App
from bot.events import Complete, Event
from bot.replies import Delete, Reply, text

# Discord wants a first response within 3 s (interactions/receiving-and-responding.mdx:351). A core that is not done
# by then is deferred; before, because a deferred answer can be neither a modal nor change whether it is private.
DEFER_AFTER = 2.0
# Discord's error codes (topics/opcodes-and-status-codes.mdx): the 3 seconds or the 15 minutes of an interaction are
# over; it was answered already, which a retry after a lost response finds.
_UNKNOWN_INTERACTION = 10062
_INVALID_TOKEN = 50027
_ALREADY_ANSWERED = 40060
# Seconds between tries after a broken connection: two fit into the time for a first response; what comes later has
# 15 minutes, but Discord remembers the nonce of a message for a few only.
_FIRST_PAUSES = (0.2, 0.6)
_LATER_PAUSES = (*_FIRST_PAUSES, 2.0, 6.0)

# A modal can never follow a deferred response (interactions/receiving-and-responding.mdx).
_TOO_LATE = Reply((text("That took too long for a form to open. Please try again."),), private=True)
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
_NOBODY = discord.AllowedMentions.none()

log = logging.getLogger(__name__)


class DiscordError(Exception):
    """Discord cannot be served; the message says what to change, and where."""


async def serve(app: App, settings: DiscordSettings, *, read_messages: bool) -> None:
    """Serve Discord until cancelled. `read_messages` asks for the message content intent.

    Raises DiscordError if the token or an intent is refused, or the shards are given wrongly.
    """
    if settings.token is None:
        raise DiscordError(
            "DISCORD_TOKEN is not set. Copy it from the Discord Developer Portal: your app, Bot, Reset Token."
        )
    if settings.shard_ids is not None and settings.shard_count is None:
        raise DiscordError(
            "DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT, the number of shards of all processes together."
        )
    if settings.shard_ids and settings.shard_count and max(settings.shard_ids) >= settings.shard_count:
        raise DiscordError("DISCORD_SHARD_IDS counts from 0: each has to be below DISCORD_SHARD_COUNT.")
    try:
        while not await _connected(app, settings, settings.token.get_secret_value().strip(), read_messages):
            log.warning("The connection to Discord broke while it was being made; starting over.")
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
            await client.start(token)
    except ReconnectWebSocket:
        return False
    return True


def intents(*, read_messages: bool) -> discord.Intents:
    """What the bot is told about: servers and their channels, and messages; their text only where it may read it."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = read_messages
    return wanted


class Client(discord.AutoShardedClient):
    """discord.py's client with the bot's core behind it."""

    def __init__(self, app: App, settings: DiscordSettings, *, read_messages: bool) -> None:
        super().__init__(
            intents=intents(read_messages=read_messages),
            **_shards(settings),
            allowed_mentions=_NOBODY,
            max_messages=None,
            chunk_guilds_at_startup=False,
        )
        self._app = app
        self._syncs = settings.shard_ids is None or 0 in settings.shard_ids
        if settings.api_url:
            Route.BASE = settings.api_url.rstrip("/")
        if settings.gateway_url:
            self._use_gateway(settings.gateway_url)

    def _use_gateway(self, address: str) -> None:
        """Connect there, whatever Discord names: by default, in /gateway/bot, or to resume a session."""
        connect = self.http.ws_connect

        async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
            return await connect(str(yarl.URL(address).update_query(yarl.URL(url).query)), compress=compress)

        self.http.ws_connect = ws_connect  # type: ignore[method-assign]

    async def setup_hook(self) -> None:
        """Register the commands, if they are not registered as they are now; the process with shard 0 does it."""
        if not self._syncs or self.application_id is None:
            return
        ours = payload(self._app.registry)
        if same(ours, await self.http.get_global_commands(self.application_id)):
            log.info("The commands are registered with Discord already.")
            return
        await self.http.bulk_upsert_global_commands(self.application_id, ours)
        log.info("Registered the commands with Discord.")

    async def on_ready(self) -> None:
        """Tell the operator."""
        log.info("Ready on Discord as %s, in %d servers.", self.user, len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a command, a press, a form or a half-typed option."""
        event = interaction_event(interaction)
        try:
            if isinstance(event, Complete):
                choices = await self._app.complete(event)
                shown = [app_commands.Choice(name=label, value=value) for label, value in choices]
                await _insist(lambda: interaction.response.autocomplete(shown))
            elif event is not None:
                await self._answer(interaction, event)
        except discord.HTTPException as error:
            if error.code not in {_UNKNOWN_INTERACTION, _INVALID_TOKEN}:
                raise
            log.warning("An answer came too late for Discord, or the conversation is gone.")

    async def on_message(self, message: discord.Message) -> None:
        """Answer a mention, a direct message, or a question in a channel that wants it."""
        event = message_event(message, self.user) if self.user else None
        if event is None:
            return
        reply = await self._app.handle(event)
        if not isinstance(reply, Reply):
            return
        if reply.private and reply.cover and not event.place.direct:
            reply = reply.cover
        await self._post(message, render(reply))

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log what broke outside the core, without what was written."""
        log.exception("Could not handle Discord's %s", event_method)

    async def _answer(self, interaction: discord.Interaction[Any], event: Event) -> None:
        """Answer within Discord's 3 seconds, or say in time that it takes longer; then answer once."""
        private = self._app.answers_privately(event)
        working = asyncio.create_task(self._app.handle(event))
        await asyncio.wait({working}, timeout=DEFER_AFTER)
        # The SDK's own `is_done` does not know of a deferral whose confirmation was lost on the way.
        deferred = not working.done()
        if deferred:
            await _insist(lambda: interaction.response.defer(ephemeral=private, thinking=True))
        outcome = await working
        if isinstance(outcome, Delete):
            await self._delete(interaction, deferred=deferred)
        elif outcome is not None and deferred:
            await self._fill(interaction, outcome)
        elif outcome is not None:
            await self._respond(interaction, outcome)

    async def _delete(self, interaction: discord.Interaction[Any], *, deferred: bool) -> None:
        """Take the pressed message away; after a deferral, also the one that says that the bot is thinking."""
        try:
            if deferred and interaction.message is not None:
                await _insist(interaction.message.delete, _LATER_PAUSES)
            elif not deferred:
                await _insist(interaction.response.defer)
            await _insist(interaction.delete_original_response, _LATER_PAUSES)
        except discord.NotFound as error:
            if error.code == _UNKNOWN_INTERACTION:
                raise
            log.info("What should be deleted is gone already.")

    async def _respond(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """The first response."""
        if reply.form is not None:
            form = modal(reply.form)
            await _insist(lambda: interaction.response.send_modal(form))
            return
        rendered = render(reply)
        await _insist(
            lambda: interaction.response.send_message(
                embed=rendered.embed, ephemeral=reply.private, allowed_mentions=_NOBODY, **_view(rendered)
            )
        )

    async def _fill(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """The answer in the place of the deferred one."""
        rendered = render(reply if reply.form is None else _TOO_LATE)
        await _insist(
            lambda: interaction.edit_original_response(
                embed=rendered.embed, view=rendered.controls, allowed_mentions=_NOBODY
            ),
            _LATER_PAUSES,
        )

    async def _post(self, message: discord.Message, rendered: Rendered) -> None:
        """Reply to a message where it stands, as far as the bot is allowed to there."""
        body: dict[str, Any] = {"embed": rendered.embed, "reference": message.to_reference(fail_if_not_exists=False)}
        if message.guild is not None:
            allowed = message.channel.permissions_for(message.guild.me)
            if not allowed.embed_links:
                body |= {"embed": None, "content": rendered.content, "suppress_embeds": True}
            if not allowed.read_message_history:
                # Discord refuses a reply to what the bot could not read again.
                body["reference"] = None
        body |= _view(rendered)
        try:
            # With one nonce for all tries, Discord posts it once.
            await _insist(
                lambda: message.channel.send(**body, nonce=message.id, allowed_mentions=_NOBODY), _LATER_PAUSES
            )
        except discord.Forbidden:
            log.warning("May not answer in channel %d: the bot lacks a permission there.", message.channel.id)


async def _insist(send: Callable[[], Awaitable[object]], pauses: Sequence[float] = _FIRST_PAUSES) -> None:
    """Send something that is the same however often it arrives, again where the connection broke on the way.

    discord.py itself repeats what Discord refuses for a while (429, most of 5xx), but on Linux no broken connection.
    That a first try did arrive, though its answer was lost, is what `_ALREADY_ANSWERED` says.
    """
    for pause in (*pauses, None):
        try:
            await send()
        except (aiohttp.ClientError, OSError, discord.DiscordServerError):
            if pause is None:
                raise
            await asyncio.sleep(pause)
        except discord.HTTPException as error:
            if error.code != _ALREADY_ANSWERED:
                raise
            return
        else:
            return


def _shards(settings: DiscordSettings) -> dict[str, Any]:
    """Which shards this process serves; without them discord.py asks Discord how many there should be."""
    return {
        name: value
        for name, value in (("shard_ids", settings.shard_ids), ("shard_count", settings.shard_count))
        if value is not None
    }


def _view(rendered: Rendered) -> dict[str, Any]:
    return {"view": rendered.controls} if rendered.controls is not None else {}
