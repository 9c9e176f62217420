"""Discord for the tests of the contract: the real SDK against a local Discord."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from adapters.discord.events import DISCORD
from adapters.discord.rendering.embeds import render
from bot.app.app import App
from bot.chat.replies import Reply
from tests.adapters.contract.harness import Harness, Watch, Who
from tests.adapters.discord.running import Chat, serving
from tests.servers.discord.posts import Post
from tests.servers.discord.rules.values import Value
from tests.servers.discord.server import DiscordServer


def shown(reply: Reply) -> str:
    """What Discord shows of an embed and its components: without the backslashes of what is escaped."""
    rendered = render(reply)
    parts = [rendered.embed.title, rendered.embed.description, rendered.embed.footer.text]
    for component in rendered.controls.to_components() if rendered.controls else []:
        for item in component["components"]:
            parts += [item.get("label"), *(option["label"] for option in item.get("options", []))]
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", "\n".join(filter(None, parts)))


class DiscordStage:
    """A guild, with its channel."""

    def __init__(self, server: DiscordServer, task: "asyncio.Task[None]", watch: Watch) -> None:
        self.server, self.world, self.task, self._watch = server, server.world, task, watch
        self.community, self.channel = (
            f"discord:guild/{self.world.guild.id}",
            f"discord:channel/{self.world.channel.id}",
        )
        self.named: Mapping[str, str] = {"channel": self.world.channel.id, "person": self.world.owner.id}
        self._others = self.world.add_user("parrot", bot=True)
        self.world.add_member(self.world.guild, self._others)

    async def say(self, text: str, who: Who = Who.MEMBER, *, twice: bool = False) -> None:
        """A mention of the bot."""
        users = {Who.MEMBER: self.world.member, Who.THE_BOT: self.world.bot, Who.ANOTHER_BOT: self._others}
        post = await self.server.say(users[who], self.world.channel, text, mentions=[self.world.bot])
        if twice:
            event = self.server.state.messages.event_json(post)
            self.server.gateway.dispatch("MESSAGE_CREATE", event, self.world.guild.id)

    async def command(self, head: str, name: str, **given: str) -> None:
        """A slash command."""
        await self.server.synced()
        picked = {self.world.channel.id: self.world.channel, self.world.owner.id: self.world.owner}
        options: dict[str, Value] = {option: picked.get(value, value) for option, value in given.items()}
        await self.server.slash(self.world.member, self.world.channel, f"{head} {name}", options)

    async def press(self, label: str) -> None:
        """A button of the newest message."""
        post = self._posts()[-1]
        await self.server.press(post, post.custom_id(label), self.world.member)

    async def settle(self) -> None:
        """Until all events are read, and no handler runs."""
        await Chat(self.server).settled()
        await self._watch.idle()

    def _posts(self) -> list[Post]:
        return [post for post in self.server.state.messages.posts if post.author_id == self.world.bot.id and post.text]

    def seen_by_all(self) -> list[str]:
        """The messages that are not ephemeral."""
        return [post.text for post in self._posts() if not post.ephemeral]

    def seen_by_member(self) -> list[str]:
        """The ephemeral ones."""
        return [post.text for post in self._posts() if post.ephemeral]

    async def remove(self) -> None:
        """Kicked, after the bot has looked which guilds were left meanwhile."""
        await self._watch.has_begun.wait()
        await self._watch.idle()
        self.server.gateway.leave(self.world.guild)

    async def add(self) -> None:
        """Invited again."""
        self.server.gateway.join(self.world.guild)

    def stop(self) -> None:
        """As SIGTERM does."""
        self.task.cancel()


@asynccontextmanager
async def _stage(app: App, watch: Watch) -> AsyncIterator[DiscordStage]:
    async with DiscordServer() as server, serving(app, server) as task:
        await server.gateway.identified()
        stage = DiscordStage(server, task, watch)
        await stage.settle()
        yield stage


HARNESS = Harness(DISCORD, {"discord": shown}, _stage, {})
