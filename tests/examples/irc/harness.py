"""IRC for the tests of the contract."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from adapters.shared.plain_text import lines_of, numbered
from bot.app.app import App
from bot.chat.replies import Reply
from bot.operating.adapter import Serving
from examples.irc.app import BYTES_LIMIT, LINES_LIMIT, serve
from examples.irc.events import IRC
from examples.irc.settings import IrcSettings
from tests.adapters.contract.harness import Harness, Watch, Who
from tests.examples.irc.server import IrcServer

CHANNEL, KIM = "#chapter", "kim"


def shown(reply: Reply) -> str:
    """The lines of a reply."""
    return "\n".join(lines_of(numbered(reply), BYTES_LIMIT, LINES_LIMIT))


def settings(server: IrcServer, **more: Any) -> IrcSettings:
    """What an operator would set for a local server."""
    given = {"server": "127.0.0.1", "port": server.port, "tls": False, "channels": CHANNEL, "pace": 0}
    return IrcSettings(_env_file=None, **(given | more))


async def no_stores(_client_id: str, _seconds: int) -> tuple[Any, Any]:
    """IRC has no installations."""
    raise NotImplementedError


@asynccontextmanager
async def served(app: App, server: IrcServer, **more: Any) -> AsyncIterator["asyncio.Task[None]"]:
    """The bot on a local server, in its channel."""
    serving = serve(app, settings(server, **more), Serving(passive=False, oauth_stores=no_stores, connect=""))
    task = asyncio.create_task(serving)
    try:
        await server.until_joined(CHANNEL)
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


class IrcStage:
    """A network, with a channel."""

    community = channel = f"irc:{CHANNEL}"

    def __init__(self, server: IrcServer, task: "asyncio.Task[None]", watch: Watch) -> None:
        self.server, self.task, self._watch = server, task, watch
        self.named: Mapping[str, str] = {"channel": CHANNEL, "person": "@ada"}

    async def say(self, text: str, who: Who = Who.MEMBER, *, twice: bool = False) -> None:
        """A line that begins with the bot's name."""
        nick = {Who.MEMBER: KIM, Who.THE_BOT: self.server.nick, Who.ANOTHER_BOT: "parrot"}[who]
        tags = "bot" if who is Who.ANOTHER_BOT else ""
        self.server.say(nick, CHANNEL, f"{self.server.nick}: {text}", tags=tags, twice=twice)

    async def command(self, head: str, name: str, **given: str) -> None:
        """A line that begins with the sign."""
        line = " ".join([f"!{head}", name, *(f"{option}:{value}" for option, value in given.items())])
        self.server.say(KIM, CHANNEL, line)

    async def press(self, label: str) -> None:
        """The number of the choice, where it was last offered."""
        target, line = next((to, line) for to, line in reversed(self.server.said) if line.endswith(f". {label}"))
        to = self.server.nick if target == KIM else CHANNEL
        self.server.say(KIM, to, f"{self.server.nick}: {line.split('.')[0].strip()}")

    async def settle(self) -> None:
        """Until all is read, nothing is under way, and what was said has arrived."""
        await self.server.read()
        await self._watch.idle()
        await self.server.read()

    def seen_by_all(self) -> list[str]:
        """What was said in the channel."""
        return [line for target, line in self.server.said if target == CHANNEL]

    def seen_by_member(self) -> list[str]:
        """What was said to the member."""
        return [line for target, line in self.server.said if target == KIM]

    async def remove(self) -> None:
        """Kicked."""
        self.server.kick(CHANNEL)

    async def add(self) -> None:
        """In the channel again."""
        self.server.send(f":{self.server.nick}!u@h JOIN {CHANNEL}")

    def stop(self) -> None:
        """As SIGTERM does."""
        self.task.cancel()


@asynccontextmanager
async def _stage(app: App, watch: Watch) -> AsyncIterator[IrcStage]:
    async with IrcServer() as server, served(app, server) as task:
        yield IrcStage(server, task, watch)


HARNESS = Harness(IRC, {"irc": shown}, _stage, {})
