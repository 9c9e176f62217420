"""The local Discord's REST side, seen through the real discord.py."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.servers.discord.client import discord, pointed_at, running
from tests.servers.discord.interactions import CallbackType
from tests.servers.discord.posts import EVERYONE, Flag, MessageType
from tests.servers.discord.requests import Upload
from tests.servers.discord.rules.sample import sample
from tests.servers.discord.rules.values import NotOffered
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import World
from tests.servers.patience import WAIT_SECONDS

pytestmark = pytest.mark.slow


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server
        assert not server.violations
        assert not server.unexpected


@pytest.fixture
async def bot(server: DiscordServer) -> AsyncIterator[discord.Client]:
    client = sample()
    async with running(client, server):
        yield client


@pytest.fixture
def world(server: DiscordServer, bot: discord.Client) -> World:
    return server.world


@pytest.mark.parametrize("kind", [discord.Client, discord.AutoShardedClient])
async def test_a_client_logs_in_syncs_its_commands_and_answers_one(kind: type[discord.Client]) -> None:
    async with DiscordServer() as server, running(sample(kind), server):
        world = server.world
        names = [(command["type"], command["name"]) for command in await server.synced()]
        interaction = await server.slash(world.member, world.channel, "head echo", {"word": "hello"})
        response = await interaction.responded()
        post = await interaction.answered()
    assert names == [(1, "head"), (1, "moderate"), (3, "Quote")]
    assert response.type is CallbackType.MESSAGE
    assert (post.content, post.ephemeral, post.json["type"]) == ("hello", False, MessageType.CHAT_INPUT_COMMAND)
    assert not server.violations
    assert not server.unexpected


async def test_the_client_is_pointed_back_at_discord_afterwards(server: DiscordServer) -> None:
    before = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    with pointed_at(server):
        assert server.api_url == discord.http.Route.BASE
        assert str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY) == server.gateway_url
    assert before == (discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)


async def test_every_request_is_recorded(server: DiscordServer, world: World) -> None:
    await (await server.slash(world.member, world.channel, "head echo", {"word": "hello"})).answered()
    call = await server.called("POST /interactions/*/callback")
    assert server.calls[0].line == "GET /users/@me"
    assert server.calls[0].headers["Authorization"] == f"Bot {server.token}"
    assert call.json["data"]["content"] == "hello"
    assert call.json["data"]["allowed_mentions"] == {"parse": []}
    assert call.flag("with_response")
    assert call.status == 200
    assert call.answer["interaction"]["response_message_ephemeral"] is False


async def test_a_private_answer_is_seen_by_one_person_only(server: DiscordServer, world: World) -> None:
    interaction = await server.slash(world.member, world.channel, "head echo", {"word": "hush", "hidden": True})
    post = await interaction.answered()
    assert post.flags == Flag.EPHEMERAL
    assert post.viewer_id == world.member.id
    assert server.posts(world.channel) == []
    with pytest.raises(NotOffered, match="does not see"):
        await server.press(post, "go", world.moderator)


async def test_a_mention_that_is_not_allowed_pings_nobody(server: DiscordServer, world: World) -> None:
    post = await (await server.slash(world.member, world.channel, "head echo", {"word": "@everyone @here"})).answered()
    assert post.content == "@everyone @here"
    assert post.pings == set()


async def test_a_mention_that_is_not_forbidden_pings(server: DiscordServer, bot: discord.Client, world: World) -> None:
    channel = bot.get_channel(int(world.channel.id))
    await channel.send(f"@everyone {world.owner.mention} {world.moderators.mention}")
    assert server.posts(world.channel)[0].pings == {EVERYONE, world.owner.id, world.moderators.id}


async def test_autocomplete_gives_choices(server: DiscordServer, world: World) -> None:
    interaction = await server.autocomplete(world.member, world.channel, "head echo", "word", "he")
    assert await interaction.choices() == [("he!", "he")]


async def test_a_button_edits_its_message(server: DiscordServer, world: World) -> None:
    post = await (await server.slash(world.member, world.channel, "head echo", {"word": "hello"})).answered()
    press = await server.press(post, post.custom_id("Go"), world.moderator)
    assert await press.answered() is post
    assert press.response.type is CallbackType.UPDATE
    assert [version["content"] for version in post.versions] == ["hello", "gone"]
    assert post.buttons == []


async def test_a_button_may_edit_its_message_later(server: DiscordServer, world: World) -> None:
    post = await (await server.slash(world.member, world.channel, "head echo", {"word": "hello"})).answered()
    press = await server.press(post, post.custom_id("Later"), world.member)
    assert (await press.responded()).type is CallbackType.DEFERRED_UPDATE
    assert (await press.answered()).content == "later"


async def test_a_menu_is_chosen_from(server: DiscordServer, world: World) -> None:
    post = await (await server.slash(world.member, world.channel, "head echo", {"word": "hello"})).answered()
    select = await server.select(post, "pick", ["a", "c"], world.member)
    assert (await select.answered()).content == "a and c"
    with pytest.raises(NotOffered, match="not \\['d'\\]"):
        await server.select(post, "pick", ["d"], world.member)


async def test_a_modal_is_filled_in(server: DiscordServer, world: World) -> None:
    opened = await server.slash(world.member, world.channel, "head form")
    assert (await opened.modal())["title"] == "Form"
    with pytest.raises(NotOffered, match="'word' takes 1 to 10"):
        await server.submit_modal(opened, {})
    submitted = await server.submit_modal(opened, {"word": "tree", "kind": ["noun"]})
    assert (await submitted.answered()).content == "tree ['noun']"


async def test_a_modal_that_a_button_opened_may_edit_the_message(server: DiscordServer, world: World) -> None:
    post = await (await server.slash(world.member, world.channel, "head echo", {"word": "hello"})).answered()
    opened = await server.press(post, "form", world.member)
    submitted = await server.submit_modal(opened, {"word": "tree"})
    assert await submitted.answered() is post
    assert post.content == "tree []"


async def test_a_message_command_gets_the_message(server: DiscordServer, world: World) -> None:
    said = await server.say(world.member, world.thread, "words")
    answer = await (await server.message_command(world.moderator, said, "Quote")).answered()
    # The target of a message command has its content even without the intent for message content.
    assert answer.content == "> words"
    assert answer.json["type"] == MessageType.CONTEXT_MENU_COMMAND


async def test_users_and_channels_are_resolved(server: DiscordServer, world: World) -> None:
    options = {"who": world.moderator, "where": world.channel}
    interaction = await server.slash(world.member, world.thread, "head greet", options, locale="de")
    assert (await interaction.answered()).content == f"{world.moderator.mention} in <#{world.channel.id}>, de"


async def test_a_file_goes_both_ways(server: DiscordServer, world: World) -> None:
    upload = Upload("words.txt", b"some words", "text/plain")
    interaction = await server.slash(world.member, world.channel, "head file", {"file": upload})
    post = await interaction.answered()
    assert post.content == "some words"
    assert interaction.response.files[0].content == b"some words"
    attachment = post.json["attachments"][0]
    assert (attachment["filename"], attachment["description"]) == ("again.txt", "the same")


async def test_components_v2_show_their_text_and_buttons(server: DiscordServer, world: World) -> None:
    post = await (await server.slash(world.member, world.channel, "head box")).answered()
    assert post.flags == Flag.COMPONENTS_V2
    assert post.text == "# A box\nbeside"
    assert post.custom_id("Deep") == "deep"


@pytest.mark.parametrize("hidden", [True, False])
async def test_who_sees_the_first_follow_up_is_fixed_by_the_deferral(
    server: DiscordServer, world: World, hidden: bool
) -> None:
    interaction = await server.slash(world.member, world.channel, "head slow", {"hidden": hidden})
    second = await interaction.followed_up()
    post = await interaction.edited(2)
    assert interaction.response.type is CallbackType.DEFERRED_MESSAGE
    assert [version["content"] for version in post.versions] == ["", "first", "changed"]
    assert [bool(version["flags"] & Flag.LOADING) for version in post.versions] == [True, False, False]
    assert (post.ephemeral, second.ephemeral) == (hidden, not hidden)


async def test_a_mention_and_a_direct_message_are_answered(server: DiscordServer, world: World) -> None:
    said = await server.say(world.member, world.channel, "hello", mentions=[world.bot])
    answer = await server.posted(world.channel, after=said)
    assert answer.content == f"heard {world.bot.mention} hello"
    assert answer.json["message_reference"]["message_id"] == said.id
    assert world.member.id not in answer.pings
    said = await server.say(world.member, world.dm, "hello")
    assert (await server.posted(world.dm, after=said)).content == "heard hello"


async def test_a_command_works_in_a_direct_message(server: DiscordServer, world: World) -> None:
    interaction = await server.slash(world.member, world.dm, "head echo", {"word": "hello"})
    assert (await interaction.answered()).channel_id == world.dm.id
    assert "member" not in interaction.payload


async def test_a_reply_to_the_bot_mentions_it(server: DiscordServer, world: World) -> None:
    post = await (await server.slash(world.member, world.channel, "head echo", {"word": "hello"})).answered()
    await server.say(world.member, world.channel, "unheard", reply_to=post, ping=False)
    said = await server.say(world.member, world.channel, "why?", reply_to=post)
    await server.posted(world.channel, after=said)
    assert [each.content for each in server.posts(world.channel)] == ["hello", "heard why?"]


async def test_people_get_only_what_discord_offers_them(server: DiscordServer, world: World) -> None:
    with pytest.raises(NotOffered, match="no command 'nothing'"):
        await server.slash(world.member, world.channel, "nothing")
    with pytest.raises(NotOffered, match="choose one of"):
        await server.slash(world.member, world.channel, "head")
    with pytest.raises(NotOffered, match="needs \\['word'\\]"):
        await server.slash(world.member, world.channel, "head echo")
    with pytest.raises(NotOffered, match="1 to 20 characters"):
        await server.slash(world.member, world.channel, "head echo", {"word": "x" * 21})
    with pytest.raises(NotOffered, match="lacks the permissions"):
        await server.slash(world.member, world.channel, "moderate")
    with pytest.raises(NotOffered, match="context"):
        await server.slash(world.owner, world.dm, "moderate")
    interaction = await server.slash(world.moderator, world.channel, "moderate")
    assert (await interaction.answered()).content == "moderated"
    interaction = await server.slash(world.member, world.channel, "moderate", checked=False)
    assert (await interaction.answered()).content == "moderated"


async def test_messages_are_sent_read_edited_and_deleted(bot: discord.Client, server: DiscordServer) -> None:
    channel = bot.get_channel(int(server.world.thread.id))
    async with channel.typing():
        message = await channel.send("one", embed=discord.Embed(title="title"))
    await message.edit(content="two")
    assert (await channel.fetch_message(message.id)).content == "two"
    assert [each.content async for each in channel.history()] == ["two"]
    post = server.posts(server.world.thread)[0]
    assert post.text == "two\ntitle"
    await message.delete()
    assert post.deleted
    with pytest.raises(discord.NotFound, match="10008"):
        await channel.fetch_message(message.id)


async def test_a_message_that_a_person_deletes_is_told(bot: discord.Client, server: DiscordServer) -> None:
    said = await server.say(server.world.member, server.world.channel, "oops", files=[Upload("a.txt", b"a")])
    deleted = asyncio.create_task(bot.wait_for("raw_message_delete", timeout=WAIT_SECONDS))
    await server.gateway.delivered()
    server.unsay(said)
    assert (await deleted).message_id == int(said.id)
