"""The real program as a process of its own: begun with nothing but environment variables, heard, ended."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bot.__main__ import KINDS
from bot.operating.serving import STOPPING
from tests.adapters.slack.running import LISTENING
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.server import SlackServer

ROOT = Path(__file__).parents[1]
# What the names of all settings begin with, those of each platform among them.
PREFIXES = tuple(str(kind.model_config["env_prefix"]) for kind in KINDS)
# A start builds the matching and the database; on a busy machine that takes its time.
START_SECONDS = 120
STOP_SECONDS = 60

# What a program says when a platform is served.
ON_SLACK = LISTENING
ON_DISCORD = re.compile("Ready on Discord")


class Program:
    """A process and what it has logged so far."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.log = ""
        self._grown = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def said(self, words: str | re.Pattern[str], seconds: float = START_SECONDS) -> re.Match[str]:
        """The place in its log where the words are, as soon as they are. Raises AssertionError if it ends before."""
        async with asyncio.timeout(seconds):
            while (found := re.search(words, self.log)) is None:
                assert not self._reading.done(), f"it ended and did not say {words!r}:\n{self.log}"
                await self._grown.wait()
        return found

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await self.ended()

    async def ended(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit status, as soon as it has ended by itself."""
        async with asyncio.timeout(seconds):
            await self._reading
            return await self.process.wait()

    async def _read(self) -> None:
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.log += line.decode()
            self._grown.set()
            self._grown = asyncio.Event()
        self._grown.set()


async def spawned(folder: Path, variables: Mapping[str, str], *arguments: str, code: str | None = None) -> Process:
    """`python -m bot run` in a folder, or what `code` says instead, with both of its outputs to be read."""
    begun = ("-m", "bot", "run") if code is None else ("-c", code)
    command = (sys.executable, *begun, *arguments)
    return await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=variables, stdout=PIPE, stderr=PIPE, preexec_fn=_heed_signals
    )


def _heed_signals() -> None:
    """A shell has what it runs in the background ignore SIGINT, and `nohup` SIGHUP; the program leaves that so."""
    for each in STOPPING:
        signal.signal(each, signal.SIG_DFL)


@asynccontextmanager
async def begun(
    folder: Path, variables: Mapping[str, str], *arguments: str, before: Callable[[], None] | None = None
) -> AsyncIterator[Program]:
    """`ijm-bot run` in a folder; `before` is done in the new process first. What still runs at the end is killed."""
    command = (sys.executable, "-m", "bot", "run", *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=variables, stdout=asyncio.subprocess.DEVNULL, stderr=PIPE, preexec_fn=before
    )
    program = Program(process)
    try:
        yield program
    finally:
        await program.end(signal.SIGKILL)


def bare_environment() -> dict[str, str]:
    """This process's environment, without any setting of the bot."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIXES)}


def environment(database_url: str, **more: str) -> dict[str, str]:
    """This process's environment without any setting of the bot, and what an operator sets."""
    # A few people ask for a crowd here.
    unlimited = {"IJM_PERSON_LIMIT": "off", "IJM_COMMUNITY_LIMIT": "off"}
    return bare_environment() | unlimited | {"PYTHONPATH": str(ROOT), "DATABASE_URL": database_url, **more}


def on_slack(slack: SlackServer) -> dict[str, str]:
    """What an operator sets to serve a local Slack over HTTP."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "SLACK_API_URL": slack.web_api_url,
        "SLACK_HTTP_HOST": "127.0.0.1",
    }


def on_discord(discord: DiscordServer) -> dict[str, str]:
    """What an operator sets to serve a local Discord."""
    return {
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
    }


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
