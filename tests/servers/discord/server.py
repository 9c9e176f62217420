"""A local Discord, REST and gateway on loopback, in which tests act as people and see what the real SDK makes of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Self

from aiohttp import web

from tests.servers.discord.acts import command_data, interaction_json, menu_data, modal_data, press_data, select_data
from tests.servers.discord.faults import Fault, Match, matches
from tests.servers.discord.gateway.sessions import Close
from tests.servers.discord.interactions import TOKEN_SECONDS, Interaction, Interactions, Kind
from tests.servers.discord.posts import MessageType, Post
from tests.servers.discord.requests import Call, Upload
from tests.servers.discord.rest import PREFIX, Rest, Validator
from tests.servers.discord.routes import reply_json
from tests.servers.discord.rules.values import Choice, Value
from tests.servers.discord.state import State
from tests.servers.discord.threads import begin
from tests.servers.discord.waiting import Changes
from tests.servers.discord.world import Channel, Role, User, World
from tests.servers.patience import WAIT_SECONDS

Json = dict[str, Any]

TOKEN = "bot-token"


class DiscordServer:
    """Discord on a free port while the context lasts.

    `world` are its people and places, `gateway` the connections, which can be interrupted, and `rest` the requests
    with their faults and rates. `validator` checks the bodies of requests; what it finds is in `violations`.
    An interaction has to be responded to within `response_seconds` (three, on the real one:
    interactions/receiving-and-responding.mdx:351), and can be followed up for `token_seconds`.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        validator: Validator | None = None,
        response_seconds: float = WAIT_SECONDS,
        token_seconds: float = TOKEN_SECONDS,
        shards: int = 1,
    ) -> None:
        self.world = world or World()
        self.changes = Changes()
        interactions = Interactions(response_seconds, token_seconds)
        self.state = State(self.world, self.changes, interactions, TOKEN, shards)
        self.gateway = self.state.gateway
        self.rest = Rest(self.state, validator)
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        """Listen."""
        self._runner = web.AppRunner(self.rest.application(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url
        self.state.messages.address = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all connections."""
        await self.gateway.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """Where the REST API is."""
        return f"http://127.0.0.1:{self._port}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return f"ws://127.0.0.1:{self._port}/"

    @property
    def token(self) -> str:
        """The bot's token at the moment."""
        return self.state.token

    def reset_token(self) -> None:
        """Give the bot another token; its connections are closed, and the old token is refused everywhere."""
        self.state.token = f"{TOKEN}-{self.world.mint()}"
        self.gateway.forget()
        self.gateway.close(Close.AUTHENTICATION_FAILED)

    # What was requested.

    @property
    def calls(self) -> list[Call]:
        """Every request so far."""
        return self.rest.calls

    @property
    def unexpected(self) -> list[Call]:
        """The requests to routes that this Discord does not have."""
        return self.rest.unexpected

    @property
    def violations(self) -> list[str]:
        """What was wrong with the bodies of requests."""
        return self.rest.violations

    def calls_to(self, match: Match) -> list[Call]:
        """The requests such as "POST /channels/*/messages" so far."""
        return [call for call in self.calls if matches(match, call)]

    async def called(self, match: Match, count: int = 1, seconds: float = WAIT_SECONDS) -> Call:
        """The request of that kind and number, as soon as it is there and answered."""
        calls = await self.changes.until(
            lambda: done if len(done := [c for c in self.calls_to(match) if c.status is not None]) >= count else None,
            lambda: f"answered request {match} number {count} among {[call.line for call in self.calls]}",
            seconds,
        )
        return calls[count - 1]

    def fail(self, match: Match, fault: Fault, times: int = 1) -> None:
        """Let a fault happen to the next `times` requests of a kind."""
        self.rest.faults.add(match, fault, times)

    async def synced(self, guild_id: str | None = None, seconds: float = WAIT_SECONDS) -> list[Json]:
        """The registered commands, as soon as there are some: the global ones or a guild's."""
        return await self.changes.until(lambda: self.state.commands.get(guild_id), "commands", seconds)

    async def posted(self, channel: Channel, after: Post | None = None, seconds: float = WAIT_SECONDS) -> Post:
        """The bot's first message in a channel that everybody sees, or the first after another message."""
        return await self.changes.until(
            lambda: next(iter(self.posts(channel, after)), None), f"message of the bot in {channel}", seconds
        )

    def posts(self, channel: Channel, after: Post | None = None) -> list[Post]:
        """The bot's messages in a channel that everybody sees, perhaps only those after another message."""
        seen = self.state.messages.seen_in(channel.id)
        since = int(after.id) if after else 0
        return [post for post in seen if post.author_id == self.world.bot.id and int(post.id) > since]

    # What people do. Each waits until a bot has connected, and returns once the event is on its way.

    async def slash(
        self,
        user: User,
        channel: Channel,
        path: str,
        options: Mapping[str, Value] | None = None,
        *,
        locale: str | None = None,
        checked: bool = True,
    ) -> Interaction:
        """Use a slash command such as "ijm ask". Raises NotOffered if Discord's clients would not let the person.

        Without `checked` the person may use it whatever `default_member_permissions` and contexts say, as when an
        admin gave them the command.
        """
        data = command_data(self.state, user, channel, path, options or {}, checked=checked)
        return await self._interact(Kind.COMMAND, user, channel, data, locale)

    async def autocomplete(
        self,
        user: User,
        channel: Channel,
        path: str,
        focused: str,
        typed: str,
        options: Mapping[str, Value] | None = None,
        *,
        locale: str | None = None,
        checked: bool = True,
    ) -> Interaction:
        """Type into an option of a slash command, of which `options` are there already."""
        so_far = {**(options or {}), focused: typed}
        data = command_data(self.state, user, channel, path, so_far, focused, checked=checked)
        return await self._interact(Kind.AUTOCOMPLETE, user, channel, data, locale)

    async def message_command(
        self, user: User, message: Post, name: str, *, locale: str | None = None, checked: bool = True
    ) -> Interaction:
        """Choose an app command in the menu of a message."""
        channel = self.world.channels[message.channel_id]
        data = menu_data(self.state, user, channel, name, message, checked=checked)
        return await self._interact(Kind.COMMAND, user, channel, data, locale)

    async def press(self, message: Post, custom_id: str, user: User, *, locale: str | None = None) -> Interaction:
        """Press a button (`message.custom_id(label)` finds its id)."""
        channel = self.world.channels[message.channel_id]
        return await self._interact(
            Kind.COMPONENT, user, channel, press_data(message, custom_id, user), locale, source=message
        )

    async def select(
        self, message: Post, custom_id: str, values: Sequence[Choice], user: User, *, locale: str | None = None
    ) -> Interaction:
        """Choose in a select menu."""
        channel = self.world.channels[message.channel_id]
        data = select_data(self.state, message, channel, custom_id, values, user)
        return await self._interact(Kind.COMPONENT, user, channel, data, locale, source=message)

    async def submit_modal(
        self, opened_by: Interaction, values: Mapping[str, Any] | None = None, *, locale: str | None = None
    ) -> Interaction:
        """Send the modal that an interaction opened, with values by custom id; what is left out stays as prefilled."""
        data = modal_data(self.state, opened_by.channel, await opened_by.modal(), values or {})
        return await self._interact(
            Kind.MODAL_SUBMIT,
            opened_by.user,
            opened_by.channel,
            data,
            locale,
            source=opened_by.source,
            opened_by=opened_by,
        )

    async def say(
        self,
        user: User,
        channel: Channel,
        content: str,
        *,
        mentions: Sequence[User | Role] = (),
        reply_to: Post | None = None,
        ping: bool = True,
        files: Sequence[Upload] = (),
    ) -> Post:
        """Write a message. `mentions` are put before the content; a reply pings its author unless `ping` is off."""
        await self._connected(channel)
        words = " ".join([*(each.mention for each in mentions), content])
        body: Json = {"content": words}
        if reply_to is None:
            return self.state.messages.write(user, channel, body, files)
        body["allowed_mentions"] = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
        extra = reply_json(reply_to)
        return self.state.messages.write(user, channel, body, files, kind=MessageType.REPLY, extra=extra)

    async def edit(self, message: Post, content: str, *, mentions: Sequence[User] = ()) -> None:
        """Change the text of a message that a person wrote."""
        await self._connected(self.world.channels[message.channel_id])
        words = " ".join([*(each.mention for each in mentions), content])
        self.state.messages.edit(message, {"content": words})

    async def post_in_forum(
        self, user: User, forum: Channel, title: str, content: str, *, mentions: Sequence[User] = ()
    ) -> Channel:
        """Begin a post in a forum; its first message has the post's own id (topics/threads.mdx)."""
        await self._connected(forum)
        post = begin(self.state, forum, title, user)
        words = " ".join([*(each.mention for each in mentions), content])
        self.state.messages.write(user, post, {"content": words}, message_id=post.id)
        return post

    def unsay(self, message: Post) -> None:
        """Delete a message."""
        self.state.messages.delete(message)

    async def _connected(self, channel: Channel) -> None:
        await self.changes.until(lambda: self.gateway.session(channel.guild_id), "session of a bot")

    async def _interact(
        self,
        kind: Kind,
        user: User,
        channel: Channel,
        data: Json,
        locale: str | None,
        *,
        source: Post | None = None,
        opened_by: Interaction | None = None,
    ) -> Interaction:
        await self._connected(channel)
        payload = interaction_json(self.state, kind, user, channel, data, locale or user.locale)
        if source is not None:
            payload["message"] = source.json
        started = asyncio.get_running_loop().time()
        seen = len(source.versions) if source else 0
        interaction = Interaction(
            payload, kind, user, channel, started, self.changes, source=source, opened_by=opened_by, seen=seen
        )
        self.state.interactions.add(interaction)
        self.gateway.dispatch("INTERACTION_CREATE", payload, channel.guild_id)
        return interaction
