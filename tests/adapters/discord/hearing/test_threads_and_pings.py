"""What moderators can have done with answers to messages: a thread of their own, and a ping of who asked."""

from collections.abc import AsyncIterator

import pytest

from bot.app.app import App
from tests.adapters.discord.running import DANGER, SURE, Chat, serving
from tests.servers.discord.faults import Fault
from tests.servers.discord.posts import Post
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Channel, ChannelType, Overwrite, Permission

pytestmark = pytest.mark.slow

OPENING = "POST /channels/*/messages/*/threads"


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with DiscordServer() as server:
        made = Chat(server)
        async with serving(app, server):
            await server.gateway.identified()
            yield made
        assert not server.violations
        assert not server.unexpected


async def changed(chat: Chat, **settings: bool) -> str:
    used = await chat.server.slash(chat.head, chat.world.channel, "ijm-mod settings", settings)
    return (await used.answered()).text


async def said(chat: Chat, text: str = SURE, where: Channel | None = None) -> Post:
    return await chat.server.say(chat.world.member, where or chat.world.channel, text, mentions=[chat.world.bot])


def thread_of(chat: Chat, post: Post) -> Channel:
    return chat.world.channels[post.id]


async def test_an_answer_opens_a_thread_named_after_the_answer_where_a_moderator_wants_it(chat: Chat) -> None:
    assert "an answer here opens a thread" in await changed(chat, threads=True)
    asked = await said(chat)
    await chat.server.called(OPENING)
    thread = thread_of(chat, asked)
    assert (thread.type, thread.parent_id) == (ChannelType.PUBLIC_THREAD, chat.world.channel.id)
    assert thread.name == "How long do aftercare programs last?"
    post = await chat.server.posted(thread)
    assert "2 years" in post.text
    assert post.pings == set()
    assert chat.server.posts(chat.world.channel) == []
    # In the thread, the bot goes on where it is.
    again = await said(chat, where=thread)
    assert (await chat.server.posted(thread, after=again)).json["message_reference"]["message_id"] == again.id
    await changed(chat, threads=False)
    assert "2 years" in (await chat.mention(SURE)).text


async def test_where_no_thread_can_be_opened_the_answer_stands_in_the_channel(chat: Chat) -> None:
    await changed(chat, threads=True)
    everyone = chat.world.guild.id
    chat.world.restrict(chat.world.channel, Overwrite(everyone, deny=int(Permission.CREATE_PUBLIC_THREADS)))
    chat.server.gateway.join(chat.world.guild)
    assert "2 years" in (await chat.mention(SURE)).text
    assert not chat.server.calls_to(OPENING)
    assert "Create Public Threads" in await changed(chat, threads=True)


async def test_a_thread_that_discord_refuses_costs_no_answer(chat: Chat) -> None:
    await changed(chat, threads=True)
    full = {"message": "Maximum number of active threads reached (1000)", "code": 160006}
    chat.server.fail(OPENING, Fault(400, full))
    asked = await said(chat)
    assert "2 years" in (await chat.server.posted(chat.world.channel, after=asked)).text


async def test_what_is_private_opens_no_thread(chat: Chat) -> None:
    await changed(chat, threads=True, ping=True)
    cover = await chat.mention(DANGER)
    assert "2 years" not in cover.text
    assert cover.pings == set()
    assert not chat.server.calls_to(OPENING)


async def test_only_who_asked_is_notified_and_only_where_a_moderator_wants_it(chat: Chat) -> None:
    assert (await chat.mention(SURE)).pings == set()
    assert "Discord notifies" in await changed(chat, ping=True)
    post = await chat.mention(f"{SURE} @everyone {chat.world.owner.mention}")
    assert post.pings == {chat.world.member.id}
    call = chat.server.calls_to("POST /channels/*/messages")[-1]
    assert call.json["allowed_mentions"] == {"parse": [], "replied_user": True}
    await changed(chat, ping=False)
    assert (await chat.mention(SURE)).pings == set()
