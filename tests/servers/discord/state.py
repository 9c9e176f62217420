"""Everything that the local Discord knows, for its routes and for those who act in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord.gateway.gateway import Gateway
from tests.servers.discord.gateway.intents import Intent
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.messages import Messages
from tests.servers.discord.posts import Post
from tests.servers.discord.requests import Refused, unknown
from tests.servers.discord.waiting import Changes
from tests.servers.discord.world import Channel, ChannelType, Permission, World

Json = dict[str, Any]


@dataclass(slots=True)
class State:
    """The world, what is said and done in it, and what the application set up.

    `commands` are the registered ones by guild id, the global ones under None; `token` is the bot's at the moment.
    """

    world: World
    changes: Changes
    interactions: Interactions
    token: str
    shards: int = 1
    commands: dict[str | None, list[Json]] = field(default_factory=dict)
    gateway: Gateway = field(init=False)
    messages: Messages = field(init=False)

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.world, self.changes, lambda: self.token)
        self.messages = Messages(self.world, self.changes, self._announce)

    def channel(self, channel_id: str, *needed: Permission) -> Channel:
        """A channel in which the bot has the permissions. Raises Refused 10003, 50001 or 50013."""
        channel = self.world.channels.get(channel_id)
        if channel is None:
            raise unknown("Channel", 10003)
        granted = self.world.permissions(self.world.bot, channel)
        if not granted & Permission.VIEW_CHANNEL:
            raise Refused(403, 50001, "Missing Access")
        if any(not granted & permission for permission in needed):
            raise Refused(403, 50013, "Missing Permissions")
        return channel

    def command(self, kind: int, name: str, guild_id: str | None) -> Json | None:
        """The command that a person in a guild (or a DM) sees under a name: the guild's own first."""
        own = self.commands.get(guild_id, []) if guild_id else []
        everywhere: Sequence[Json] = self.commands.get(None, [])
        found = (each for each in [*own, *everywhere] if (each["type"], each["name"]) == (kind, name))
        return next(found, None)

    def _announce(self, event: str, post: Post) -> None:
        """Tell the gateway of a message, if the bot can see it.

        An ephemeral message comes as if it were direct: without its guild, and by the intent for direct messages
        (discord/discord-api-docs#4557).
        """
        direct = post.ephemeral or post.guild_id is None
        channel = self.world.channels[post.channel_id]
        if not direct and not self.world.permissions(self.world.bot, channel) & Permission.VIEW_CHANNEL:
            return
        data = self.messages.event_json(post)
        if event == "MESSAGE_DELETE":
            data = {key: data[key] for key in ("id", "channel_id", "guild_id") if key in data}
        intents = Intent.DIRECT_MESSAGES if direct else Intent.GUILD_MESSAGES
        if channel.type is ChannelType.DM and event == "MESSAGE_CREATE":
            data["channel_type"] = int(ChannelType.DM)
        self.gateway.dispatch(event, data, None if direct else post.guild_id, intents)
