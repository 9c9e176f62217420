"""Points the real discord.py at a local Discord, and back again."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import yarl

from tests.servers.discord.server import DiscordServer
from tests.servers.patience import WAIT_SECONDS

with warnings.catch_warnings():
    # Its voice part imports audioop, which Python 3.11 and 3.12 deprecate; voice is not used here.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord.gateway import DiscordWebSocket
    from discord.http import Route


async def _at_once(self: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
    """Identify without the pause of 5 s that the SDK makes before every IDENTIFY but the first."""


@contextmanager
def pointed_at(server: DiscordServer) -> Iterator[None]:
    """Let every client use this server while the context lasts.

    A `Client` connects to DEFAULT_GATEWAY without asking; an `AutoShardedClient` to what GET /gateway/bot says,
    unless its `shard_count` is given. Webhooks and interaction responses go through `Route.BASE` too.
    """
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, discord.Client.before_identify_hook
    Route.BASE = server.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    discord.Client.before_identify_hook = _at_once  # type: ignore[method-assign]
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, discord.Client.before_identify_hook = before  # type: ignore[method-assign]


@asynccontextmanager
async def running(
    client: discord.Client, server: DiscordServer, token: str | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    """A client that is logged in and identified; it is closed at the end. Gives the task that runs it.

    Raises what the client raises if it cannot log in or connect.
    """
    with pointed_at(server):
        before = len(server.gateway.sessions)
        task = asyncio.create_task(client.start(token or server.token))
        connected = asyncio.create_task(server.gateway.identified(before + 1))
        try:
            await asyncio.wait({task, connected}, return_when=asyncio.FIRST_COMPLETED, timeout=WAIT_SECONDS)
            if task.done():
                await task
            await connected
            yield task
        finally:
            connected.cancel()
            await asyncio.wait({connected})
            if not client.is_closed():
                await client.close()
            await asyncio.wait({task}, timeout=WAIT_SECONDS)
            if task.done() and not task.cancelled():
                task.exception()
