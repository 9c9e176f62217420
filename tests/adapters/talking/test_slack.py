"""Talk on Slack: reactions, and mentions in the threads of the bot's messages and of other people's."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.slack.commands import scopes
from bot.app.app import App
from bot.commands.context import Services
from bot.commands.turns import Turns
from tests.adapters.slack.running import DANGER, SURE, over_socket_mode, watched
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, Message, User
from tests.servers.slack.server import SlackServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("connected")]

TITLE = "How long do aftercare programs last?"
CEBU = "what happened in cebu?"
NO_TEXT = "I see no text in the message above."


def ts_of(said: Message | None) -> str:
    """When something was said, which is its id."""
    assert said is not None
    return said.ts


@pytest.mark.parametrize("words", ["lol", "😂", ":joy:", ":+1::skin-tone-3:"])
async def test_what_needs_no_words_gets_a_reaction_and_no_message(
    slack: SlackServer, kim: User, general: Channel, words: str
) -> None:
    said = slack.mention(kim, general, words)
    (change,) = await said.changes()
    assert (change.did, change.reaction, change.message) == (Did.REACTED, "+1", said.said)


class TestARefusedReaction:
    @pytest.fixture
    async def connected(self, slack: SlackServer, services: Services) -> AsyncIterator[None]:
        async with watched(services, slack) as self.watch:
            yield

    @pytest.mark.parametrize("word", ["missing_scope", "not_reactable"])
    async def test_it_is_one_line_in_the_log_and_nothing_else(
        self, slack: SlackServer, kim: User, caplog: pytest.LogCaptureFixture, word: str
    ) -> None:
        caplog.set_level("INFO", "adapters.slack")
        slack.faults.refuse("reactions.add", word)
        await slack.dm(kim, "lol").ack()
        await self.watch.idle()
        assert [line for line in caplog.messages if "reaction" in line] == [f"Slack took no reaction: {word}"]
        assert slack.calls("chat.postMessage") == ()


async def test_a_mention_in_a_thread_goes_on_from_the_bots_answer_whoever_asked(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    asked = slack.mention(kim, general, SURE)
    await asked.message()
    await slack.mention(ada, general, CEBU).message()
    cited = await slack.mention(ada, general, "source?", thread_ts=ts_of(asked.said)).message()
    assert TITLE in cited.shown


async def test_a_mention_beside_the_thread_of_the_answer_goes_on_from_it(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    await slack.mention(kim, general, CEBU).message()
    assert "bonded slavery" in (await slack.mention(kim, general, "and in india?").message()).shown
    await slack.mention(kim, general, "you stupid bot").message()
    again = slack.mention(kim, general, "dumb bot")
    await again.ack()
    assert "What has changed in India" in (await slack.mention(kim, general, "source?").message()).shown


async def test_a_mention_without_words_answers_the_message_that_began_the_thread(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    said = slack.say(ada, general, SURE).said
    answer = await slack.mention(kim, general, "", thread_ts=ts_of(said)).message()
    assert "2 years" in answer.shown
    assert answer.thread_ts == ts_of(said)


async def test_a_message_without_text_is_said_so(slack: SlackServer, kim: User, ada: User, general: Channel) -> None:
    said = slack.say(ada, general, "<https://example.org/picture.png>").said
    answer = await slack.mention(kim, general, "", thread_ts=ts_of(said)).message()
    assert NO_TEXT in answer.shown
    assert answer.ephemeral_to == kim.id


async def test_somebody_elses_danger_gets_the_card_for_who_asks_and_nothing_is_kept(
    slack: SlackServer, kim: User, ada: User, general: Channel, services: Services
) -> None:
    said = slack.say(ada, general, DANGER).said
    card = await slack.mention(kim, general, "", thread_ts=ts_of(said)).message()
    assert "911" in card.shown
    assert card.ephemeral_to == kim.id
    assert await services.store.misses(f"slack:{slack.team.id}") == ()


async def test_answer_from_ijm_on_a_message_without_text_says_so(
    slack: SlackServer, kim: User, ada: User, general: Channel
) -> None:
    said = slack.say(ada, general, "").said
    assert said is not None
    answer = await slack.message_shortcut(kim, said, "answer").message()
    assert answer.shown == "There is no text in that message for me to answer."
    assert answer.ephemeral_to == kim.id


class TestAfterARestart:
    """A bot that remembers nothing."""

    @pytest.fixture
    async def connected(
        self, slack: SlackServer, kim: User, general: Channel, services: Services
    ) -> AsyncIterator[App]:
        async with over_socket_mode(App(services), slack):
            self.asked = slack.mention(kim, general, SURE)
            await self.asked.message()
            await slack.mention(kim, general, CEBU).message()
        made = App(replace(services, turns=Turns()))
        async with over_socket_mode(made, slack):
            yield made

    async def test_a_mention_in_a_thread_goes_on_from_the_answer_there(
        self, slack: SlackServer, kim: User, general: Channel
    ) -> None:
        cited = await slack.mention(kim, general, "source?", thread_ts=ts_of(self.asked.said)).message()
        assert TITLE in cited.shown


class TestWithoutTheScopesForChannels:
    """The bot that `ijm-bot manifest slack` installs reads no channel."""

    @pytest.fixture
    async def connected(self, app: App, slack: SlackServer) -> AsyncIterator[App]:
        token = slack.world.install(slack.team, scopes())
        async with over_socket_mode(app, slack, bot_token=token):
            yield app

    async def test_a_thread_goes_on_from_what_is_remembered(
        self, slack: SlackServer, kim: User, general: Channel
    ) -> None:
        asked = slack.mention(kim, general, SURE)
        await asked.message()
        cited = await slack.mention(kim, general, "source?", thread_ts=ts_of(asked.said)).message()
        assert TITLE in cited.shown
        assert slack.calls("conversations.replies") == ()

    async def test_a_mention_without_words_in_a_thread_says_what_else_to_do(
        self, slack: SlackServer, kim: User, ada: User, general: Channel
    ) -> None:
        said = slack.say(ada, general, SURE).said
        answer = await slack.mention(kim, general, "", thread_ts=ts_of(said)).message()
        assert NO_TEXT in answer.shown
        assert "“Answer from IJM”" in answer.shown
