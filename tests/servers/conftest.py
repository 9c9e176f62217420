"""What the tests of the local Slack share; a file with another kind of Slack brings its own `slack`."""

from collections.abc import AsyncIterator

import pytest

from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(retry_delays=(0.0, 0.0)) as server:
        yield server
        assert server.unexpected == ()


@pytest.fixture
def member(slack: SlackServer) -> User:
    return slack.world.add_user(slack.team, "member")


@pytest.fixture
def general(slack: SlackServer, member: User) -> Channel:
    return slack.world.add_channel(slack.team, "general", member)
