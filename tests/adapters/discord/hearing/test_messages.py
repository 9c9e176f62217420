"""Free text on Discord: mentions, direct messages, threads, reply chains, and questions that nobody addressed to the bot."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.monitoring.metrics import PrometheusMetrics
from bot.app.app import App
from bot.commands.community_settings import Setting
from bot.commands.context import Services
from tests.adapters.discord.running import CALLBACK, COVER, DANGER, MESSAGES, SURE, Chat, served
from tests.servers.discord.faults import Fault, rate_limited
from tests.servers.discord.gateway.intents import Intent
from tests.servers.discord.posts import MessageType, Post
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Overwrite, Permission

pytestmark = pytest.mark.slow


@pytest.fixture
async def chat(app: App) -> AsyncIterator[Chat]:
    async with DiscordServer() as server:
        async with served(app, server):
            yield Chat(server)
        _check(server)


@pytest.fixture
async def reader(app: App) -> AsyncIterator[Chat]:
    """The same where the bot may read messages that do not mention it."""
    async with DiscordServer() as server:
        async with served(app, server, read_messages=True):
            yield Chat(server)
        _check(server)


def _check(server: DiscordServer) -> None:
    assert not server.violations
    assert not server.unexpected
    for call in server.calls_to(MESSAGES):
        assert call.json["allowed_mentions"] == {"parse": []}
        assert call.json["enforce_nonce"] is True


@pytest.mark.parametrize("place", ["channel", "thread"])
async def test_a_mention_is_answered_where_it_stands_as_a_reply_to_it(chat: Chat, place: str) -> None:
    where = getattr(chat.world, place)
    said = await chat.server.say(chat.world.member, where, SURE, mentions=[chat.world.bot])
    post = await chat.server.posted(where, after=said)
    assert "2 years" in post.text
    assert post.json["type"] == MessageType.REPLY
    assert post.json["message_reference"]["message_id"] == said.id
    assert post.pings == set()


async def test_a_direct_message_is_answered_without_a_mention(chat: Chat) -> None:
    said = await chat.server.say(chat.world.member, chat.world.dm, SURE)
    assert "2 years" in (await chat.server.posted(chat.world.dm, after=said)).text


@pytest.mark.parametrize("words", ["", "https://example.org"])
async def test_a_mention_without_words_gets_the_first_screen(chat: Chat, words: str) -> None:
    assert "IJM answers" in (await chat.mention(words)).text


async def test_a_reply_to_the_bot_is_addressed_to_it_unless_its_mention_is_off(chat: Chat) -> None:
    post = await chat.mention(SURE)
    await chat.server.say(chat.world.member, chat.world.channel, SURE, reply_to=post, ping=False)
    await chat.settled()
    assert len(chat.server.posts(chat.world.channel)) == 1
    said = await chat.server.say(chat.world.member, chat.world.channel, "what happened in cebu?", reply_to=post)
    assert "79%" in (await chat.server.posted(chat.world.channel, after=said)).text


async def test_a_message_to_somebody_else_is_left_alone(chat: Chat) -> None:
    await chat.server.say(chat.world.member, chat.world.channel, SURE)
    await chat.server.say(chat.world.member, chat.world.channel, SURE, mentions=[chat.world.owner])
    await chat.server.say(chat.world.owner, chat.world.channel, f"@everyone {chat.world.moderators.mention} {SURE}")
    await chat.settled()
    assert chat.server.posts(chat.world.channel) == []


async def test_its_own_messages_other_bots_and_webhooks_are_ignored(reader: Chat) -> None:
    world, server = reader.world, reader.server
    other = world.add_user("another bot", bot=True)
    world.add_member(world.guild, other)
    own = await reader.mention(SURE)
    await server.say(other, world.channel, SURE, mentions=[world.bot])
    await server.say(other, world.channel, SURE, reply_to=own)
    await server.say(world.bot, world.channel, SURE, mentions=[world.bot])
    await server.say(world.bot, world.channel, SURE, reply_to=own)
    hook = {"content": f"{world.bot.mention} {SURE}"}
    server.state.messages.write(world.member, world.channel, hook, extra={"webhook_id": world.mint()})
    await server.say(world.bot, world.dm, SURE)
    await reader.settled()
    assert len(server.calls_to(MESSAGES)) == 1


async def test_a_chain_of_replies_between_bots_ends_with_the_first(reader: Chat) -> None:
    world, server = reader.world, reader.server
    other = world.add_user("another bot", bot=True)
    world.add_member(world.guild, other)
    said: Post = await reader.mention(SURE)
    for _ in range(3):
        said = await server.say(other, world.channel, SURE, reply_to=said)
    await reader.settled()
    assert len(server.calls_to(MESSAGES)) == 1


async def test_what_the_system_says_is_ignored(reader: Chat) -> None:
    world = reader.world
    for kind in (6, 7, 18, 21):
        body = {"content": f"{world.bot.mention} {SURE}"}
        reader.server.state.messages.write(world.member, world.channel, body, extra={"type": kind})
    await reader.settled()
    assert reader.server.calls_to(MESSAGES) == []


async def test_its_own_private_answers_which_come_back_like_direct_messages_are_ignored(chat: Chat) -> None:
    assert (await chat.slash("ijm ask", {"question": SURE, "private": True})).ephemeral
    await chat.settled()
    assert chat.server.calls_to(MESSAGES) == []


async def test_no_more_is_asked_of_discord_than_servers_and_messages(chat: Chat) -> None:
    assert chat.server.gateway.identifies[0].intents == (Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.DIRECT_MESSAGES)


async def test_the_text_of_messages_is_asked_for_only_where_it_is_wanted(reader: Chat) -> None:
    assert reader.server.gateway.identifies[0].intents & Intent.MESSAGE_CONTENT


async def test_a_question_that_nobody_addressed_to_the_bot_is_left_alone_by_default(reader: Chat) -> None:
    await reader.server.say(reader.world.member, reader.world.channel, SURE)
    await reader.server.say(reader.world.member, reader.world.channel, DANGER)
    await reader.settled()
    assert reader.server.posts(reader.world.channel) == []


async def test_where_a_moderator_wants_it_a_sure_question_is_answered_and_then_not_for_a_while(reader: Chat) -> None:
    world, server = reader.world, reader.server
    other = world.add_channel(world.guild, "other")
    await reader.slash("ijm-mod settings", {"passive": True}, reader.head)
    await server.say(world.member, world.channel, "anyone up for lunch?")
    await server.say(world.member, world.channel, "help")
    said = await server.say(world.member, world.channel, SURE)
    post = await server.posted(world.channel, after=said)
    assert "2 years" in post.text
    assert post.json["message_reference"]["message_id"] == said.id
    await server.say(world.owner, world.channel, SURE)
    for elsewhere in (other, world.thread):
        await server.say(world.owner, elsewhere, SURE)
    await reader.settled()
    assert len(server.calls_to(MESSAGES)) == 1
    # Who addresses the bot is answered all the same.
    assert "79%" in (await reader.mention("what happened in cebu?")).text


async def test_passive_answering_is_switched_off_again(reader: Chat, services: Services) -> None:
    await reader.slash("ijm-mod settings", {"passive": True}, reader.head)
    assert await services.store.anywhere(Setting.PASSIVE)
    shown = await reader.slash("ijm-mod settings", {"passive": False}, reader.head)
    assert "off" in shown.text
    assert not await services.store.anywhere(Setting.PASSIVE)
    await reader.server.say(reader.world.member, reader.world.channel, SURE)
    await reader.settled()
    assert reader.server.posts(reader.world.channel) == []


async def test_the_safety_card_hides_behind_a_neutral_line_in_a_channel(chat: Chat) -> None:
    cover = await chat.mention(DANGER)
    assert cover.text == COVER
    assert cover.pings == set()
    card = await chat.press(cover, "Show privately")
    assert "911" in card.text
    assert card.viewer_id == chat.world.member.id
    assert "passport" not in card.text
    assert cover.text == COVER


async def test_who_writes_again_while_the_card_is_fresh_is_covered_too(chat: Chat) -> None:
    await chat.mention(DANGER)
    again = await chat.mention(DANGER)
    assert again.text == COVER
    assert "911" in (await chat.press(again, "Show privately")).text


async def test_the_asker_can_take_the_neutral_line_away(chat: Chat) -> None:
    cover = await chat.mention(DANGER)
    await chat.pressed(cover, "Delete")
    await chat.settled()
    assert cover.deleted


async def test_the_safety_card_is_plain_in_a_direct_conversation(chat: Chat) -> None:
    said = await chat.server.say(chat.world.member, chat.world.dm, DANGER)
    card = await chat.server.posted(chat.world.dm, after=said)
    assert "911" in card.text
    assert COVER not in card.text


async def test_the_safety_card_hides_also_where_the_message_was_overheard(reader: Chat) -> None:
    await reader.slash("ijm-mod settings", {"passive": True}, reader.head)
    said = await reader.server.say(reader.world.member, reader.world.channel, DANGER)
    assert (await reader.server.posted(reader.world.channel, after=said)).text == COVER


@pytest.mark.parametrize(
    ("denied", "field"),
    [(Permission.EMBED_LINKS, "embeds"), (Permission.READ_MESSAGE_HISTORY, "message_reference")],
)
async def test_what_a_channel_does_not_allow_is_left_out_of_the_answer(
    app: App, denied: Permission, field: str
) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        server.world.restrict(server.world.channel, Overwrite(server.world.guild.id, deny=denied))
        async with served(app, server):
            post = await chat.mention(SURE)
        assert "2 years" in post.text
        assert "Source: " in post.text
        assert post.buttons
        assert not server.calls_to(MESSAGES)[0].json.get(field)
        _check(server)


async def test_where_the_bot_may_not_write_it_is_silent_and_the_log_says_why(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    async with DiscordServer() as server:
        chat, world = Chat(server), server.world
        world.restrict(world.channel, Overwrite(world.guild.id, deny=Permission.SEND_MESSAGES))
        async with served(app, server):
            await server.say(world.member, world.channel, SURE, mentions=[world.bot])
            await chat.settled()
        assert server.posts(world.channel) == []
        assert "lacks a permission" in caplog.text
        assert "Could not handle" not in caplog.text


@pytest.mark.parametrize(("reads", "answer"), [(True, "2 years"), (False, "IJM answers")])
async def test_a_mention_of_its_managed_role_is_a_mention(app: App, reads: bool, answer: str) -> None:
    """Without the intent Discord does not say what the message holds, so the first screen says how to ask."""
    async with DiscordServer() as server:
        chat, world = Chat(server), server.world
        own = world.add_role(world.guild, "IJM answers", bot=world.bot)
        other = world.add_role(world.guild, "Another bot", bot=world.owner)
        world.add_member(world.guild, world.bot, own)
        async with served(app, server, read_messages=reads):
            await server.say(world.member, world.channel, SURE, mentions=[other])
            await chat.settled()
            assert server.posts(world.channel) == []
            said = await server.say(world.member, world.channel, SURE, mentions=[own])
            assert answer in (await server.posted(world.channel, after=said)).text
        _check(server)


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, 10003), (400, 50083), (400, 20028), (400, 200000), (403, 50013)],
    ids=["channel gone", "archived", "slow mode", "AutoMod", "forbidden"],
)
@pytest.mark.parametrize("asked", ["mention", "command"])
async def test_what_discord_refuses_for_the_place_is_one_line_and_not_broken(
    services: Services, caplog: pytest.LogCaptureFixture, status: int, code: int, asked: str
) -> None:
    metrics = PrometheusMetrics()
    async with DiscordServer() as server:
        chat, world = Chat(server), server.world
        refusal = Fault(status, {"code": code, "message": "No"})
        async with served(App(replace(services, metrics=metrics)), server):
            if asked == "mention":
                server.fail(MESSAGES, refusal)
                await server.say(world.member, world.channel, SURE, mentions=[world.bot])
            else:
                server.fail(CALLBACK, refusal)
                await server.slash(world.member, world.channel, "ijm outcomes")
            await chat.settled()
    told = [record for record in caplog.records if record.name.startswith("adapters.")]
    assert len([record for record in told if record.levelname == "WARNING"]) == 1
    assert not any(record.exc_info for record in told)
    errors = {
        sample.labels["error"]: sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "ijm_platform_errors_total"
    }
    assert errors == {"refused": 1}


async def test_nothing_of_a_message_is_in_the_log(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await chat.mention(f"xyzzy {SURE}")
    await chat.mention(DANGER)
    await chat.slash("ijm ask", {"question": f"xyzzy {SURE}"})
    assert "xyzzy" not in caplog.text
    assert "passport" not in caplog.text


async def test_a_channel_that_discord_closes_for_an_hour_costs_one_log_line_and_one_answer(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    chat.server.fail(MESSAGES, rate_limited(3600))
    await chat.server.say(chat.world.member, chat.world.channel, SURE, mentions=[chat.world.bot])
    await chat.server.called(MESSAGES)
    await chat.settled()
    assert chat.server.posts(chat.world.channel) == []
    assert [record.exc_info for record in caplog.records if record.name.startswith("adapters")] == [None]
    # The next one is answered, in whatever channel.
    assert "2 years" in (await chat.mention(SURE, chat.world.thread)).text
