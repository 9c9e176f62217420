"""The talks of `talks.yaml` on the terminal, on Discord, and on Slack: the same kinds of replies everywhere."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pytest
import yaml

from adapters.shared.plain_text import numbered
from bot.app.app import App
from bot.commands.context import Services
from tests.adapters.console.harness import ConsoleStage
from tests.adapters.contract.harness import Watch
from tests.adapters.discord.running import Chat, chatting, labels
from tests.adapters.slack.running import over_socket_mode
from tests.servers.slack.records import Did
from tests.servers.slack.server import SlackServer

pytestmark = pytest.mark.slow

TALKS = yaml.safe_load((Path(__file__).parent / "talks.yaml").read_text(encoding="utf-8"))
CITED, UNKNOWN, COVERED = "Cite this", "I don't know that", "Show privately"


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody sees after a line: the reply with its buttons, and the emoji at their message."""

    text: str = ""
    reaction: str = ""


class Person(Protocol):
    """Somebody who talks with the bot, in a place of a community."""

    community: str
    reacts: bool

    async def say(self, line: str, *, answered: bool) -> Shown:
        """Say a line to the bot; `answered` says that something has to come of it."""


class AtTheTerminal:
    """Whoever has the terminal."""

    reacts = False

    def __init__(self, stage: ConsoleStage) -> None:
        self.community, self._stage = stage.community, stage

    async def say(self, line: str, *, answered: bool) -> Shown:
        """Type it."""
        await self._stage.settle()
        before = len(self._stage.screen.shown)
        await self._stage.say(line)
        await self._stage.settle()
        return Shown("\n".join(numbered(each) for each in self._stage.screen.shown[before:]))


class OnDiscord:
    """A member, who mentions the bot in a channel."""

    reacts = True

    def __init__(self, chat: Chat) -> None:
        self.community, self._chat = f"discord:guild/{chat.world.guild.id}", chat

    async def say(self, line: str, *, answered: bool) -> Shown:
        """Mention it; what is private is looked at behind its button."""
        world, server = self._chat.world, self._chat.server
        said = await server.say(world.member, world.channel, line, mentions=[world.bot])
        await self._chat.settled()
        posts = server.posts(world.channel, after=said)
        if posts and COVERED in labels(posts[0]):
            posts = [await self._chat.press(posts[0], COVERED)]
        text = "\n".join(part for post in posts for part in (post.text, *labels(post)))
        return Shown(re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text), "".join(said.reactions))


class OnSlack:
    """A member, who mentions the bot in one thread of a channel."""

    reacts = True

    def __init__(self, slack: SlackServer, watch: Watch) -> None:
        self._slack, self._watch = slack, watch
        self._thread: str | None = None
        self._user = slack.world.add_user(slack.team, "kim")
        self._channel = slack.world.add_channel(slack.team, "general", self._user)
        self.community = f"slack:{slack.team.id}"

    async def say(self, line: str, *, answered: bool) -> Shown:
        """Mention it in the thread."""
        asked = self._slack.mention(self._user, self._channel, line, thread_ts=self._thread)
        if asked.said is not None and self._thread is None:
            self._thread = asked.said.ts
        if not answered:
            await asked.ack()
            await self._watch.idle()
            return Shown()
        (change,) = await asked.changes()
        await self._watch.idle()
        if change.did is Did.REACTED:
            return Shown(reaction={"+1": "👍"}[change.reaction])
        return Shown(change.message.shown if change.message else "")


@asynccontextmanager
async def _terminal(app: App) -> AsyncIterator[Person]:
    stage = ConsoleStage(app)
    yield AtTheTerminal(stage)
    stage.stop()
    await stage.task


@asynccontextmanager
async def _discord(app: App) -> AsyncIterator[Person]:
    async with chatting(app) as chat:
        yield OnDiscord(chat)


@asynccontextmanager
async def _slack(app: App) -> AsyncIterator[Person]:
    watch = Watch()
    app = App(replace(app.services, metrics=watch))
    async with SlackServer(retry_delays=(0.0, 0.0)) as slack, over_socket_mode(app, slack):
        yield OnSlack(slack, watch)
        assert slack.unexpected == ()


PLATFORMS: Mapping[str, Callable[[App], AbstractAsyncContextManager[Person]]] = {
    "terminal": _terminal,
    "discord": _discord,
    "slack": _slack,
}


def _is_of_its_kind(shown: Shown, kind: str, *, reacts: bool) -> bool:
    cited, unknown = CITED in shown.text, UNKNOWN in shown.text
    match kind:
        case "answer":
            return cited and not unknown
        case "choice" | "talk":
            return bool(shown.text) and not cited and not unknown
        case "command":
            return bool(shown.text) and not unknown
        case "unknown":
            return unknown and not cited
        case "reaction":
            return shown == (Shown(reaction="👍") if reacts else Shown())
        case "nothing":
            return shown == Shown()
    raise AssertionError(f"there is no kind {kind!r}")


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_talk_gets_the_same_kinds_of_replies_on_every_platform(
    services: Services, platform: str, talk: str
) -> None:
    async with PLATFORMS[platform](App(services)) as person:
        for line in TALKS[talk]:
            kind = line["kind"]
            shown = await person.say(line["you"], answered=kind != "nothing")
            assert _is_of_its_kind(shown, kind, reacts=person.reacts), (line, shown)
            assert line.get("bot", "") in shown.text, (line, shown)
    # Only questions that nothing answers are kept for the moderators.
    kept = {miss.text.lower() for miss in await services.store.misses(person.community)}
    assert kept == {line["you"] for line in TALKS[talk] if line["kind"] == "unknown"}
