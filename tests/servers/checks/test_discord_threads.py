"""Threads and forums of the local Discord, and commands in other languages, seen through the real discord.py."""

import pytest

from tests.servers.discord.client import discord, running
from tests.servers.discord.gateway.intents import Intent
from tests.servers.discord.rules.sample import sample
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Overwrite, Permission

pytestmark = pytest.mark.slow


async def test_a_thread_begins_at_a_message_once_and_with_the_permission() -> None:
    async with DiscordServer() as server, running(client := sample(), server):
        world = server.world
        said = await server.say(world.member, world.channel, "hello")
        channel = await client.fetch_channel(int(world.channel.id))
        assert isinstance(channel, discord.TextChannel)
        message = await channel.fetch_message(int(said.id))
        thread = await message.create_thread(name="A thread")
        assert (thread.id, thread.parent_id) == (message.id, channel.id)
        with pytest.raises(discord.HTTPException) as twice:
            await message.create_thread(name="Another one")
        assert twice.value.code == 160004
        world.restrict(world.channel, Overwrite(world.guild.id, deny=int(Permission.CREATE_PUBLIC_THREADS)))
        with pytest.raises(discord.Forbidden):
            await message.create_thread(name="Another one")


async def test_a_forum_post_begins_with_a_message_that_has_its_id() -> None:
    async with DiscordServer() as server, running(sample(), server):
        world = server.world
        forum = world.add_forum(world.guild, "questions")
        post = await server.post_in_forum(world.member, forum, "A title", "a text")
        session = server.gateway.session(world.guild.id)
        assert session is not None
        assert session.identify.intents & Intent.GUILDS
        names = [event["t"] for event in session.events if event["t"] in {"THREAD_CREATE", "MESSAGE_CREATE"}]
        assert names[-2:] == ["THREAD_CREATE", "MESSAGE_CREATE"]
        assert server.state.messages.find(post.id, post.id).content == "a text"


async def test_localizations_are_given_to_who_asks_for_them() -> None:
    async with DiscordServer() as server, running(client := sample(), server):
        command = {"name": "head", "type": 1, "description": "x", "name_localizations": {"fr": "tete"}}
        app_id = client.application_id
        await client.http.bulk_upsert_global_commands(app_id, [command])
        route = f"/applications/{app_id}/commands"
        (without,) = await client.http.request(discord.http.Route("GET", route))
        (with_them,) = await client.http.request(discord.http.Route("GET", f"{route}?with_localizations=true"))
        assert "name_localizations" not in without
        assert with_them["name_localizations"] == {"fr": "tete"}
