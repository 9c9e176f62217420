"""The welcome on Discord: once, in the system channel or to the owner, also for a server that was joined meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import discord
import pytest

from adapters.discord.joining import is_new
from bot.app.app import App
from tests.adapters.discord.running import SYNC, Chat, labels, served, serving
from tests.conftest import NOW
from tests.servers.discord.faults import Fault
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import ORDINARY, Channel, Guild, Overwrite, Permission

pytestmark = pytest.mark.slow

LONG_AGO = NOW - timedelta(days=90)
BUTTONS = ["Try a question", "What moderators can do", "Set up answers and notices"]


@asynccontextmanager
async def running(app: App, server: DiscordServer) -> AsyncIterator[None]:
    """The bot, connected, and able to post."""
    before = len(server.gateway.sessions)
    async with serving(app, server):
        await server.gateway.identified(before + 1)
        yield


def new_guild(
    server: DiscordServer, *, system: bool = True, joined: datetime = NOW, **more: bool
) -> tuple[Guild, Channel]:
    """A guild that the bot was added to, with a channel that may be its system channel."""
    world = server.world
    guild = world.add_guild("Campus club", world.owner)
    channel = world.add_channel(guild, "general")
    world.guilds[guild.id] = replace(guild, system_channel_id=channel.id if system else None, **more)
    member = world.members[guild.id, world.bot.id]
    world.members[guild.id, world.bot.id] = replace(member, joined_at=joined.isoformat())
    return world.guilds[guild.id], channel


async def test_the_system_channel_is_welcomed_once(app: App) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        _, first = new_guild(server)
        async with running(app, server):
            # Joined before the bot was ready, and after.
            hello = await server.posted(first)
            guild, channel = new_guild(server, joined=LONG_AGO)
            server.gateway.join(guild)
            second = await server.posted(channel)
            server.gateway.join(guild)
            await chat.settled()
            assert (server.posts(first), server.posts(channel)) == ([hello], [second])
            assert labels(second) == BUTTONS
            assert "Campus club" in second.text
            assert "missing" not in second.text
            assert second.pings == set()
            shown = await chat.press(second, "What moderators can do", server.world.owner)
            assert "ijm-mod add" in shown.text.replace("\\", "")
            assert shown.ephemeral
        # The next start finds nobody to welcome.
        _, last = new_guild(server)
        async with running(app, server):
            await server.posted(last)
            assert (server.posts(first), server.posts(channel)) == ([hello], [second])
        assert not server.violations
        assert not server.unexpected


async def test_a_server_that_was_joined_long_ago_is_not_welcomed(app: App) -> None:
    async with DiscordServer() as server:
        _, old = new_guild(server, joined=LONG_AGO)
        _, new = new_guild(server)
        async with running(app, server):
            await server.posted(new)
            await Chat(server).settled()
        assert server.posts(old) == []


@pytest.mark.parametrize("closed", [False, True])
async def test_without_a_channel_to_post_in_the_owner_is_told(app: App, closed: bool) -> None:
    async with DiscordServer() as server:
        guild, channel = new_guild(server, system=closed)
        if closed:
            server.world.restrict(channel, Overwrite(guild.id, deny=int(Permission.SEND_MESSAGES)))
        async with running(app, server):
            hello = await server.posted(server.world.open_dm(server.world.owner))
        assert labels(hello) == BUTTONS
        assert server.posts(channel) == []


async def test_it_names_the_permissions_and_the_scope_that_are_missing(app: App) -> None:
    async with DiscordServer() as server:
        guild, channel = new_guild(server, commands=False)
        everyone = server.world.roles[guild.id]
        lacking = ORDINARY & ~Permission.SEND_MESSAGES_IN_THREADS & ~Permission.EMBED_LINKS
        server.world.roles[guild.id] = replace(everyone, permissions=lacking)
        async with running(app, server):
            hello = await server.posted(channel)
        assert "Send Messages in Threads, Embed Links" in hello.text.replace("\\", "")
        assert "applications.commands" in hello.text.replace("\\", "")


async def test_it_names_commands_that_discord_did_not_take(app: App) -> None:
    async with DiscordServer() as server:
        _, channel = new_guild(server)
        server.fail(SYNC, Fault(400, {"code": 50035, "message": "Invalid Form Body"}))
        async with running(app, server):
            hello = await server.posted(channel)
        assert "not registered" in hello.text


async def test_a_server_that_is_away_for_a_while_is_not_new(app: App) -> None:
    async with DiscordServer() as server, served(app, server) as client:
        away = discord.Guild(data={"id": 1, "name": "", "unavailable": True}, state=client._connection)  # type: ignore[typeddict-item]
        assert not is_new(app, away)
