"""People on both platforms who ask and suggest without a pause, and what each of them was told."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.app.app import AWAY
from bot.chat.markup import parse_line, plain
from knowledge.pack.redaction import redacted
from tests.adapters.slack.running import SURE
from tests.servers.discord.gateway.sessions import Session
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.server import DiscordServer
from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.records import Change
from tests.servers.slack.rules.values import Channel, User
from tests.servers.slack.server import SlackServer

# The sentence as a person reads it, without the marks around the command in it.
AWAY_WORDS = plain(parse_line(AWAY)).partition(".")[0]
KEPT_WORDS = "I kept this for the moderators"
ANSWER_WORDS = "2 years"
CROWD = 4

_Answer = TypeVar("_Answer")


@dataclass
class Told:
    """What people were told: `kept` are suggestions that were acknowledged, `strange` is what should not be said.

    `silent` were acknowledged by the bot and got no answer; `failed` were told by their platform that it failed. `cut`
    had been told to wait (Discord's "thinking", Slack's acknowledgement) when the process was killed.
    """

    answered: int = 0
    away: int = 0
    failed: int = 0
    cut: int = 0
    kept: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._heard = asyncio.Event()

    def hear(self, said: str, suggested: str = "") -> None:
        """What a person reads."""
        if AWAY_WORDS in said:
            self.away += 1
        elif KEPT_WORDS in said and suggested:
            self.kept.append(redacted(suggested))
        elif ANSWER_WORDS in said and not suggested:
            self.answered += 1
        else:
            self.strange.append(said)
        self._heard.set()
        self._heard = asyncio.Event()

    async def until(self, answered: int = 0, away: int = 0) -> None:
        """Return when so many more were answered (or their suggestions kept), and so many more told that it is away."""
        wanted = self.answered + len(self.kept) + answered, self.away + away
        async with asyncio.timeout(WAIT_SECONDS):
            while self.answered + len(self.kept) < wanted[0] or self.away < wanted[1]:
                await self._heard.wait()


class Crowd:
    """Whoever talks to the bot; `stop` lets everybody come to the end of what they began."""

    def __init__(self) -> None:
        self.told = Told()
        self._stopped = False
        self._people: list[asyncio.Task[None]] = []
        self._gone: set[Session] = set()
        self._killed = asyncio.Event()

    def on_slack(self, slack: SlackServer) -> None:
        """People who use slash commands in a channel."""
        self._people += [asyncio.create_task(self._on_slack(slack, number)) for number in range(CROWD)]

    def on_discord(self, discord: DiscordServer) -> None:
        """The same there."""
        self._people += [asyncio.create_task(self._on_discord(discord, number)) for number in range(CROWD)]

    def ended(self, discord: DiscordServer) -> None:
        """The process is gone, and responds to nothing that it had not responded to."""
        self._gone.update(discord.gateway.sessions)
        discord.changes.happened()

    def killed(self, discord: DiscordServer) -> None:
        """The same, and it ended without answering whom it had told to wait."""
        self.ended(discord)
        self._killed.set()
        self._killed = asyncio.Event()

    async def stop(self) -> Told:
        """What everybody was told, after the last has been."""
        self._stopped = True
        await asyncio.gather(*self._people)
        return self.told

    async def _on_slack(self, slack: SlackServer, person: int) -> None:
        number = 0
        user, channel = _newcomer(slack, f"person {person}")
        while not self._stopped:
            number += 1
            suggested = f"How many chapters are in the town of {user.name} {number}?" if number % 2 else ""
            start, killed = len(slack.world.changes), self._killed
            asked = slack.slash(user, channel, "/ijm", f"suggest {suggested}" if suggested else SURE)
            (attempt,) = await asked.attempts.wait(timeout=WAIT_SECONDS)
            if attempt.ack is None or not attempt.ack.ok:
                self.told.failed += 1
                await asyncio.sleep(0.02)
                # The bot may answer yet, and nothing in an ephemeral message says which command it is about.
                user, channel = _newcomer(slack, f"person {person} after {number}")
                continue

            def told(change: Change, user: User = user) -> bool:
                return change.message is not None and change.message.ephemeral_to == user.id

            waiting = slack.world.changes.wait(start=start, where=told, timeout=WAIT_SECONDS)
            changes = await self._answer(waiting, killed, suggested or SURE)
            if changes is None:
                user, channel = _newcomer(slack, f"person {person} after {number}")
                continue
            assert changes[0].message is not None
            self.told.hear(changes[0].message.shown, suggested)

    async def _on_discord(self, discord: DiscordServer, person: int) -> None:
        number = 0
        while not self._stopped:
            number += 1
            suggested = f"How many chapters are in the city of person {person}, {number}?" if number % 2 else ""
            path, given = ("ijm suggest", suggested) if suggested else ("ijm ask", SURE)
            killed = self._killed
            session = discord.gateway.session(discord.world.guild.id)
            if session is None or not (used := await self._responded(discord, session, path, given)):
                # "The application did not respond."
                self.told.failed += 1
                await asyncio.sleep(0.02)
                continue
            post = await self._answer(used.answered(WAIT_SECONDS), killed, given)
            if post is not None:
                self.told.hear(post.text, suggested)

    async def _answer(self, waiting: Coroutine[Any, Any, _Answer], killed: asyncio.Event, given: str) -> _Answer | None:
        """What somebody is answered whom the bot told to wait; None if it gives no answer."""
        answered, ended = asyncio.create_task(waiting), asyncio.create_task(killed.wait())
        try:
            await asyncio.wait({answered, ended}, return_when=asyncio.FIRST_COMPLETED)
            if answered.done():
                return await answered
            self.told.cut += 1
        except AssertionError:
            self.told.silent.append(given)
        finally:
            answered.cancel()
            ended.cancel()
        return None

    async def _responded(self, discord: DiscordServer, session: Session, path: str, given: str) -> Interaction | None:
        """A command that the bot responded to; None if it has gone without that."""
        used = await discord.slash(discord.world.member, discord.world.channel, path, {"question": given})
        await discord.changes.until(lambda: used.response or session in self._gone, "response")
        return used if used.response else None


def _newcomer(slack: SlackServer, name: str) -> tuple[User, Channel]:
    user = slack.world.add_user(slack.team, name)
    return user, slack.world.add_channel(slack.team, f"with {name}", user)


@asynccontextmanager
async def crowd() -> AsyncIterator[Crowd]:
    """A crowd that is gone at the end."""
    gathered = Crowd()
    try:
        yield gathered
    finally:
        gathered._stopped = True
        for person in gathered._people:
            person.cancel()
        await asyncio.gather(*gathered._people, return_exceptions=True)
