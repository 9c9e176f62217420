"""What the tests of the adapters share: a local Slack with a member, an admin and a channel, and the bot in it."""

from collections.abc import AsyncIterator

import pytest

from bot.app.app import App
from tests.adapters.slack.running import over_http, over_socket_mode
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(retry_delays=(0.0, 0.0)) as server:
        yield server
        assert server.unexpected == ()


@pytest.fixture
def kim(slack: SlackServer) -> User:
    return slack.world.add_user(slack.team, "kim")


@pytest.fixture
def ada(slack: SlackServer) -> User:
    return slack.world.add_user(slack.team, "ada", is_admin=True)


@pytest.fixture
def general(slack: SlackServer, kim: User, ada: User) -> Channel:
    return slack.world.add_channel(slack.team, "general", kim, ada)


@pytest.fixture(params=["socket mode", "http"])
async def bot(
    request: pytest.FixtureRequest, app: App, slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[App]:
    """The bot, connected in one way and then in the other."""
    if request.param == "http":
        async with over_http(app, slack, caplog):
            yield app
    else:
        async with over_socket_mode(app, slack):
            yield app


@pytest.fixture
async def connected(app: App, slack: SlackServer) -> AsyncIterator[App]:
    """The bot, over Socket Mode: for what does not depend on the transport."""
    async with over_socket_mode(app, slack):
        yield app
