"""Messages that change or begin something: edits that add a mention, questions that are deleted, posts in a forum."""

import logging
from collections.abc import AsyncIterator

import pytest

from bot.app.app import App
from bot.chat.events import Event
from bot.chat.replies import Delete, Reply
from bot.commands.context import Services
from tests.adapters.discord.running import DANGER, MESSAGES, SURE, Chat, chatting, served
from tests.servers.discord.server import DiscordServer

pytestmark = pytest.mark.slow


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with chatting(app) as made:
        yield made


async def test_a_mention_that_is_added_by_editing_is_answered_once(chat: Chat) -> None:
    said = await chat.server.say(chat.world.member, chat.world.channel, SURE)
    await chat.settled()
    assert chat.server.posts(chat.world.channel) == []
    await chat.server.edit(said, SURE, mentions=[chat.world.bot])
    post = await chat.server.posted(chat.world.channel)
    assert "2 years" in post.text
    assert post.json["message_reference"]["message_id"] == said.id
    await chat.server.edit(said, f"{SURE} Please!", mentions=[chat.world.bot])
    await chat.settled()
    assert chat.server.posts(chat.world.channel) == [post]


async def test_an_edit_of_what_was_answered_or_of_what_mentions_nobody_gets_nothing(chat: Chat) -> None:
    post = await chat.mention(SURE)
    (said,) = [each for each in chat.server.state.messages.posts if each.author_id == chat.world.member.id]
    await chat.server.edit(said, "What is IJM?", mentions=[chat.world.bot])
    other = await chat.server.say(chat.world.member, chat.world.channel, "hello")
    await chat.server.edit(other, SURE)
    await chat.settled()
    assert chat.server.posts(chat.world.channel) == [post]


async def test_an_edit_of_what_was_written_before_the_start_gets_nothing(app: App) -> None:
    async with DiscordServer() as server:
        async with served(app, server):
            said = await server.say(server.world.member, server.world.channel, SURE)
        async with served(app, server):
            await server.edit(said, SURE, mentions=[server.world.bot])
            await Chat(server).settled()
            assert server.posts(server.world.channel) == []


class Deleting(App):
    """A core in whose time of thinking the question is deleted."""

    server: DiscordServer

    async def handle(self, event: Event) -> Reply | Delete | None:
        reply = await super().handle(event)
        self.server.unsay(self.server.state.messages.posts[-1])
        return reply


async def test_a_question_that_was_deleted_meanwhile_gets_no_answer(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    app = Deleting(services)
    caplog.set_level(logging.INFO)
    async with DiscordServer() as app.server, served(app, app.server):
        world = app.server.world
        await app.server.say(world.member, world.channel, SURE, mentions=[world.bot])
        await app.server.called(MESSAGES)
        await Chat(app.server).settled()
        assert app.server.posts(world.channel) == []
    assert "A question was deleted before its answer" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_who_may_be_in_danger_is_answered_directly_though_the_message_is_deleted(services: Services) -> None:
    app = Deleting(services)
    async with DiscordServer() as app.server, served(app, app.server):
        world = app.server.world
        await app.server.say(world.member, world.channel, DANGER, mentions=[world.bot])
        card = await app.server.posted(world.dm)
        assert "911" in card.text
        assert app.server.posts(world.channel) == []


async def test_a_forum_post_is_answered_in_the_post(chat: Chat) -> None:
    forum = chat.world.add_forum(chat.world.guild, "questions")
    chat.server.gateway.join(chat.world.guild)
    asked = await chat.server.post_in_forum(chat.world.member, forum, "A question", SURE, mentions=[chat.world.bot])
    assert "2 years" in (await chat.server.posted(asked)).text


async def test_a_forum_post_whose_text_is_the_mention_alone_asks_by_its_title(chat: Chat) -> None:
    forum = chat.world.add_forum(chat.world.guild, "questions")
    chat.server.gateway.join(chat.world.guild)
    asked = await chat.server.post_in_forum(chat.world.member, forum, SURE, "", mentions=[chat.world.bot])
    post = await chat.server.posted(asked)
    assert "2 years" in post.text
    said = await chat.server.say(chat.world.member, asked, "", mentions=[chat.world.bot])
    assert "2 years" not in (await chat.server.posted(asked, after=said)).text
    quiet = await chat.server.post_in_forum(chat.world.member, forum, SURE, "Who knows?")
    await chat.settled()
    assert chat.server.posts(quiet) == []
