"""The connection to Discord: receives, has the core answer, and sends."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.abc import Messageable
from discord.http import Route

from adapters.discord.commands import payload, same
from adapters.discord.events import DISCORD, interaction_event, message_event, uploaded
from adapters.discord.forms import modal
from adapters.discord.render import content, render
from adapters.discord.replied import above, referring
from adapters.discord.sending import (
    INVALID_TOKEN,
    LATER_PAUSES,
    NOBODY,
    UNKNOWN_INTERACTION,
    deliver,
    insist,
    is_refusal,
    one_line,
    parts,
    react,
)
from adapters.discord.settings import DiscordSettings
from adapters.discord.tolerance import pass_over_unreadable
from adapters.shared.proxies import proxy_for
from adapters.shared.urgent import Way
from adapters.shared.work import GRACE_SECONDS, Work
from bot.app.app import App
from bot.app.progress import progress
from bot.chat.events import UPLOAD_LIMIT, Complete, Event, Submit, Upload
from bot.chat.replies import Delete, Reply, text
from bot.commands.metrics import PlatformError
from bot.commands.refusals import NO_FILE, refused

# Discord wants a first response within 3 s (interactions/receiving-and-responding.mdx:351). A core that is not done
# by then is deferred; before, because a deferred answer can be neither a modal nor change whether it is private.
DEFER_AFTER = 2.0
# A modal can never follow a deferred response (interactions/receiving-and-responding.mdx).
_TOO_LATE = (text("That took too long for a form to open. Please try again."),)
# What Discord says of an interaction that is over.
_OVER = frozenset({UNKNOWN_INTERACTION, INVALID_TOKEN})
NAME = DISCORD.name
_GUILD = f"{DISCORD.prefix}guild/"

log = logging.getLogger(__name__)

# The bot does not talk; an operator need not read at each start that it could not.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def intents(*, read_messages: bool) -> discord.Intents:
    """Return what Discord tells the bot about: servers, channels, and messages, with text where it may read it."""
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
            # discord.py itself reads no environment. One proxy is for all: the API's says where the others are.
            proxy=proxy_for(settings.api_url or Route.BASE),
            allowed_mentions=NOBODY,
            max_messages=None,
            chunk_guilds_at_startup=False,
        )
        self._app = app
        self._work = Work(DISCORD, app.services.metrics, discord.DiscordServerError)
        self._live_shards: set[int] = set()
        self._met_shards: set[int] = set()
        self._metrics = app.services.metrics
        pass_over_unreadable(self, self._metrics)
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
        try:
            if same(ours, await self.http.get_global_commands(self.application_id)):
                log.info("The commands are registered with Discord already.")
                return
            await self.http.bulk_upsert_global_commands(self.application_id, ours)
        except discord.DiscordServerError:
            raise
        except discord.HTTPException as error:
            self._metrics.platform_error(NAME, PlatformError.REFUSED)
            log.error(
                "Discord refuses the commands, so they stay as they were; mentions and direct messages are answered "
                "all the same: %s",
                one_line(error),
            )
            return
        log.info("Registered the commands with Discord.")

    async def on_ready(self) -> None:
        """Tell the operator."""
        log.info("Ready on Discord as %s, in %d servers.", self.user, len(self.guilds))
        with self._work.one():
            try:
                await self._app.present(_GUILD, self._is_in, self._serves)
            except Exception as error:  # noqa: BLE001 (whatever the store raises; the next start looks again)
                log.warning("Could not look which servers were left meanwhile: %s", type(error).__name__)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note that the bot was added to a server, perhaps again."""
        with self._work.one():
            await self._app.returned(f"{_GUILD}{guild.id}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that the bot was removed from a server; one that is merely unavailable is another event."""
        with self._work.one():
            await self._app.left(f"{_GUILD}{guild.id}")
            log.info("Removed from a server; what is kept of it is deleted after a time of grace.")

    async def finish(self) -> None:
        """Take nothing new, and let the answers that are under way come to an end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await asyncio.gather(*(shard.disconnect() for shard in self.shards.values()))
                # What was heard before has begun to be handled after this.
                await asyncio.sleep(0)
                await self._work.finish()

    def _is_in(self, community: str) -> bool:
        """Whether the bot is in a server now."""
        return self.get_guild(int(community.removeprefix(_GUILD))) is not None

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a shard has a session, its first or another one."""
        self._connected(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a shard goes on with its session."""
        self._connected(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard's connection broke; the SDK connects again."""
        self._live_shards.discard(shard_id)
        self._app.services.links.connected(NAME, up=False)

    def _connected(self, shard_id: int) -> None:
        if shard_id in self._met_shards:
            self._metrics.reconnected(NAME)
        self._met_shards.add(shard_id)
        self._live_shards.add(shard_id)
        ours = self.shard_ids or range(self.shard_count or 1)
        self._app.services.links.connected(NAME, up=self._live_shards.issuperset(ours))

    def _serves(self, community: str) -> bool:
        """Whether a server's shard is one of this process (events/gateway.mdx: sharding)."""
        count = self.shard_count or 1
        return (int(community.removeprefix(_GUILD)) >> 22) % count in (self.shard_ids or range(count))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a command, a press, a form or a half-typed option."""
        with self._work.one():
            await self._on_interaction(interaction)

    async def _on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        event = interaction_event(interaction)
        try:
            if isinstance(event, Complete):
                choices = await self._app.complete(event)
                shown = [app_commands.Choice(name=label, value=value) for label, value in choices]
                await insist(lambda: interaction.response.autocomplete(shown))
            elif event is not None:
                await self._answer(interaction, event)
        except discord.HTTPException as error:
            if error.code in _OVER:
                self._metrics.platform_error(NAME, PlatformError.LATE)
                log.warning("An answer came too late for Discord, or the conversation is gone.")
            elif is_refusal(error):
                self._refused(error)
            else:
                raise

    async def on_message(self, message: discord.Message) -> None:
        """Answer a mention, a direct message, or a question in a channel that wants it."""
        with self._work.one():
            event = message_event(message, self.user) if self.user else None
            if event is None or self.user is None:
                return
            if event.addressed:
                event = referring(event, await above(message), self.user)
            reply = await self._app.handle(event)
            if not isinstance(reply, Reply):
                return
            if reply.reaction:
                await react(message, reply.reaction)
                return
            shown = reply.cover if reply.private and reply.cover and not event.place.direct else reply
            if reply.urgent:
                last = content(reply.shortest)
                await self._surely(
                    event,
                    reply,
                    message.author,
                    lambda: self._post(message, shown),
                    lambda: message.channel.send(last, allowed_mentions=NOBODY),
                )
                return
            try:
                await self._post(message, shown)
            except discord.Forbidden:
                self._metrics.platform_error(NAME, PlatformError.REFUSED)
                log.warning("May not answer in channel %d: the bot lacks a permission there.", message.channel.id)
            except discord.HTTPException as error:
                if not is_refusal(error):
                    raise
                self._refused(error)

    def _refused(self, error: discord.HTTPException) -> None:
        self._metrics.platform_error(NAME, PlatformError.REFUSED)
        log.warning("Discord does not take an answer there (status %d, code %d).", error.status, error.code)

    async def _answer(self, interaction: discord.Interaction[Any], event: Event) -> None:
        """Answer within Discord's 3 seconds, or say in time that it takes longer; then answer once."""
        working = asyncio.create_task(self._handled(interaction, event))
        await asyncio.wait({working}, timeout=DEFER_AFTER)
        # The SDK's own `is_done` does not know of a deferral whose confirmation was lost on the way.
        deferred = not working.done()
        if deferred:
            private = self._app.answers_privately(event)
            try:
                await insist(lambda: interaction.response.defer(ephemeral=private, thinking=True))
                if told := progress(event):
                    with suppress(discord.HTTPException):
                        await interaction.edit_original_response(content=told)
            except discord.HTTPException:
                late = await working
                if isinstance(late, Reply) and late.urgent:
                    await self._answer_surely(interaction, event, late, deferred=True)
                raise
        outcome = await working
        if isinstance(outcome, Delete):
            await self._delete(interaction, deferred=deferred)
        elif outcome is None:
            await self._pass_over(interaction, deferred=deferred)
        elif outcome.urgent:
            await self._answer_surely(interaction, event, outcome, deferred=deferred)
        else:
            try:
                await (self._fill if deferred else self._respond)(interaction, outcome)
            except discord.HTTPException as error:
                if error.code not in _OVER or not isinstance(event, Submit):
                    raise
                await self._write_to(interaction.user, outcome)

    async def _answer_surely(
        self, interaction: discord.Interaction[Any], event: Event, reply: Reply, *, deferred: bool
    ) -> None:
        """Answer with what has to arrive."""
        answer = self._fill if deferred else self._respond
        await self._surely(
            event,
            reply,
            interaction.user,
            lambda: answer(interaction, reply),
            lambda: answer(interaction, reply.shortest),
        )

    async def _surely(self, event: Event, reply: Reply, person: Messageable, first: Way, last: Way) -> None:
        """Deliver an urgent reply, and tell the core whether it arrived."""
        if await deliver(person, reply, first, last):
            self._app.arrived(event)
        else:
            self._metrics.platform_error(NAME, PlatformError.REFUSED)
            log.error("Discord takes no urgent reply, nor a direct message; check the bot's permissions.")

    async def _handled(self, interaction: discord.Interaction[Any], event: Event) -> Reply | Delete | None:
        """Return what the core says, to a form with its files."""
        if isinstance(event, Submit):
            try:
                files = {field: await _content(file) for field, file in uploaded(interaction).items()}
            except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("Discord did not give a file: %s", type(error).__name__)
                return refused(NO_FILE)
            event = replace(event, files=files)
        return await self._app.handle(event)

    async def _delete(self, interaction: discord.Interaction[Any], *, deferred: bool) -> None:
        """Take the pressed message away; after a deferral, also the one that says that the bot is thinking."""
        try:
            if deferred and interaction.message is not None:
                await insist(interaction.message.delete, LATER_PAUSES)
            elif not deferred:
                await insist(interaction.response.defer)
            await insist(interaction.delete_original_response, LATER_PAUSES)
        except discord.NotFound as error:
            if error.code == UNKNOWN_INTERACTION:
                raise
            log.info("What should be deleted is gone already.")

    async def _pass_over(self, interaction: discord.Interaction[Any], *, deferred: bool) -> None:
        """Acknowledge what gets no answer; to its user, Discord would call the bot broken otherwise."""
        if not deferred and interaction.type is discord.InteractionType.component:
            await insist(interaction.response.defer)
            return
        if not deferred:
            await insist(lambda: interaction.response.defer(ephemeral=True, thinking=True))
        await insist(interaction.delete_original_response, LATER_PAUSES)

    async def _respond(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """Send the first response."""
        if reply.form is not None:
            form = modal(reply.form)
            await insist(lambda: interaction.response.send_modal(form))
            return
        rendered = render(reply)
        if reply.in_place and interaction.message is not None:
            await insist(
                lambda: interaction.response.edit_message(
                    embed=rendered.embed, view=rendered.controls, attachments=rendered.files, allowed_mentions=NOBODY
                )
            )
            return
        await insist(
            lambda: interaction.response.send_message(
                embed=rendered.embed, ephemeral=reply.private, allowed_mentions=NOBODY, **parts(rendered)
            )
        )

    async def _fill(self, interaction: discord.Interaction[Any], reply: Reply) -> None:
        """Put the answer in the place of the deferred one."""
        if reply.form is not None:
            reply = Reply(_TOO_LATE, (reply.form.reopen,) if reply.form.reopen else ())
        rendered = render(reply)
        await insist(
            lambda: interaction.edit_original_response(
                content=None,
                embed=rendered.embed,
                view=rendered.controls,
                attachments=rendered.files,
                allowed_mentions=NOBODY,
            ),
            LATER_PAUSES,
        )

    async def _write_to(self, person: discord.User | discord.Member, reply: Reply) -> None:
        """Give somebody in a direct message what came of the form that they sent, since its conversation is over."""
        rendered = render(reply)
        try:
            await person.send(embed=rendered.embed, **parts(rendered), allowed_mentions=NOBODY)
        except discord.Forbidden:
            log.warning("An answer came too late for Discord, and its receiver takes no direct messages.")

    async def _post(self, message: discord.Message, reply: Reply) -> None:
        """Reply to a message where it stands, as far as the bot is allowed to there. Raises HTTPException."""
        rendered = render(reply)
        body: dict[str, Any] = {"embed": rendered.embed, "reference": message.to_reference(fail_if_not_exists=False)}
        if message.guild is not None:
            allowed = message.channel.permissions_for(message.guild.me)
            if not allowed.embed_links:
                body |= {"embed": None, "content": content(reply), "suppress_embeds": True}
            if not allowed.read_message_history:
                # Discord refuses a reply to what the bot could not read again.
                body["reference"] = None
        # With one nonce for all tries, Discord posts it once.
        await insist(
            lambda: message.channel.send(**body, **parts(rendered), nonce=message.id, allowed_mentions=NOBODY),
            LATER_PAUSES,
        )


async def _content(file: discord.Attachment) -> Upload:
    """Return a file with its content, if that is not too large. Raises HTTPException if Discord does not give it."""
    return Upload(file.filename, await file.read() if file.size <= UPLOAD_LIMIT else None)


def _shards(settings: DiscordSettings) -> dict[str, Any]:
    """Which shards this process serves; without them discord.py asks Discord how many there should be."""
    return {
        name: value
        for name, value in (("shard_ids", settings.shard_ids), ("shard_count", settings.shard_count))
        if value is not None
    }
