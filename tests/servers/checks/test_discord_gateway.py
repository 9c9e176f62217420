"""The local Discord's gateway, seen through the real discord.py."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.servers.discord.client import discord, running
from tests.servers.discord.gateway.gateway import HEARTBEAT_SECONDS
from tests.servers.discord.gateway.intents import PRIVILEGED, Intent
from tests.servers.discord.gateway.sessions import Close, Op
from tests.servers.discord.rules.sample import sample
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Overwrite, Permission
from tests.servers.patience import WAIT_SECONDS

pytestmark = pytest.mark.slow

KINDS = [discord.Client, discord.AutoShardedClient]


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


async def answered(server: DiscordServer, word: str = "hello") -> str:
    """What the bot echoes."""
    interaction = await server.slash(server.world.member, server.world.channel, "head echo", {"word": word})
    return (await interaction.answered()).content


@pytest.mark.parametrize("kind", KINDS)
async def test_a_dropped_connection_is_resumed_and_missed_events_come_again(
    server: DiscordServer, kind: type[discord.Client]
) -> None:
    async with running(sample(kind), server):
        server.gateway.drop()
        assert await answered(server) == "hello"
        session = await server.gateway.resumed()
    assert len(server.gateway.identifies) == 1
    assert [event["t"] for event in session.events if event["t"] != "MESSAGE_CREATE"] == [
        "READY",
        "GUILD_CREATE",
        "INTERACTION_CREATE",
        "RESUMED",
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_to_reconnect_is_followed(server: DiscordServer, kind: type[discord.Client]) -> None:
    async with running(sample(kind), server):
        server.gateway.reconnect()
        await server.gateway.resumed()
        assert await answered(server) == "hello"
    assert len(server.gateway.identifies) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_an_invalid_session_that_is_resumable_is_resumed(
    server: DiscordServer, kind: type[discord.Client]
) -> None:
    async with running(sample(kind), server):
        server.gateway.invalidate(resumable=True)
        await server.gateway.resumed()
        assert await answered(server) == "hello"
    assert len(server.gateway.identifies) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_an_invalid_session_is_begun_anew(server: DiscordServer, kind: type[discord.Client]) -> None:
    async with running(sample(kind), server):
        server.gateway.invalidate(resumable=False)
        await server.gateway.identified(2)
        assert await answered(server) == "hello"


async def test_a_session_that_was_forgotten_meanwhile_is_begun_anew(server: DiscordServer) -> None:
    async with running(sample(), server):
        server.gateway.forget()
        server.gateway.drop()
        await server.gateway.identified(2)
        assert await answered(server) == "hello"


@pytest.mark.parametrize("code", [1000, Close.GOING_AWAY, 1006, 4000])
async def test_a_closed_connection_is_resumed(server: DiscordServer, code: int) -> None:
    async with running(sample(), server):
        if code == 1006:
            server.gateway.drop()
        else:
            server.gateway.close(code)
        await server.gateway.resumed()
        assert await answered(server) == "hello"


async def test_a_wrong_token_does_not_log_in(server: DiscordServer) -> None:
    with pytest.raises(discord.LoginFailure):
        async with running(sample(), server, token="wrong"):
            pass
    assert server.calls[0].status == 401


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_that_is_reset_ends_the_connection(server: DiscordServer, kind: type[discord.Client]) -> None:
    async with running(sample(kind), server) as task:
        server.reset_token()
        await asyncio.wait({task}, timeout=WAIT_SECONDS)
        with pytest.raises(discord.ConnectionClosed) as caught:
            task.result()
    assert caught.value.code == Close.AUTHENTICATION_FAILED


@pytest.mark.parametrize("kind", KINDS)
async def test_an_intent_that_was_not_granted_ends_the_connection(
    server: DiscordServer, kind: type[discord.Client]
) -> None:
    server.gateway.granted = PRIVILEGED & ~Intent.MESSAGE_CONTENT
    intents = discord.Intents.default()
    intents.message_content = True
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(sample(kind, intents), server):
            pass


async def test_identify_tells_of_token_intents_and_shard(server: DiscordServer) -> None:
    async with running(sample(), server):
        identify = server.gateway.identifies[0]
    assert identify.token == server.token
    assert identify.intents == discord.Intents.default().value
    assert identify.shard == (0, 1)


async def test_each_shard_serves_its_guilds() -> None:
    async with DiscordServer(shards=2) as server:
        world = server.world
        guilds = [world.add_guild(f"on shard {number}", world.owner, shard=(number, 2)) for number in range(2)]
        channels = [world.add_channel(guild, "channel") for guild in guilds]
        async with running(client := sample(discord.AutoShardedClient), server):
            await server.gateway.identified(2)
            for channel in channels:
                interaction = await server.slash(world.owner, channel, "head echo", {"word": channel.id})
                assert (await interaction.answered()).content == channel.id
            assert [client.get_guild(int(guild.id)).shard_id for guild in guilds] == [0, 1]
    assert [identify.shard for identify in server.gateway.identifies] == [(0, 2), (1, 2)]
    for number, session in enumerate(server.gateway.sessions):
        created = [event["d"]["channel_id"] for event in session.events if event["t"] == "INTERACTION_CREATE"]
        assert created == [channels[number].id]


async def test_heartbeats_are_acknowledged(server: DiscordServer) -> None:
    server.gateway.heartbeat_seconds = 0.02
    async with running(client := sample(), server):
        session = server.gateway.sessions[0]
        await server.changes.until(lambda: session.heard >= 2, "heartbeat")
        await server.changes.until(lambda: client.latency < 1, "acknowledgement")


async def test_a_connection_that_does_not_answer_is_left(server: DiscordServer) -> None:
    server.gateway.heartbeat_seconds = 0.05
    server.gateway.acknowledges = False
    async with running(sample(heartbeat_timeout=0.2), server):
        # The next connection is not left again, however late a busy machine acknowledges.
        server.gateway.heartbeat_seconds = HEARTBEAT_SECONDS
        await server.gateway.resumed()
        server.gateway.acknowledges = True
        assert await answered(server) == "hello"


async def test_message_content_needs_its_intent(server: DiscordServer) -> None:
    world = server.world
    async with running(client := sample(), server):
        await server.say(world.member, world.channel, "overheard")
        await server.say(world.member, world.channel, "to you", mentions=[world.bot])
        await server.posted(world.channel)
        await server.gateway.delivered()
        assert [message.content for message in client.read[:2]] == ["", f"{world.bot.mention} to you"]


async def test_message_content_comes_with_its_intent(server: DiscordServer) -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    async with running(client := sample(intents=intents), server):
        await server.say(server.world.member, server.world.channel, "overheard")
        await server.gateway.delivered()
        assert [message.content for message in client.read] == ["overheard"]


async def test_a_private_answer_comes_back_as_if_it_were_direct(server: DiscordServer) -> None:
    world = server.world
    async with running(client := sample(), server):
        interaction = await server.slash(world.member, world.channel, "head echo", {"word": "hush", "hidden": True})
        await interaction.answered()
        await server.gateway.delivered()
        message = client.read[0]
        assert (message.content, message.guild, message.author) == ("hush", None, client.user)


async def test_what_the_bot_cannot_see_is_not_told(server: DiscordServer) -> None:
    world = server.world
    hidden = world.add_channel(world.guild, "hidden", Overwrite(world.guild.id, deny=Permission.VIEW_CHANNEL))
    async with running(client := sample(), server):
        await server.say(world.owner, hidden, "secret", mentions=[world.bot])
        await server.say(world.owner, world.channel, "open", mentions=[world.bot])
        await server.posted(world.channel)
        await server.gateway.delivered()
        assert "secret" not in " ".join(message.content for message in client.read)


async def test_members_are_told_on_request(server: DiscordServer) -> None:
    intents = discord.Intents.default()
    intents.members = True
    async with running(client := sample(intents=intents), server):
        await client.wait_until_ready()
        members = client.get_guild(int(server.world.guild.id)).members
    assert {member.name for member in members} == {"bot", "owner", "moderator", "member"}


async def test_guilds_come_and_go(server: DiscordServer) -> None:
    world = server.world
    async with running(client := sample(), server):
        await client.wait_until_ready()
        guild = world.add_guild("another", world.owner)
        server.gateway.join(guild)
        await server.gateway.delivered()
        assert client.get_guild(int(guild.id)).name == "another"
        server.gateway.leave(guild)
        await server.gateway.delivered()
        assert client.get_guild(int(guild.id)) is None


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("no json", Close.DECODE_ERROR),
        ('{"op": 3, "d": {}}', Close.NOT_AUTHENTICATED),
        ('{"op": 2, "d": {"token": "wrong", "intents": 0}}', Close.AUTHENTICATION_FAILED),
        ('{"op": 2, "d": {"token": "bot-token", "intents": 0, "shard": [1, 1]}}', Close.INVALID_SHARD),
    ],
)
async def test_a_client_that_breaks_the_protocol_is_closed(server: DiscordServer, sent: str, code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{server.gateway_url}?v=10") as socket:
        assert (await socket.receive_json())["op"] == Op.HELLO
        await socket.send_str(sent)
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == code
