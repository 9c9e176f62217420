"""The connection to Discord: receives, has the core answer, and sends. The only file of this adapter that does I/O."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
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
# Discord's error codes (topics/opcodes-and-status-codes.mdx): the interaction is gone, or was answered already, which
# a retry after a lost response finds; a message without content, where embeds are not allowed.
_UNKNOWN_INTERACTION = 10062
_ALREADY_ANSWERED = 40060
# Seconds between tries after a broken connection; two fit into the time for a first response.
_PAUSES = (0.2, 0.6)

# A modal can never follow a deferred response (interactions/receiving-and-responding.mdx).
_TOO_LATE = Reply((text("That took too long for a form to open. Please try again."),), private=True)
# The gateway's close code for a token that was reset while the bot was running (opcodes-and-status-codes.mdx).
_AUTHENTICATION_FAILED = 4004
_REFUSED = (
    "Discord refuses DISCORD_TOKEN. Make a new one in the Discord Developer Portal (your app, Bot, Reset Token) and "
    "set it."
)
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
    client = Client(app, settings, read_messages=read_messages)
    try:
        async with client:
            await client.start(settings.token.get_secret_value().strip())
    except discord.LoginFailure as error:
        raise DiscordError(_REFUSED) from error
    except discord.ConnectionClosed as error:
        if error.code != _AUTHENTICATION_FAILED:
            raise
        raise DiscordError(_REFUSED) from error
    except discord.PrivilegedIntentsRequired as error:
        raise DiscordError(
            "Discord refuses the message content intent, which passive answering needs. Switch on “Message Content "
            "Intent” in the Discord Developer Portal (your app, Bot, Privileged Gateway Intents), or switch passive "
            "answering off with /ijm-mod settings passive:false, and start again."
        ) from error


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

    def _use_gateway(self, url: str) -> None:
        """Connect there, whatever Discord's /gateway/bot names."""
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        ask = self.http.get_bot_gateway

        async def get_bot_gateway() -> Any:
            shards, _, limits = await ask()
            return shards, url, limits

        self.http.get_bot_gateway = get_bot_gateway  # type: ignore[method-assign]

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
        except discord.NotFound as error:
            if error.code != _UNKNOWN_INTERACTION:
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
        if not working.done():
            await _insist(lambda: interaction.response.defer(ephemeral=private, thinking=True))
        outcome = await working
        if isinstance(outcome, Delete):
            await self._delete(interaction)
        elif outcome is not None:
            await self._send(interaction, outcome)

    async def _delete(self, interaction: discord.Interaction[Any]) -> None:
        if not interaction.response.is_done():
            await _insist(interaction.response.defer)
        try:
            await _insist(interaction.delete_original_response)
        except discord.NotFound:
            log.info("What should be deleted is gone already.")

    async def _send(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        if reply.form is not None and not interaction.response.is_done():
            form = modal(reply.form)
            await _insist(lambda: interaction.response.send_modal(form))
            return
        rendered = render(reply if reply.form is None else _TOO_LATE)
        if interaction.response.is_done():
            await _insist(
                lambda: interaction.edit_original_response(
                    embed=rendered.embed, view=rendered.controls, allowed_mentions=_NOBODY
                )
            )
        else:
            await _insist(
                lambda: interaction.response.send_message(
                    embed=rendered.embed, ephemeral=reply.private, allowed_mentions=_NOBODY, **_view(rendered)
                )
            )

    async def _post(self, message: discord.Message, rendered: Rendered) -> None:
        """Reply to a message where it stands, with an embed if that is allowed there."""
        body: dict[str, Any] = {"embed": rendered.embed}
        if message.guild is not None and not message.channel.permissions_for(message.guild.me).embed_links:
            body = {"content": rendered.content, "suppress_embeds": True}
        body |= _view(rendered) | {"reference": message.to_reference(fail_if_not_exists=False)}
        try:
            # With one nonce for all tries, Discord posts it once.
            await _insist(lambda: message.channel.send(**body, nonce=message.id, allowed_mentions=_NOBODY))
        except discord.Forbidden:
            log.warning("May not answer in channel %d: the bot lacks a permission there.", message.channel.id)


async def _insist(send: Callable[[], Awaitable[object]]) -> None:
    """Send something that is the same however often it arrives, again where the connection broke on the way.

    discord.py itself repeats what Discord refuses for a while (429, 5xx), but on Linux no broken connection. That a
    first try did arrive, though its answer was lost, is what `_ALREADY_ANSWERED` says.
    """
    for pause in (*_PAUSES, None):
        try:
            await send()
        except (aiohttp.ClientError, OSError):
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
