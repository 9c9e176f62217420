"""The real program against a local Slack, set up by environment variables only."""

import asyncio
import os
import re
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation

from knowledge.store.sql.installations import slack_stores
from knowledge.store.sql.store import SqlStore
from tests.adapters.slack.running import LISTENING, SURE
from tests.program import bare_environment, spawned
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
# Starting takes a few seconds, and on a busy machine a few times as long.
START_SECONDS = 120
STOP_SECONDS = 60


def environment(slack: SlackServer, folder: Path, *names: str, **more: str) -> dict[str, str]:
    """The variables with these names, and nothing of the machine's own."""
    every = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app.app_token,
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "SLACK_CLIENT_ID": slack.app.client_id,
        "SLACK_CLIENT_SECRET": slack.app.client_secret,
    }
    return bare_environment() | {
        "DATABASE_URL": f"sqlite:///{folder / 'kept.sqlite3'}",
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": slack.web_api_url,
        "SLACK_HTTP_HOST": "127.0.0.1",
        **{name: every[name] for name in names},
        **more,
    }


@asynccontextmanager
async def program(folder: Path, variables: Mapping[str, str], *arguments: str) -> AsyncIterator[Process]:
    """`python -m bot run`, ended with SIGTERM; it has to end well."""
    process = await spawned(folder, variables, *arguments)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        said = (await asyncio.wait_for(process.communicate(), STOP_SECONDS))[1].decode()
        assert process.returncode == 0, said
        assert "Traceback" not in said
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def said_by(process: Process, words: re.Pattern[str]) -> re.Match[str]:
    """The place in the program's log where the words are."""
    assert process.stderr is not None
    said = ""
    async with asyncio.timeout(START_SECONDS):
        while line := (await process.stderr.readline()).decode():
            if found := words.search(line):
                return found
            said += line
    raise AssertionError(said)


async def ended(folder: Path, variables: Mapping[str, str], *arguments: str) -> str:
    """What the program complains of when it ends by itself, with exit code 1."""
    process = await spawned(folder, variables, *arguments)
    _, said = await asyncio.wait_for(process.communicate(), START_SECONDS)
    assert process.returncode == 1, said.decode()
    assert "Traceback" not in said.decode()
    return said.decode()


async def answers_all(slack: SlackServer, kim: User, general: Channel) -> None:
    """A command, a mention in a thread, a direct message, a button, the shortcut and the Home tab are answered."""
    command = await slack.slash(kim, general, "/ijm", SURE).message()
    assert command.ephemeral_to == kim.id
    asked = slack.mention(kim, general, SURE)
    answer = await asked.message()
    assert asked.said is not None
    assert answer.thread_ts == asked.said.ts
    assert "aftercare" in (await slack.dm(kim, SURE).message()).shown
    assert "APA" in (await slack.press(kim, answer, "cite:aftercare-duration apa 1").message()).shown
    assert "aftercare" in (await slack.message_shortcut(kim, asked.said, "answer").message()).shown
    assert "IJM answers" in (await slack.open_home(kim).view()).shown


async def test_socket_mode_needs_two_tokens_and_nothing_else(
    slack: SlackServer, kim: User, general: Channel, tmp_path: Path
) -> None:
    variables = environment(slack, tmp_path, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    async with program(tmp_path, variables):
        await slack.socket.opened.wait(timeout=START_SECONDS)
        await answers_all(slack, kim, general)


async def test_http_mode_needs_a_token_and_a_secret(
    slack: SlackServer, kim: User, general: Channel, tmp_path: Path
) -> None:
    variables = environment(slack, tmp_path, "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")
    async with program(tmp_path, variables, "--slack-http", "0") as process:
        said = await said_by(process, LISTENING)
        slack.serve_over_http(f"{said[1]}/slack/events")
        await answers_all(slack, kim, general)


async def test_a_platform_that_fails_leaves_the_other_one_running(
    slack: SlackServer, kim: User, general: Channel, tmp_path: Path
) -> None:
    # Bolt reads the settings for OAuth by itself, which must not disturb Socket Mode or leave files about.
    names = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
    async with DiscordServer() as discord:
        refused = {"DISCORD_TOKEN": "wrong", "DISCORD_API_URL": discord.api_url, "HOME": str(tmp_path)}
        async with program(tmp_path, environment(slack, tmp_path, *names, **refused)) as process:
            await said_by(process, re.compile("Discord refuses DISCORD_TOKEN.* The rest goes on"))
            await slack.socket.opened.wait(timeout=START_SECONDS)
            assert "aftercare" in (await slack.dm(kim, SURE).message()).shown
    # A start learns nothing, so there is only the database.
    assert {name.removesuffix("-wal").removesuffix("-shm") for name in os.listdir(tmp_path)} == {"kept.sqlite3"}


async def test_when_no_platform_is_left_all_that_failed_are_named(slack: SlackServer, tmp_path: Path) -> None:
    async with DiscordServer() as discord:
        refused = {"DISCORD_TOKEN": "wrong", "DISCORD_API_URL": discord.api_url, "SLACK_APP_TOKEN": "xapp-wrong"}
        said = await ended(tmp_path, environment(slack, tmp_path, "SLACK_BOT_TOKEN", **refused))
    assert "Discord refuses DISCORD_TOKEN" in said
    assert "Slack refuses SLACK_APP_TOKEN" in said


async def test_a_port_for_metrics_that_is_taken_is_told_in_a_sentence(slack: SlackServer, tmp_path: Path) -> None:
    taken = slack.base_url.rpartition(":")[2]
    variables = environment(slack, tmp_path, "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", IJM_HTTP_PORT=taken)
    said = await ended(tmp_path, variables)
    assert f"Cannot listen at 127.0.0.1, port {taken}, for metrics" in said
    assert "IJM_HTTP_PORT" in said
    assert "Warning" not in said


@pytest.mark.parametrize("keys", ["", Fernet.generate_key().decode()], ids=["missing", "another"])
async def test_without_the_right_key_for_its_tokens_it_ends_with_a_sentence(
    slack: SlackServer, tmp_path: Path, keys: str
) -> None:
    variables = environment(slack, tmp_path, "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
    store = SqlStore(variables["DATABASE_URL"])
    await store.migrate()
    installations, _ = await slack_stores(store.database, slack.app.client_id, 60, [Fernet.generate_key().decode()])
    await installations.async_save(Installation(app_id="A1", user_id="U1", team_id="T1", bot_token="xoxb-first"))
    await store.close()
    given = {"IJM_ENCRYPTION_KEYS": keys} if keys else {}
    said = await ended(tmp_path, variables | given, "--slack-http", "0")
    assert "Set IJM_ENCRYPTION_KEYS" in said
    assert "xoxb-first" not in said
