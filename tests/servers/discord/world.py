"""The people and places of a local Discord: guilds, channels, members, roles and what each may do."""

import time
from dataclasses import dataclass, replace
from enum import IntEnum, IntFlag

# Snowflakes count milliseconds from the first second of 2015 (reference.mdx#snowflakes).
EPOCH_MS = 1_420_070_400_000
SNOWFLAKE_SHIFT = 22

# When guilds were made, and people joined them.
FOUNDED = "2024-01-01T00:00:00.000000+00:00"


class Permission(IntFlag):
    """The permissions that matter here (topics/permissions.mdx)."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40


ORDINARY = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.CREATE_PUBLIC_THREADS
)
MODERATION = (
    Permission.KICK_MEMBERS | Permission.MANAGE_MESSAGES | Permission.MANAGE_THREADS | Permission.MODERATE_MEMBERS
)
# Whoever owns or administrates has every permission there is; bits past the known ones are set too, as by Discord.
EVERYTHING = (1 << 53) - 1


class ChannelType(IntEnum):
    """The kinds of channels that the world holds (resources/channel.mdx#channel-types)."""

    TEXT = 0
    DM = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    id: str
    name: str
    display_name: str | None = None
    bot: bool = False
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        """What a message holds to mention this account."""
        return f"<@{self.id}>"


@dataclass(frozen=True, slots=True)
class Role:
    """A role of a guild; the one with the guild's own id is @everyone."""

    id: str
    guild_id: str
    name: str
    permissions: int = 0
    position: int = 1
    # The bot that Discord made it for; nobody can take such a role away.
    bot_id: str | None = None

    @property
    def mention(self) -> str:
        """What a message holds to mention this role."""
        return f"<@&{self.id}>"


@dataclass(frozen=True, slots=True)
class Member:
    """A user in a guild."""

    user: User
    guild_id: str
    role_ids: tuple[str, ...] = ()
    nick: str | None = None
    joined_at: str = FOUNDED


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows or denies to a role or, if `member`, to one user."""

    id: str
    allow: int = 0
    deny: int = 0
    member: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A text channel, a thread (then `parent_id` is its channel) or a DM (then `recipient` is the person)."""

    id: str
    name: str
    type: ChannelType
    guild_id: str | None = None
    parent_id: str | None = None
    owner_id: str | None = None
    recipient: User | None = None
    overwrites: tuple[Overwrite, ...] = ()
    archived: bool = False
    locked: bool = False

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.type in {ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD}


@dataclass(frozen=True, slots=True)
class Guild:
    """A Discord server. With `commands` it was asked for the scope applications.commands."""

    id: str
    name: str
    owner_id: str
    locale: str = "en-US"
    commands: bool = True
    system_channel_id: str | None = None
    features: tuple[str, ...] = ("COMMUNITY",)


class World:
    """One guild with a channel, a thread, a DM and three people, to which tests may add.

    `owner` owns the guild, `moderator` has the role `moderators`, `member` has none; `dm` is the DM of `member`.
    """

    def __init__(self) -> None:
        self._last_id = 0
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.roles: dict[str, Role] = {}
        self.users: dict[str, User] = {}
        self.members: dict[tuple[str, str], Member] = {}
        # People who take no direct messages from the members of their guilds.
        self.closed_dms: set[str] = set()
        self.bot = self.add_user("bot", bot=True)
        self.owner = self.add_user("owner")
        self.moderator = self.add_user("moderator")
        self.member = self.add_user("member", display_name="A member")
        self.guild = self.add_guild("Guild", self.owner)
        self.moderators = self.add_role(self.guild, "Moderators", MODERATION)
        self.add_member(self.guild, self.moderator, self.moderators)
        self.add_member(self.guild, self.member)
        self.channel = self.add_channel(self.guild, "general")
        self.thread = self.add_thread(self.channel, "a thread")
        self.dm = self.open_dm(self.member)

    def mint(self, shard: tuple[int, int] | None = None) -> str:
        """A new id of this moment, greater than all before; `shard` picks one for shard k of n."""
        self._last_id = max(self._last_id + 1, (time.time_ns() // 1_000_000 - EPOCH_MS) << SNOWFLAKE_SHIFT)
        if shard is not None:
            number, count = shard
            self._last_id += ((number - (self._last_id >> SNOWFLAKE_SHIFT)) % count) << SNOWFLAKE_SHIFT
        return str(self._last_id)

    def add_user(self, name: str, *, display_name: str | None = None, bot: bool = False) -> User:
        """A new account."""
        user = User(self.mint(), name, display_name, bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, shard: tuple[int, int] | None = None) -> Guild:
        """A new guild with its owner and the bot in it, and no channel."""
        guild = Guild(self.mint(shard), name, owner.id)
        self.guilds[guild.id] = guild
        self.roles[guild.id] = Role(guild.id, guild.id, "@everyone", ORDINARY, 0)
        self.add_member(guild, owner)
        self.add_member(guild, self.bot)
        return guild

    def add_role(self, guild: Guild, name: str, permissions: int = 0, bot: User | None = None) -> Role:
        """A new role; the managed role of a `bot`, if one is given."""
        position = len(self.guild_roles(guild.id))
        role = Role(self.mint(), guild.id, name, permissions, position, bot.id if bot else None)
        self.roles[role.id] = role
        return role

    def add_member(self, guild: Guild, user: User, *roles: Role, nick: str | None = None) -> Member:
        """A user joins a guild, or gets other roles in it."""
        member = Member(user, guild.id, tuple(role.id for role in roles), nick)
        self.members[guild.id, user.id] = member
        return member

    def add_channel(self, guild: Guild, name: str, *overwrites: Overwrite) -> Channel:
        """A new text channel."""
        channel = Channel(self.mint(), name, ChannelType.TEXT, guild.id, overwrites=overwrites)
        self.channels[channel.id] = channel
        return channel

    def add_forum(self, guild: Guild, name: str) -> Channel:
        """A new forum, whose messages are all in posts."""
        channel = Channel(self.mint(), name, ChannelType.FORUM, guild.id)
        self.channels[channel.id] = channel
        return channel

    def add_thread(
        self, parent: Channel, name: str, owner: User | None = None, thread_id: str | None = None
    ) -> Channel:
        """A new public thread in a channel, or a post in a forum."""
        assert parent.guild_id is not None
        owner_id = owner.id if owner else self.guilds[parent.guild_id].owner_id
        thread = Channel(
            thread_id or self.mint(), name, ChannelType.PUBLIC_THREAD, parent.guild_id, parent.id, owner_id
        )
        self.channels[thread.id] = thread
        return thread

    def open_dm(self, user: User) -> Channel:
        """The DM of the bot with a user, always the same one."""
        for channel in self.channels.values():
            if channel.recipient is not None and channel.recipient.id == user.id:
                return channel
        dm = Channel(self.mint(), "", ChannelType.DM, recipient=user)
        self.channels[dm.id] = dm
        return dm

    def restrict(self, channel: Channel, *overwrites: Overwrite) -> Channel:
        """Give a channel other overwrites."""
        self.channels[channel.id] = replace(channel, overwrites=overwrites)
        return self.channels[channel.id]

    def guild_roles(self, guild_id: str) -> list[Role]:
        """The roles of a guild."""
        return [role for role in self.roles.values() if role.guild_id == guild_id]

    def guild_channels(self, guild_id: str) -> list[Channel]:
        """The channels and threads of a guild."""
        return [channel for channel in self.channels.values() if channel.guild_id == guild_id]

    def guild_members(self, guild_id: str) -> list[Member]:
        """The members of a guild."""
        return [member for (of, _), member in self.members.items() if of == guild_id]

    def permissions(self, user: User, channel: Channel) -> int:
        """What a user may do in a channel, overwrites included (topics/permissions.mdx#permission-overwrites)."""
        if channel.guild_id is None:
            return int(ORDINARY)
        member = self.members.get((channel.guild_id, user.id))
        if member is None:
            return 0
        granted = self.roles[channel.guild_id].permissions
        for role_id in member.role_ids:
            granted |= self.roles[role_id].permissions
        if user.id == self.guilds[channel.guild_id].owner_id or granted & Permission.ADMINISTRATOR:
            return EVERYTHING
        return self._overwritten(int(granted), member, channel)

    def _overwritten(self, granted: int, member: Member, channel: Channel) -> int:
        overwrites = self.channels[channel.parent_id or channel.id].overwrites
        everyone = [o for o in overwrites if o.id == channel.guild_id]
        roles = [o for o in overwrites if not o.member and o.id in member.role_ids]
        own = [o for o in overwrites if o.member and o.id == member.user.id]
        for group in (everyone, roles, own):
            for overwrite in group:
                granted &= ~overwrite.deny
            for overwrite in group:
                granted |= overwrite.allow
        return granted
