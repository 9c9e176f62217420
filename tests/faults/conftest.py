"""What the fault tests share: a PostgreSQL that can be stopped, a local Slack and a local Discord with people in them."""

from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest

from tests.adapters.conftest import ada, general, kim, slack
from tests.servers.discord.server import DiscordServer
from tests.servers.postgres import Interruptible, interruptible_postgres

__all__ = ["ada", "general", "kim", "slack"]

_numbers = count(1)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Interruptible]:
    """A server that keeps what it acknowledged."""
    with interruptible_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Interruptible) -> str:
    """An empty database."""
    return postgres.server.create_database(f"fault {next(_numbers)}")


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server
        assert server.unexpected == []
