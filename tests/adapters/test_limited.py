"""A person beyond their limit, on the wire: told once, then passed over in silence, and never shown a failure."""

from dataclasses import replace

import pytest

from bot.app import App
from bot.context import Services
from bot.limits import Rate, Rates
from tests.adapters.discord_bot import SURE, Chat, served
from tests.adapters.slack_bot import over_socket_mode
from tests.servers.discord_server import DiscordServer
from tests.servers.slack_records import Did
from tests.servers.slack_server import SlackServer
from tests.servers.slack_values import Channel, User

TOLD = "a lot at once"


@pytest.fixture
def limited(services: Services) -> App:
    return App(replace(services, rates=Rates(Rate(2, 3600))))


async def test_on_discord_what_is_passed_over_is_acknowledged_and_leaves_nothing(limited: App) -> None:
    async with DiscordServer() as server, served(limited, server):
        chat, member, channel = Chat(server), server.world.member, server.world.channel
        post = await chat.slash("ijm ask", {"question": SURE})
        await chat.slash("ijm outcomes")
        told = await chat.slash("ijm outcomes")
        assert TOLD in told.text
        assert told.ephemeral
        silent = await server.slash(member, channel, "ijm outcomes")
        await silent.responded()
        await server.called("DELETE /webhooks/*")
        assert silent.original is None or silent.original.deleted
        pressed = await chat.pressed(post, "Cite this")
        await pressed.responded()
        await chat.settled()
        assert not post.deleted
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
        told = await slack.slash(kim, general, "/ijm", "outcomes").message()
        assert TOLD in told.shown
        assert told.ephemeral_to == kim.id
        before = len(slack.world.changes)
        await slack.slash(kim, general, "/ijm", "outcomes").ack()
        help_ = await slack.slash(kim, general, "/ijm", "referral").message()
        assert "Polaris" in help_.shown
        assert [change.did for change in slack.world.changes.since(before)] == [Did.WHISPERED]
