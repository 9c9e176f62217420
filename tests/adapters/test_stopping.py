"""A process that is told to stop: what it took it answers, and what it does not take it leaves to others."""

import asyncio
import re
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app.app import App
from tests.adapters.discord.running import CALLBACK, MESSAGES, ORIGINAL, SURE, serving
from tests.adapters.slack.connection.test_process import environment, said_by
from tests.adapters.slack.running import LISTENING, over_socket_mode
from tests.program import bare_environment, spawned
from tests.servers.discord.faults import held
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.records import Did
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

START_SECONDS = 120
STOP_SECONDS = 60
# As many as a busy moment brings.
CROWD = 12
FINISHING = re.compile("Finishing [0-9]+ answers")
# The program, but that it never gives up waiting for what is under way.
PATIENT = "from adapters.shared import work; work.GRACE_SECONDS = 3600; from bot.__main__ import cli; cli(['run'])"


@asynccontextmanager
async def program(
    folder: Path, variables: Mapping[str, str], *arguments: str, code: str | None = None
) -> AsyncIterator[Process]:
    """`python -m bot run`, or what `code` says instead; killed at the end if it has not ended."""
    process = await spawned(folder, variables, *arguments, code=code)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def finishing(process: Process, by: signal.Signals) -> None:
    """Tell a process to stop, and return when it says that it finishes what is under way."""
    process.send_signal(by)
    await said_by(process, FINISHING)


async def ended(process: Process) -> str:
    """What a process that was told to stop still logs; it has to end well."""
    _, said = await asyncio.wait_for(process.communicate(), STOP_SECONDS)
    assert process.returncode == 0, said.decode()
    assert "Traceback" not in said.decode()
    return said.decode()


def answered(slack: SlackServer) -> int:
    """How many messages the bot has posted."""
    return len(slack.world.changes.since(where=lambda change: change.did is Did.POSTED))


def on_discord(server: DiscordServer, folder: Path) -> dict[str, str]:
    return bare_environment() | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url,
        "DATABASE_URL": f"sqlite:///{folder / 'store.sqlite3'}",
    }


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_on_discord_every_answer_that_is_under_way_is_given(tmp_path: Path, by: signal.Signals) -> None:
    async with DiscordServer() as server:
        world = server.world
        async with program(tmp_path, on_discord(server, tmp_path)) as process:
            await server.gateway.identified(seconds=START_SECONDS)
            told = asyncio.Event()
            server.fail(CALLBACK, held(told), times=CROWD)
            server.fail(MESSAGES, held(told))
            used = [await server.slash(world.member, world.channel, "ijm outcomes") for _ in range(CROWD)]
            said = await server.say(world.member, world.channel, SURE, mentions=[world.bot])
            await server.gateway.delivered()
            await finishing(process, by)
            told.set()
            log = await ended(process)
        assert log.rstrip().endswith("Stopped.")
        for each in used:
            assert "four" in (await each.answered()).text
        assert server.posts(world.channel, after=said)
        assert server.gateway.live == []


async def test_told_twice_it_does_not_wait(tmp_path: Path) -> None:
    async with DiscordServer() as server, program(tmp_path, on_discord(server, tmp_path), code=PATIENT) as process:
        await server.gateway.identified(seconds=START_SECONDS)
        server.fail(CALLBACK, held(asyncio.Event()))
        await server.slash(server.world.member, server.world.channel, "ijm outcomes")
        await server.gateway.delivered()
        await finishing(process, signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        await ended(process)


@pytest.mark.parametrize("mode", ["socket mode", "http"])
async def test_on_slack_everything_that_was_acknowledged_is_answered(
    slack: SlackServer, kim: User, general: Channel, tmp_path: Path, mode: str
) -> None:
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
    arguments = () if mode == "socket mode" else ("--slack-http", "0")
    async with program(tmp_path, environment(slack, tmp_path, *names), *arguments) as process:
        if mode == "http":
            slack.serve_over_http(f"{(await said_by(process, LISTENING))[1]}/slack/events")
        else:
            await slack.socket.opened.wait(timeout=START_SECONDS)
        told = asyncio.Event()
        slack.faults.hold("chat.postMessage", told, times=CROWD)
        asked = [slack.dm(kim, SURE) for _ in range(CROWD)]
        await asyncio.gather(*(each.ack() for each in asked))
        await finishing(process, signal.SIGTERM)
        told.set()
        await ended(process)
    assert answered(slack) == CROWD


async def test_of_what_slack_has_sent_already_all_that_is_acknowledged_is_answered(
    app: App, slack: SlackServer, kim: User
) -> None:
    async with over_socket_mode(app, slack) as task:
        asked = [slack.dm(kim, SURE) for _ in range(CROWD)]
        await asked[0].ack()
        task.cancel()
        await asyncio.wait({task}, timeout=STOP_SECONDS)
    acked = [each for each in asked if any(attempt.ack for attempt in each.attempts)]
    assert acked
    assert answered(slack) == len(acked)


async def test_on_discord_nothing_new_is_taken_while_it_finishes(app: App) -> None:
    async with DiscordServer() as server, serving(app, server) as task:
        await server.gateway.identified()
        told = asyncio.Event()
        server.fail(CALLBACK, held(told))
        first = await server.slash(server.world.member, server.world.channel, "ijm outcomes")
        await server.gateway.delivered()
        task.cancel()
        await server.changes.until(lambda: not server.gateway.live, "goodbye")
        assert not task.done()
        told.set()
        assert "four" in (await first.answered()).text
        await asyncio.wait({task}, timeout=STOP_SECONDS)
        assert task.cancelled()
    assert server.calls_to(ORIGINAL) == []
