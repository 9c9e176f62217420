"""Slack for the tests of the contract: the real SDK against a local Slack."""

import asyncio
import html
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from adapters.slack.events import SLACK
from adapters.slack.rendering.blocks import render
from bot.app.app import App
from bot.chat.replies import Reply
from tests.adapters.contract.harness import Duty, Harness, Watch, Who
from tests.adapters.slack.running import label_of, over_socket_mode
from tests.servers.slack.rules.values import Message
from tests.servers.slack.server import SlackServer


def shown(reply: Reply) -> str:
    """What Slack shows of blocks: entities as characters, links as label and address, and nothing invisible."""
    parts: list[str] = []

    def visit(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("text"), str):
                mrkdwn = part["type"] == "mrkdwn"
                parts.append(html.unescape(part["text"].replace("\u200b", "")) if mrkdwn else part["text"])
            for inner in part.values():
                visit(inner)
        elif isinstance(part, list):
            for inner in part:
                visit(inner)

    visit(render(reply).blocks)
    return "\n".join(parts)


class SlackStage:
    """A workspace, with its channel."""

    def __init__(self, server: SlackServer, task: "asyncio.Task[None]", watch: Watch) -> None:
        self.server, self.task, self._watch = server, task, watch
        add = server.world.add_user
        self._users = {
            Who.MEMBER: add(server.team, "kim"), Who.THE_BOT: server.bot,
            Who.ANOTHER_BOT: add(server.team, "parrot", is_bot=True),
        }  # fmt: skip
        self._member = self._users[Who.MEMBER]
        self._where = server.world.add_channel(server.team, "general", *self._users.values())
        self.community, self.channel = f"slack:{server.team.id}", f"slack:{server.team.id}/{self._where.id}"
        self.named: Mapping[str, str] = {
            "channel": f"<#{self._where.id}|general>",
            "person": f"<@{self._member.id}>",
        }

    async def say(self, text: str, who: Who = Who.MEMBER, *, twice: bool = False) -> None:
        """A mention of the bot."""
        delivery = self.server.mention(self._users[who], self._where, text)
        await delivery.ack()
        if twice:
            await self.server.redeliver(delivery).ack()

    async def command(self, head: str, name: str, **given: str) -> None:
        """A slash command."""
        line = " ".join([name, *(f"{option}:{value}" for option, value in given.items())])
        self.server.slash(self._member, self._where, f"/{head}", line)

    async def press(self, label: str) -> None:
        """A button of the newest message."""
        message = self._messages()[-1]
        self.server.press(self._member, message, label_of(message, label))

    async def settle(self) -> None:
        """Until everything is acknowledged, and no answer is under way."""
        for delivery in self.server.deliveries.since(where=lambda each: not any(one.ack for one in each.attempts)):
            if not any(attempt.reason.startswith("not sent") for attempt in delivery.attempts):
                await delivery.ack()
        await self._watch.idle()

    def _messages(self) -> list[Message]:
        changes = self.server.world.changes.since()
        return [each.message for each in changes if each.message and each.message.author.id == self.server.bot.id]

    def seen_by_all(self) -> list[str]:
        """The messages that are not ephemeral, but for those that the test has the bot say."""
        return [each.shown for each in self._messages() if each.ephemeral_to is None and not each.client_msg_id]

    def seen_by_member(self) -> list[str]:
        """The ephemeral ones."""
        return [each.shown for each in self._messages() if each.ephemeral_to == self._member.id]

    async def remove(self) -> None:
        """The app is uninstalled."""
        self.server.uninstall(self.server.team)
        await asyncio.wait({self.task})

    async def add(self) -> None:
        """Not told."""

    def stop(self) -> None:
        """As SIGTERM does."""
        self.task.cancel()


@asynccontextmanager
async def _stage(app: App, watch: Watch) -> AsyncIterator[SlackStage]:
    async with SlackServer(retry_delays=(0.0, 0.0)) as server, over_socket_mode(app, server) as task:
        yield SlackStage(server, task, watch)


HARNESS = Harness(
    SLACK, {"slack": shown}, _stage,
    {Duty.RETURNING: "Slack tells nothing; the core finds it at the next event, as a token comes by an installation"},
)  # fmt: skip
