"""Talk on Discord: reactions, replies to the bot's messages and to other people's, and commands in mentions."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.app.app import App
from bot.commands.context import Services
from bot.commands.turns import Turns
from tests.adapters.discord.running import COVER, DANGER, MESSAGES, SURE, Chat, served
from tests.servers.discord.posts import MessageType
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Overwrite, Permission

pytestmark = pytest.mark.slow

REACTION = "PUT /channels/*/messages/*/reactions/*/@me"
TITLE = "How long do aftercare programs last?"
CEBU = "what happened in cebu?"
NO_TEXT = "I see no text in the message above."


@pytest.fixture(params=[False, True], ids=["mentions", "all messages"])
async def chat(request: pytest.FixtureRequest, app: App) -> AsyncIterator[Chat]:
    """A bot that sees only what mentions it, and one that sees all messages."""
    async with DiscordServer() as server:
        made = Chat(server)
        async with served(app, server, read_messages=request.param):
            yield made
        assert not server.violations
        assert not server.unexpected


@pytest.fixture
async def reader(app: App) -> AsyncIterator[Chat]:
    async with DiscordServer() as server:
        made = Chat(server)
        async with served(app, server, read_messages=True):
            yield made
        assert not server.violations
        assert not server.unexpected


@pytest.mark.parametrize("words", ["lol", "😂", "<:kek:123456789>"])
async def test_what_needs_no_words_gets_a_reaction_and_no_message(chat: Chat, words: str) -> None:
    said = await chat.server.say(chat.world.member, chat.world.channel, words, mentions=[chat.world.bot])
    await chat.server.called(REACTION)
    await chat.settled()
    assert said.reactions == ["👍"]
    assert chat.server.posts(chat.world.channel) == []


async def test_a_refused_reaction_is_one_line_in_the_log_and_nothing_else(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "adapters.discord")
    async with DiscordServer() as server:
        made = Chat(server)
        server.world.restrict(server.world.channel, Overwrite(server.world.guild.id, deny=Permission.ADD_REACTIONS))
        async with served(app, server):
            said = await server.say(server.world.member, server.world.channel, "lol", mentions=[server.world.bot])
            await server.called(REACTION)
            await made.settled()
            assert "2 years" in (await made.mention(SURE)).text
        assert said.reactions == []
        assert [line for line in caplog.messages if "reaction" in line] == ["Discord took no reaction: 50013"]


async def test_a_reply_to_an_answer_goes_on_from_it_whoever_asked(chat: Chat) -> None:
    answer = await chat.mention(SURE)
    await chat.mention(CEBU, user=chat.world.owner)
    said = await chat.server.say(chat.world.owner, chat.world.channel, "source?", reply_to=answer)
    assert TITLE in (await chat.server.posted(chat.world.channel, after=said)).text


async def test_a_reply_goes_on_from_an_answer_and_from_a_fact_after_a_restart(services: Services) -> None:
    async with DiscordServer() as server:
        chat, where = Chat(server), server.world.channel
        async with served(App(services), server):
            answer, fact = await chat.mention(SURE), await chat.mention("fact results")
            assert "Year: " in fact.text
        async with served(App(replace(services, turns=Turns())), server):
            said = await server.say(server.world.member, where, "source?", reply_to=answer)
            assert TITLE in (await server.posted(where, after=said)).text
            said = await server.say(server.world.member, where, "another one", reply_to=fact)
            another = await server.posted(where, after=said)
            assert "Year: " in another.text
            assert another.text != fact.text


async def test_a_reply_to_an_answer_that_discord_did_not_look_up_is_looked_up(chat: Chat) -> None:
    world, messages = chat.world, chat.server.state.messages
    answer = await chat.mention(SURE)
    await chat.mention(CEBU)
    reference = {"type": 0, "channel_id": answer.channel_id, "message_id": answer.id, "guild_id": answer.guild_id}
    body = {"content": f"{world.bot.mention} source?"}
    said = messages.write(
        world.member, world.channel, body, kind=MessageType.REPLY, extra={"message_reference": reference}
    )
    cited = await chat.server.posted(world.channel, after=said)
    assert TITLE in cited.text


async def test_a_reply_to_somebody_else_that_does_not_mention_the_bot_gets_nothing(reader: Chat) -> None:
    world = reader.world
    asked = await reader.server.say(world.owner, world.channel, SURE)
    await reader.server.say(world.member, world.channel, "source?", reply_to=asked)
    await reader.server.say(world.member, world.channel, "lol", reply_to=asked)
    await reader.settled()
    assert reader.server.calls_to(MESSAGES) == []
    assert reader.server.calls_to(REACTION) == []


async def test_a_mention_without_words_answers_the_message_that_it_replies_to(reader: Chat) -> None:
    world = reader.world
    asked = await reader.server.say(world.owner, world.channel, SURE)
    said = await reader.server.say(world.member, world.channel, "", mentions=[world.bot], reply_to=asked)
    post = await reader.server.posted(world.channel, after=said)
    assert "2 years" in post.text
    assert post.json["message_reference"]["message_id"] == said.id
    # With words of its own it asks those.
    said = await reader.server.say(world.member, world.channel, CEBU, mentions=[world.bot], reply_to=asked)
    assert "79%" in (await reader.server.posted(world.channel, after=said)).text


async def test_a_message_that_discord_does_not_show_or_that_has_no_text_is_said_so(chat: Chat) -> None:
    world = chat.world
    asked = await chat.server.say(world.owner, world.channel, "https://example.org/picture.png")
    said = await chat.server.say(world.member, world.channel, "", mentions=[world.bot], reply_to=asked)
    assert NO_TEXT in (await chat.server.posted(world.channel, after=said)).text


async def test_somebody_elses_danger_gets_the_card_for_who_asks_and_nothing_is_kept(
    reader: Chat, services: Services
) -> None:
    world = reader.world
    asked = await reader.server.say(world.owner, world.channel, DANGER)
    said = await reader.server.say(world.member, world.channel, "", mentions=[world.bot], reply_to=asked)
    cover = await reader.server.posted(world.channel, after=said)
    assert cover.text == COVER
    card = await reader.press(cover, "Show privately")
    assert "911" in card.text
    assert card.viewer_id == world.member.id
    assert await services.store.misses(f"discord:guild/{world.guild.id}") == ()


async def test_answer_from_ijm_on_a_message_without_text_says_so(chat: Chat) -> None:
    world = chat.world
    asked = await chat.server.say(world.owner, world.channel, "")
    used = await chat.server.message_command(world.member, asked, "Answer from IJM")
    answer = await used.answered()
    assert answer.text == "There is no text in that message for me to answer."
    assert answer.ephemeral


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("outcomes rescue", "How does IJM rescue victims?"),
        ("/ijm outcomes rescue", "How does IJM rescue victims?"),
        ("fact results", "Year: "),
        ("help fact", "/ijm fact"),
        ("topics", "What I know about"),
        ("what do you store about me", "What I keep"),
    ],
)
async def test_a_command_in_a_mention_is_run(chat: Chat, words: str, shown: str) -> None:
    assert shown in (await chat.mention(words)).text
