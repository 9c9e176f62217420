"""What the local Discord refuses, seen through the real discord.py."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.servers.discord.client import discord, running
from tests.servers.discord.faults import delayed
from tests.servers.discord.rules.sample import sample
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Overwrite, Permission

pytestmark = pytest.mark.slow


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
async def bot(server: DiscordServer) -> AsyncIterator[discord.Client]:
    client = sample()
    async with running(client, server):
        yield client


async def test_a_late_response_is_refused() -> None:
    async with DiscordServer(response_seconds=0.05) as server, running(client := sample(), server):
        world = server.world
        server.fail("POST /interactions/*/callback", delayed(0.06))
        interaction = await server.slash(world.member, world.channel, "head echo", {"word": "hello"})
        await server.called("POST /interactions/*/callback")
        assert [refused.code for refused in interaction.refused] == [10062]
        with pytest.raises(TimeoutError, match="10062: Unknown interaction"):
            await interaction.responded(0.01)
        await server.gateway.delivered()
    assert [error.code for error in client.errors] == [10062]


async def test_a_follow_up_before_any_response_is_refused(server: DiscordServer, bot: discord.Client) -> None:
    interaction = await server.slash(server.world.member, server.world.channel, "head mute")
    await server.called("POST /webhooks/*")
    assert [refused.code for refused in interaction.refused] == [10015]


async def test_an_expired_token_is_refused() -> None:
    async with DiscordServer(token_seconds=0) as server, running(sample(), server):
        interaction = await server.slash(server.world.member, server.world.channel, "head slow")
        call = await server.called("POST /webhooks/*")
    assert (call.status, call.answer["code"]) == (401, 50027)
    assert interaction.original.loading


async def test_a_second_response_is_refused(server: DiscordServer, bot: discord.Client) -> None:
    interaction = await server.slash(server.world.member, server.world.channel, "head echo", {"word": "hello"})
    await interaction.answered()
    url = f"{server.api_url}/interactions/{interaction.id}/{interaction.token}/callback"
    async with aiohttp.ClientSession() as session, session.post(url, json={"type": 5}) as response:
        answer = await response.json()
    assert (response.status, answer["code"]) == (400, 40060)
    assert [refused.code for refused in interaction.refused] == [40060]


async def test_what_discord_refuses_is_refused_and_noted(bot: discord.Client, server: DiscordServer) -> None:
    channel = bot.get_channel(int(server.world.channel.id))
    with pytest.raises(discord.HTTPException, match="error code: 50035"):
        await channel.send("x" * 2001)
    with pytest.raises(discord.HTTPException, match="error code: 50006"):
        await channel.send("")
    twice = discord.ui.View(timeout=None)
    twice.add_item(discord.ui.Button(label="a", custom_id="same")).add_item(discord.ui.Button(custom_id="same"))
    with pytest.raises(discord.HTTPException, match="duplicated"):
        await channel.send("x", view=twice)
    assert len(server.violations) == 3


async def test_a_bot_without_permission_is_refused(bot: discord.Client, server: DiscordServer) -> None:
    world = server.world
    channel = bot.get_channel(int(world.channel.id))
    world.restrict(world.channel, Overwrite(world.bot.id, deny=Permission.SEND_MESSAGES, member=True))
    with pytest.raises(discord.Forbidden, match="50013"):
        await channel.send("x")
    world.restrict(world.channel, Overwrite(world.guild.id, deny=Permission.VIEW_CHANNEL))
    with pytest.raises(discord.Forbidden, match="50001"):
        await channel.send("x")
    world.closed_dms.add(world.moderator.id)
    user = await bot.fetch_user(int(world.moderator.id))
    with pytest.raises(discord.Forbidden, match="50007"):
        await user.send("x")


async def test_an_unknown_route_is_noted(bot: discord.Client, server: DiscordServer) -> None:
    with pytest.raises(discord.NotFound):
        await bot.http.request(discord.http.Route("GET", "/voice/regions"))
    assert [call.line for call in server.unexpected] == ["GET /voice/regions"]
