"""What the real discord.py makes of the local Discord's faults and rate limits."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.servers.discord.client import discord, running
from tests.servers.discord.faults import Fault, Rate, banned, disconnected, rate_limited, server_error
from tests.servers.discord.rules.sample import sample
from tests.servers.discord.server import DiscordServer

pytestmark = pytest.mark.slow

MESSAGES = "POST /channels/*/messages"
CALLBACK = "POST /interactions/*/callback"
FOLLOW_UP = "POST /webhooks/*"


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
async def bot(server: DiscordServer) -> AsyncIterator[discord.Client]:
    client = sample()
    async with running(client, server):
        yield client


@pytest.fixture
def channel(server: DiscordServer, bot: discord.Client) -> discord.PartialMessageable:
    return bot.get_partial_messageable(int(server.world.channel.id))


@pytest.mark.parametrize("everywhere", [True, False])
async def test_a_rate_limit_is_waited_for(
    server: DiscordServer, channel: discord.PartialMessageable, everywhere: bool
) -> None:
    server.fail(MESSAGES, rate_limited(0.1, everywhere=everywhere))
    await channel.send("hello")
    first, second = server.calls_to(MESSAGES)
    assert (first.status, second.status) == (429, 200)
    assert first.answer["global"] is everywhere
    assert second.time - first.time >= 0.1
    assert len(server.posts(server.world.channel)) == 1
    assert server.rest.faults.left == 0


async def test_a_rate_limit_of_a_response_is_waited_for(server: DiscordServer, bot: discord.Client) -> None:
    server.fail(CALLBACK, rate_limited(0.1))
    interaction = await server.slash(server.world.member, server.world.channel, "head echo", {"word": "hello"})
    assert (await interaction.responded()).elapsed >= 0.1


async def test_the_rate_of_a_route_is_kept_without_a_refusal(
    server: DiscordServer, channel: discord.PartialMessageable
) -> None:
    server.rest.rates.set("POST /channels/{channel_id}/messages", Rate(2, 0.1))
    for number in range(5):
        await channel.send(str(number))
    calls = server.calls_to(MESSAGES)
    assert [call.status for call in calls] == [200] * 5
    assert calls[-1].time - calls[0].time >= 0.2


async def test_a_rate_that_is_exceeded_is_refused(server: DiscordServer, bot: discord.Client) -> None:
    server.rest.rates.set("GET /gateway", Rate(1, 60))
    headers = {"Authorization": f"Bot {server.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{server.api_url}/gateway") as response:
            assert response.headers["X-RateLimit-Remaining"] == "0"
        async with session.get(f"{server.api_url}/gateway") as response:
            assert response.status == 429
            assert response.headers["Retry-After"] == "60"
            assert response.headers["X-RateLimit-Scope"] == "user"
            assert 59 < (await response.json())["retry_after"] <= 60


async def test_a_server_error_is_tried_again(server: DiscordServer, channel: discord.PartialMessageable) -> None:
    server.fail(MESSAGES, server_error(500))
    await channel.send("hello")
    assert [call.status for call in server.calls_to(MESSAGES)] == [500, 200]
    assert len(server.posts(server.world.channel)) == 1


async def test_a_server_error_of_a_response_is_tried_again(server: DiscordServer, bot: discord.Client) -> None:
    server.fail(CALLBACK, server_error(502))
    interaction = await server.slash(server.world.member, server.world.channel, "head echo", {"word": "hello"})
    assert (await interaction.responded()).elapsed >= 1


async def test_a_message_whose_answer_is_lost_comes_once(
    server: DiscordServer, channel: discord.PartialMessageable
) -> None:
    # The SDK gives every message a nonce that Discord enforces.
    server.fail(MESSAGES, server_error(500, applied=True))
    await channel.send("hello")
    assert [post.content for post in server.posts(server.world.channel)] == ["hello"]


async def test_a_response_whose_answer_is_lost_is_refused_when_tried_again(
    server: DiscordServer, bot: discord.Client
) -> None:
    server.fail(CALLBACK, server_error(500, applied=True))
    interaction = await server.slash(server.world.member, server.world.channel, "head echo", {"word": "hello"})
    assert (await interaction.answered()).content == "hello"
    await server.called(CALLBACK, 2)
    assert [refused.code for refused in interaction.refused] == [40060]


async def test_a_follow_up_whose_answer_is_lost_comes_twice(server: DiscordServer, bot: discord.Client) -> None:
    server.fail(FOLLOW_UP, server_error(500, applied=True))
    interaction = await server.slash(server.world.member, server.world.channel, "head slow")
    await interaction.followed_up(2)
    assert [interaction.original.content, *(post.content for post in interaction.followups)] == [
        "first",
        "first",
        "second",
    ]


async def test_a_ban_by_cloudflare_is_not_waited_for(
    server: DiscordServer, channel: discord.PartialMessageable
) -> None:
    server.fail(MESSAGES, banned())
    with pytest.raises(discord.HTTPException) as caught:
        await channel.send("hello")
    assert caught.value.status == 429
    assert len(server.calls_to(MESSAGES)) == 1


async def test_a_broken_connection_is_not_tried_again(
    server: DiscordServer, channel: discord.PartialMessageable
) -> None:
    server.fail(MESSAGES, disconnected())
    with pytest.raises(aiohttp.ClientError):
        await channel.send("hello")
    assert server.posts(server.world.channel) == []


async def test_a_fault_happens_as_often_as_it_is_queued(
    server: DiscordServer, channel: discord.PartialMessageable
) -> None:
    teapot = Fault(418, {"message": "418: I'm a teapot", "code": 0})
    server.fail(lambda call: "tea" in str(call.json), teapot, times=2)
    await channel.send("coffee")
    for _ in range(2):
        with pytest.raises(discord.HTTPException, match="teapot"):
            await channel.send("tea")
    await channel.send("tea")
    assert [post.content for post in server.posts(server.world.channel)] == ["coffee", "tea"]
