"""What a Slack workspace is made of, as values, and how each looks in Slack's JSON."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.servers.slack.rules.blocks import elements, notified, texts

Json = dict[str, Any]

# What a bot that does everything this server knows would ask for (docs.slack.dev/reference/scopes).
BOT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "usergroups:read",
    "users:read",
)
# The events that an app can subscribe to here (docs.slack.dev/reference/events).
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "assistant_thread_started",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "tokens_revoked",
    }
)


@dataclass(frozen=True, slots=True)
class SlackApp:
    """The app's own settings at Slack: its ids, secrets and event subscriptions; `is_agent` if it has `agent_view`."""

    id: str = "A000000001"
    name: str = "answers"
    client_id: str = "1000000001.2000000002"
    client_secret: str = "client-secret"
    signing_secret: str = "signing-secret"
    app_token: str = "xapp-1-A000000001-1-app-level"
    verification_token: str = "verification-token"
    events: frozenset[str] = EVENTS
    redirect_urls: tuple[str, ...] = ()
    is_agent: bool = True


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot in a workspace."""

    id: str
    team: str
    name: str
    is_admin: bool = False
    is_owner: bool = False
    bot_id: str | None = None
    app_id: str | None = None

    @property
    def is_bot(self) -> bool:
        """Whether an app acts through it."""
        return self.bot_id is not None

    def payload(self) -> Json:
        """As `users.info` shows it."""
        profile = {"real_name": self.name, "display_name": self.name, "team": self.team}
        if self.bot_id:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id or ""}
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "deleted": False,
            "real_name": self.name,
            "tz": "Europe/Amsterdam",
            "profile": profile,
            "is_admin": self.is_admin or self.is_owner,
            "is_owner": self.is_owner,
            "is_primary_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1700000000,
        }


@dataclass(frozen=True, slots=True)
class UserGroup:
    """People who can be mentioned together; Slack's own word for it is subteam."""

    id: str
    team: str
    handle: str
    users: tuple[str, ...]

    def payload(self, *, include_users: bool) -> Json:
        """As `usergroups.list` shows it."""
        shown = {
            "id": self.id,
            "team_id": self.team,
            "is_usergroup": True,
            "name": self.handle,
            "handle": self.handle,
            "date_delete": 0,
            "user_count": len(self.users),
        }
        return shown | ({"users": list(self.users)} if include_users else {})


class Kind(StrEnum):
    """What a conversation is; the value is the word in scopes and event names."""

    PUBLIC = "channels"
    PRIVATE = "groups"
    IM = "im"

    @property
    def channel_type(self) -> str:
        """The word in a message event."""
        return {Kind.PUBLIC: "channel", Kind.PRIVATE: "group", Kind.IM: "im"}[self]


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation and who is in it, as it was when it was read."""

    id: str
    team: str
    name: str
    kind: Kind = Kind.PUBLIC
    members: frozenset[str] = frozenset()

    @property
    def shown_name(self) -> str:
        """The name in commands and interactions, where Slack keeps private names to itself."""
        return {Kind.PUBLIC: self.name, Kind.PRIVATE: "privategroup", Kind.IM: "directmessage"}[self.kind]

    def payload(self, asker: User) -> Json:
        """As `conversations.info` shows it to `asker`."""
        common: Json = {"id": self.id, "created": 1700000000, "context_team_id": self.team, "is_archived": False}
        if self.kind is Kind.IM:
            other = next(iter(self.members - {asker.id}), asker.id)
            return common | {"is_im": True, "user": other, "is_org_shared": False, "priority": 0}
        return common | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind is Kind.PUBLIC,
            "is_group": self.kind is Kind.PRIVATE,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.kind is Kind.PRIVATE,
            "is_member": asker.id in self.members,
            "is_general": False,
            "is_shared": False,
            "is_ext_shared": False,
            "num_members": len(self.members),
        }


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands; `ephemeral_to` is the id of the only user who sees it, for an ephemeral one."""

    channel: str
    ts: str
    author: User
    text: str = ""
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    thread_ts: str | None = None
    parent_user: str | None = None
    edited: Json | None = None
    files: tuple[Json, ...] = ()
    metadata: Json | None = None
    ephemeral_to: str | None = None
    client_msg_id: str | None = None
    subtype: str | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in somebody else's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def shown(self) -> str:
        """What a person reads: the texts of the blocks, or else the text."""
        return "\n".join(texts(self.blocks)) if self.blocks else self.text

    @property
    def elements(self) -> tuple[Json, ...]:
        """Everything in it that can be pressed or chosen."""
        return tuple(element for _, element in elements(self.blocks))

    @property
    def notified(self) -> frozenset[str]:
        """Whom it pings: user ids, subteam ids, and `channel`, `here` or `everyone`."""
        return notified(self.text, self.blocks)

    def payload(self) -> Json:
        """As the Web API and events show it."""
        author = self.author
        shown: Json = {"type": "message", "user": author.id, "ts": self.ts, "text": self.text, "team": author.team}
        if self.client_msg_id:
            shown["client_msg_id"] = self.client_msg_id
        if author.bot_id:
            profile: Json = {"id": author.bot_id, "app_id": author.app_id, "name": author.name, "team_id": author.team}
            profile |= {"icons": {}, "deleted": False, "updated": 1700000000}
            shown |= {"bot_id": author.bot_id, "app_id": author.app_id, "bot_profile": profile}
        extras: Json = {"blocks": list(self.blocks), "attachments": list(self.attachments), "files": list(self.files)}
        extras |= {"thread_ts": self.thread_ts, "edited": self.edited, "metadata": self.metadata}
        extras["subtype"] = self.subtype
        if self.is_reply:
            extras["parent_user_id"] = self.parent_user
        return shown | {name: value for name, value in extras.items() if value}


@dataclass(frozen=True, slots=True)
class View:
    """A modal or a home tab in front of a user; `body` is what the app sent."""

    id: str
    team: str
    user: str
    bot: User
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)

    @property
    def blocks(self) -> tuple[Json, ...]:
        """The blocks of its body."""
        return tuple(self.body.get("blocks", ()))

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.body.get("callback_id", ""))

    @property
    def shown(self) -> str:
        """What a person reads in it, its title first."""
        title = self.body.get("title", {}).get("text", "")
        return "\n".join(part for part in (title, *texts(self.blocks)) if part)

    def payload(self) -> Json:
        """As the Web API and interactions show it."""
        defaults: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "close": None}
        defaults |= {"submit": None, "clear_on_close": False, "notify_on_close": False, "submit_disabled": False}
        return (
            {"id": self.id, "team_id": self.team}
            | defaults
            | self.body
            | {
                "state": {"values": self.values},
                "hash": self.hash,
                "previous_view_id": self.previous_id,
                "root_view_id": self.root_id,
                "app_id": self.bot.app_id,
                "app_installed_team_id": self.team,
                "bot_id": self.bot.bot_id,
            }
        )
