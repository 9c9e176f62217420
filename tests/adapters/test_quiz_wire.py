"""A round of the quiz on the real SDKs: a question for all, an answer to each alone, and the next question."""

import pytest

from bot.app.app import App
from knowledge.quiz.rounds import Asked, question
from tests.adapters.discord.running import Chat, labels, served
from tests.adapters.slack.running import label_of
from tests.servers.discord.posts import Post
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Overwrite, Permission
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, Message, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow


def question_of(app: App, button_id: str) -> Asked:
    """The question that a button belongs to."""
    _, key, _, session, *_ = button_id.removeprefix("quizpick:").split(" ")
    found = question(app.services.pack, session, key)
    assert found is not None
    return found


async def edited(server: DiscordServer, post: Post) -> Post:
    """A message, as soon as it was changed."""
    return await server.changes.until(lambda: post if len(post.versions) > 1 else None, "change of a message")


async def edited_on_slack(slack: SlackServer, message: Message) -> Message:
    """The same on Slack."""
    (change,) = await slack.world.changes.wait(
        where=lambda one: one.did is Did.UPDATED and one.message is not None and one.message.ts == message.ts
    )
    assert change.message is not None
    return change.message


async def test_a_round_on_discord(app: App) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        async with served(app, server):
            asked = await chat.slash("ijm quiz", {"topic": "results"})
            assert not asked.ephemeral
            question = question_of(app, asked.custom_id(labels(asked)[0]))
            assert question.text.question in asked.text.replace("\\", "")
            assert labels(asked)[len(question.options) :] == ["Next question", "Delete"]
            right = await chat.press(asked, question.text.right)
            assert right.ephemeral
            assert "Right" in right.text
            wrong_one = next(label for label in question.options if label != question.text.right)
            wrong = await chat.press(asked, wrong_one, chat.world.owner)
            assert wrong.viewer_id == chat.world.owner.id
            assert "Not quite" in wrong.text
            assert "2012" in wrong.text
            following = await chat.press(asked, "Next question", chat.world.owner)
            assert not following.ephemeral
            over = await edited(server, asked)
            assert f"✓ {question.text.right}** (1 chose it)" in over.text.replace("\\", "")
            assert over.buttons == []
            assert "question 2 of" in following.text
            assert "Right so far: A member 1" in following.text
            assert following.pings == set()
        assert not server.violations
        assert not server.unexpected


async def test_a_question_without_embeds_on_discord_is_closed_in_plain_text(app: App) -> None:
    async with DiscordServer() as server:
        everyone = server.world.guild.id
        server.world.restrict(server.world.channel, Overwrite(everyone, deny=int(Permission.EMBED_LINKS)))
        chat = Chat(server)
        async with served(app, server):
            asked = await chat.mention("quiz me")
            assert not asked.json["embeds"]
            await chat.pressed(asked, "Next question")
            over = await edited(server, asked)
        assert "closed" in over.content
        assert not over.json["embeds"]
        assert over.buttons == []


async def test_one_plays_alone_on_discord_in_a_direct_conversation(app: App) -> None:
    async with DiscordServer() as server:
        chat = Chat(server)
        async with served(app, server):
            asked = await chat.slash("ijm quiz", channel=chat.world.dm)
            question = question_of(app, asked.custom_id(labels(asked)[0]))
            told = await chat.press(asked, question.text.right)
            assert "You have 1 of 1 right." in told.text
            assert "question 2 of" in (await chat.press(told, "Next question")).text
        assert not server.violations


def picks(message: Message) -> list[str]:
    return [
        str(element["action_id"])
        for block in message.blocks
        for element in block.get("elements", ())
        if str(element.get("action_id", "")).startswith("quizpick:")
    ]


@pytest.mark.usefixtures("bot")
async def test_a_round_on_slack_in_a_thread(
    app: App, slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    parent = slack.say(ada, general, "Who knows something about IJM?").said
    assert parent is not None
    asked = await slack.mention(kim, general, "quiz", thread_ts=parent.ts).message()
    assert (asked.ephemeral_to, asked.thread_ts) == (None, parent.ts)
    question = question_of(app, picks(asked)[0])
    right = await slack.press(kim, asked, label_of(asked, question.text.right)).message()
    assert (right.ephemeral_to, right.thread_ts) == (kim.id, parent.ts)
    assert "You have 1 of 1 right." in right.shown
    wrong_one = next(option for option in question.options if option != question.text.right)
    wrong = await slack.press(ada, asked, label_of(asked, wrong_one)).message()
    assert wrong.ephemeral_to == ada.id
    assert "Not quite" in wrong.shown
    following = await slack.press(ada, asked, label_of(asked, "Next question")).message()
    assert (following.ephemeral_to, following.thread_ts) == (None, parent.ts)
    assert "question 2 of" in following.shown
    assert "Right so far: kim 1" in following.shown
    over = await edited_on_slack(slack, asked)
    assert f"✓ {question.text.right}* (1 chose it)" in over.shown.replace("\u200b", "")
    assert over.thread_ts == parent.ts
    assert over.elements == ()


@pytest.mark.usefixtures("connected")
async def test_two_who_ask_for_the_next_question_on_slack_get_one(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    asked = await slack.mention(kim, general, "quiz").message()
    pressed = [slack.press(who, asked, label_of(asked, "Next question")) for who in (kim, ada)]
    for each in pressed:
        assert (await each.ack()).ok
    (late,) = await slack.world.changes.wait(
        where=lambda one: one.message is not None and "already" in one.message.shown
    )
    assert late.message is not None
    assert late.message.ephemeral_to in {kim.id, ada.id}
    await edited_on_slack(slack, asked)
    assert sum("question 2 of" in message.shown for message in slack.world.said_in(general)) == 1


@pytest.mark.usefixtures("connected")
async def test_one_plays_alone_on_slack_until_one_starts_a_quiz_for_all(
    app: App, slack: SlackServer, kim: User, general: Channel
) -> None:
    asked = await slack.slash(kim, general, "/ijm", "quiz results").message()
    assert asked.ephemeral_to == kim.id
    question = question_of(app, picks(asked)[0])
    told = await slack.press(kim, asked, label_of(asked, question.text.right)).message()
    assert "You have 1 of 1 right." in told.shown
    following = await slack.press(kim, told, label_of(told, "Next question")).message()
    assert following.ephemeral_to == kim.id
    opened = await slack.press(kim, following, label_of(following, "Start one for everyone here")).message()
    assert opened.ephemeral_to is None
    assert "Everybody here can answer" in opened.shown
    at_once = await slack.slash(kim, general, "/ijm", "share quiz").message()
    assert at_once.ephemeral_to is None
    assert "Shared by kim" in at_once.shown
    direct = await slack.dm(kim, "quiz").message()
    assert "question 1 of" in direct.shown
