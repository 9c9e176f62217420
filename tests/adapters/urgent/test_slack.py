"""The safety card on Slack arrives, whatever Slack refuses; and counts as shown only if it did."""

import logging
from collections.abc import AsyncIterator

import pytest

from bot.app.app import App
from bot.commands.context import Services
from tests.adapters.slack.running import DANGER, watched
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("connected")]

CARD = "I'm a bot, not a hotline"
# docs.slack.dev/reference/methods/chat.postEphemeral
REFUSALS = (
    "restricted_action",
    "no_permission",
    "user_not_found",
    "cannot_reply_to_message",
    "missing_scope",
    "user_not_in_channel",
    "channel_not_found",
)


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_card_that_is_refused_in_the_channel_comes_as_a_direct_message(
    slack: SlackServer, kim: User, general: Channel, refusal: str
) -> None:
    slack.faults.refuse("chat.postEphemeral", refusal)
    card = await slack.mention(kim, general, DANGER).message()
    assert card.channel == slack.world.im(kim, slack.bot).id
    assert CARD in card.shown
    again = await slack.mention(kim, general, DANGER).message()
    assert again.ephemeral_to == kim.id
    assert CARD not in again.shown
    assert {"911", "1-888-373-7888", "988"} <= {word.strip(".") for word in again.shown.split()}


async def test_where_no_blocks_are_taken_the_whole_card_comes_as_text(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    slack.faults.refuse("chat.postEphemeral", "invalid_blocks")
    card = await slack.mention(kim, general, DANGER).message()
    assert (card.ephemeral_to, card.blocks) == (kim.id, ())
    assert CARD in card.text


async def test_where_the_card_is_refused_twice_the_numbers_come_as_a_direct_message(
    app: App, slack: SlackServer, kim: User, general: Channel
) -> None:
    slack.faults.refuse("chat.postEphemeral", "restricted_action")
    slack.faults.refuse("chat.postMessage", "restricted_action")
    numbers = await slack.mention(kim, general, DANGER).message()
    assert numbers.channel == slack.world.im(kim, slack.bot).id
    assert numbers.text == app.services.pack.safety.short


async def test_where_direct_messages_are_refused_the_numbers_come_in_the_channel_for_the_person_alone(
    app: App, slack: SlackServer, kim: User, general: Channel
) -> None:
    slack.faults.refuse("chat.postEphemeral", "restricted_action")
    slack.faults.refuse("chat.postMessage", "restricted_action", times=2)
    numbers = await slack.mention(kim, general, DANGER).message()
    assert (numbers.ephemeral_to, numbers.channel) == (kim.id, general.id)
    assert numbers.text == app.services.pack.safety.short


class TestWhatIsRefusedEverywhere:
    @pytest.fixture
    async def connected(self, slack: SlackServer, services: Services) -> AsyncIterator[None]:
        async with watched(services, slack) as self.watch:
            yield

    async def test_it_does_not_count_as_shown(
        self, slack: SlackServer, kim: User, general: Channel, caplog: pytest.LogCaptureFixture
    ) -> None:
        slack.faults.refuse("chat.postEphemeral", "restricted_action", times=2)
        slack.faults.refuse("chat.postMessage", "restricted_action", times=2)
        with caplog.at_level(logging.DEBUG):
            assert (await slack.mention(kim, general, DANGER).ack()).ok
            await self.watch.has_begun.wait()
            await self.watch.idle()
            card = await slack.mention(kim, general, DANGER).message()
        assert card.ephemeral_to == kim.id
        assert CARD in card.shown
        assert "Slack takes no urgent reply" in caplog.text
        assert "passport" not in caplog.text


async def test_a_card_that_a_response_url_does_not_take_comes_as_a_direct_message(
    slack: SlackServer, kim: User, general: Channel
) -> None:
    slack.faults.crash("response_url", status=404)
    card = await slack.slash(kim, general, "/ijm", DANGER).message()
    assert card.channel == slack.world.im(kim, slack.bot).id
    assert CARD in card.shown


async def test_a_direct_conversation_that_refuses_the_card_gets_the_numbers(
    app: App, slack: SlackServer, kim: User
) -> None:
    slack.faults.refuse("chat.postMessage", "restricted_action", times=2)
    numbers = await slack.dm(kim, DANGER).message()
    assert numbers.text == app.services.pack.safety.short
