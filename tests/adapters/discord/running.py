"""The bot's own Discord client, on the shipped services, against a local Discord."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from adapters.discord.app import serve
from adapters.discord.client import Client
from adapters.discord.settings import DiscordSettings
from bot.app.app import App
from tests.servers.discord.client import pointed_at, running
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.posts import Post
from tests.servers.discord.rules.values import Value
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Channel, Permission, User
from tests.servers.patience import WAIT_SECONDS

SURE = "How long do aftercare programs last?"
DANGER = "my boss took my passport and he won't let me leave, i owe him money and i'm scared"
COVER = "I have an answer that I'd rather show to you alone."

MESSAGES = "POST /channels/*/messages"
CALLBACK = "POST /interactions/*/callback"
ORIGINAL = "PATCH /webhooks/*/messages/@original"
SYNC = "PUT /applications/*/commands"


def settings(server: DiscordServer, **more: Any) -> DiscordSettings:
    """What an operator would set, and nothing from the environment's files."""
    given = {"token": server.token, "api_url": server.api_url, "gateway_url": server.gateway_url}
    return DiscordSettings(_env_file=None, **(given | more))


@asynccontextmanager
async def served(app: App, server: DiscordServer, *, read_messages: bool = False, **more: Any) -> AsyncIterator[Client]:
    """The bot's client, connected and with its commands registered."""
    with pointed_at(server):
        client = Client(app, settings(server, **more), read_messages=read_messages)
        async with running(client, server):
            yield client


@asynccontextmanager
async def serving(
    app: App, server: DiscordServer, *, read_messages: bool = False, **more: Any
) -> AsyncIterator["asyncio.Task[None]"]:
    """The task that serves as the program does; it is cancelled at the end."""
    with pointed_at(server):
        task = asyncio.create_task(serve(app, settings(server, **more), read_messages=read_messages))
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait({task}, timeout=WAIT_SECONDS)


class Chat:
    """What a person does and gets back, in few words; by default a member in the channel."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.world = server.world
        self.head = self._make_moderator()

    def _make_moderator(self) -> User:
        """A person who may manage the guild."""
        role = self.world.add_role(self.world.guild, "Heads", Permission.MANAGE_GUILD)
        head = self.world.add_user("head")
        self.world.add_member(self.world.guild, head, role)
        return head

    async def slash(
        self,
        path: str,
        options: Mapping[str, Value] | None = None,
        user: User | None = None,
        channel: Channel | None = None,
    ) -> Post:
        """The answer to a slash command."""
        used = await self.server.slash(user or self.world.member, channel or self.world.channel, path, options)
        return await used.answered()

    async def press(self, post: Post, label: str, user: User | None = None) -> Post:
        """The answer to a press on the button with that label."""
        return await (await self.pressed(post, label, user)).answered()

    async def pressed(self, post: Post, label: str, user: User | None = None) -> Interaction:
        """A press on the button with that label."""
        return await self.server.press(post, post.custom_id(label), user or self.world.member)

    async def choose(self, post: Post, value: str, user: User | None = None) -> Post:
        """The answer to a choice in the menu."""
        return await (await self.server.select(post, "menu", [value], user or self.world.member)).answered()

    async def mention(self, text: str, channel: Channel | None = None, user: User | None = None) -> Post:
        """The reply to a message that mentions the bot."""
        where = channel or self.world.channel
        said = await self.server.say(user or self.world.member, where, text, mentions=[self.world.bot])
        return await self.server.posted(where, after=said)

    async def settled(self) -> None:
        """Return when the bot has read every event so far and is done with it."""
        await self.server.gateway.delivered()
        handlers = {task for task in asyncio.all_tasks() if task.get_name().startswith("discord.py: on_")}
        if handlers:
            _, late = await asyncio.wait(handlers, timeout=WAIT_SECONDS)
            assert not late


@asynccontextmanager
async def chatting(app: App) -> AsyncIterator[Chat]:
    """A chat with the bot on a Discord that it may ask for nothing unheard of, nor break a rule of."""
    async with DiscordServer() as server:
        made = Chat(server)
        async with served(app, server):
            yield made
        assert not server.violations
        assert not server.unexpected


def labels(post: Post) -> list[str]:
    """The labels of a message's buttons."""
    return [button.get("label", "") for button in post.buttons]


def menu_of(post: Post) -> list[tuple[str, str]]:
    """The labels and values of a message's menu."""
    select = next(component for component in post.components if component["type"] == 3)
    return [(option["label"], option["value"]) for option in select["options"]]
