"""A person beyond their limit, on the wire: told so, and never shown a failure."""

from dataclasses import replace

import pytest

from bot.app.app import App
from bot.commands.context import Services
from bot.commands.limits import Rate, Rates
from tests.adapters.discord.running import SURE, Chat, served
from tests.adapters.slack.running import over_socket_mode
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

TOLD = "a lot at once"


@pytest.fixture
def limited(services: Services) -> App:
    return App(replace(services, rates=Rates(Rate(2, 3600))))


async def test_on_discord_a_command_or_press_is_answered_each_time_and_a_message_once(limited: App) -> None:
    async with DiscordServer() as server, served(limited, server):
        chat, channel = Chat(server), server.world.channel
        post = await chat.slash("ijm ask", {"question": SURE})
        await chat.slash("ijm outcomes")
        for _ in range(2):
            told = await chat.slash("ijm outcomes")
            assert TOLD in told.text
            assert told.ephemeral
        assert TOLD in (await chat.press(post, "Cite this")).text
        said = await server.say(server.world.member, channel, SURE, mentions=[server.world.bot])
        await chat.settled()
        assert server.posts(channel, after=said) == []
        assert "Polaris" in (await chat.slash("ijm referral")).text
        # Somebody else is not held back by it.
        assert "four" in (await chat.slash("ijm outcomes", user=server.world.owner)).text
        assert not server.violations
        assert not server.unexpected


async def test_on_slack_the_word_is_for_the_asker_alone(
    limited: App, slack: SlackServer, kim: User, general: Channel
) -> None:
    async with over_socket_mode(limited, slack):
        for _ in range(2):
            await slack.slash(kim, general, "/ijm", "outcomes").message()
        for _ in range(2):
            told = await slack.slash(kim, general, "/ijm", "outcomes").message()
            assert TOLD in told.shown
            assert told.ephemeral_to == kim.id
        assert "Polaris" in (await slack.slash(kim, general, "/ijm", "referral").message()).shown
