"""The connection to Discord: receives, has the core answer, and sends."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import yarl
from discord.http import Route

from adapters.discord.answering import Answering
from adapters.discord.events import DISCORD
from adapters.discord.hearing.messages import Hearing
from adapters.discord.joining import GUILD, is_new, welcome
from adapters.discord.registering.commands import REGISTERED, payload, same
from adapters.discord.sending import (
    NOBODY,
    one_line,
)
from adapters.discord.settings import DiscordSettings
from adapters.discord.tolerance import pass_over_unreadable
from adapters.shared.proxies import proxy_for
from adapters.shared.work import GRACE_SECONDS, Work
from bot.app.app import App
from bot.commands.metrics import PlatformError

NAME = DISCORD.name
# An answer that has to wait longer helps nobody and holds up the channel's others.
RATE_LIMIT_SECONDS = 60.0

log = logging.getLogger(__name__)

# The bot has no voice; an operator need not read that at each start.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def intents(*, read_messages: bool) -> discord.Intents:
    """Return the intents: servers, channels, and messages, with their text if the bot may read it."""
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
            # discord.py reads no environment variables, and takes one proxy for everything: the API's.
            proxy=proxy_for(settings.api_url or Route.BASE),
            allowed_mentions=NOBODY,
            max_messages=None,
            max_ratelimit_timeout=RATE_LIMIT_SECONDS,
            chunk_guilds_at_startup=False,
        )
        self._app = app
        self._work = Work(DISCORD, app.services.metrics, discord.DiscordServerError, discord.RateLimited)
        self._hearing = Hearing(app)
        self._answering = Answering(app, self._hearing.surely)
        self._live_shards: set[int] = set()
        self._met_shards: set[int] = set()
        self._metrics = app.services.metrics
        app.services.links.counted(NAME, self._servers)
        pass_over_unreadable(self, self._metrics)
        # A process that leaves it to another does not know of any fault.
        self._registered = True
        self._syncs = settings.shard_ids is None or 0 in settings.shard_ids
        if settings.api_url:
            Route.BASE = settings.api_url.rstrip("/")
        if settings.gateway_url:
            self._use_gateway(settings.gateway_url)

    def _use_gateway(self, address: str) -> None:
        """Always connect to this address, whichever one Discord names."""
        connect = self.http.ws_connect

        async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
            return await connect(str(yarl.URL(address).update_query(yarl.URL(url).query)), compress=compress)

        self.http.ws_connect = ws_connect  # type: ignore[method-assign]

    async def setup_hook(self) -> None:
        """Register the commands if they have changed; the process with shard 0 does it."""
        if not self._syncs or self.application_id is None:
            return
        ours = payload(self._app.registry)
        self._registered = False
        try:
            if same(ours, await self._registered_now()):
                self._registered = True
                log.info("The commands are already registered with Discord.")
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
        self._registered = True
        log.info("Registered the commands with Discord.")

    async def _registered_now(self) -> list[dict[str, Any]]:
        """Return the registered commands, with their texts in other languages."""
        route = Route("GET", f"/applications/{self.application_id}/{REGISTERED}")
        found: list[dict[str, Any]] = await self.http.request(route)
        return found

    async def on_ready(self) -> None:
        """Tell the operator."""
        log.info("Ready on Discord as %s, in %d servers.", self.user, len(self.guilds))
        with self._work.one():
            try:
                await self._app.present(GUILD, self._is_in, self._serves)
            except Exception as error:  # noqa: BLE001 (whatever the store raises; the next start looks again)
                log.warning(
                    "Could not find out which servers the bot was removed from in the meantime: %s",
                    type(error).__name__,
                )
            for guild in self.guilds:
                if is_new(self._app, guild):
                    await welcome(self._app, self, guild, registered=self._registered)

    async def _servers(self) -> int:
        """Count the servers of this process's shards."""
        return len(self.guilds)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Note that the bot was added to a server, perhaps again."""
        with self._work.one():
            await self._app.returned(f"{GUILD}{guild.id}")
            await welcome(self._app, self, guild, registered=self._registered)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Note that the bot was removed from a server; a server that is only unavailable is a different event."""
        with self._work.one():
            await self._app.left(f"{GUILD}{guild.id}")
            log.info("Removed from a server; what is kept of it is deleted after a time of grace.")

    async def finish(self) -> None:
        """Take nothing new, and finish the answers that are under way."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await asyncio.gather(*(shard.disconnect() for shard in self.shards.values()))
                # Everything received before is being handled after this.
                await asyncio.sleep(0)
                await self._work.finish()

    def _is_in(self, community: str) -> bool:
        """Return whether the bot is in a server now."""
        return self.get_guild(int(community.removeprefix(GUILD))) is not None

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a shard has a session, its first or another one."""
        self._connected(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a shard resumed its session."""
        self._connected(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard lost its connection; the SDK reconnects."""
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
        """Return whether a server's shard is one of this process (events/gateway.mdx: sharding)."""
        count = self.shard_count or 1
        return (int(community.removeprefix(GUILD)) >> 22) % count in (self.shard_ids or range(count))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a command, a press, a form or a half-typed option."""
        with self._work.one():
            await self._answering.on_interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message."""
        with self._work.one():
            if self.user is not None:
                await self._hearing.on_message(message, self.user)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Answer a message if an edit made it mention the bot."""
        with self._work.one():
            if self.user is not None:
                await self._hearing.on_edit(payload.message, self.user)


def _shards(settings: DiscordSettings) -> dict[str, Any]:
    """Which shards this process serves; without them discord.py asks Discord how many there should be."""
    return {
        name: value
        for name, value in (("shard_ids", settings.shard_ids), ("shard_count", settings.shard_count))
        if value is not None
    }
