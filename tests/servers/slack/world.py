"""The workspaces of the local Slack: who and what is in them, and what the app changes there."""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tests.servers.patience import WAIT_SECONDS
from tests.servers.slack.journal import Journal
from tests.servers.slack.records import Change, Code, Did, Grant, ResponseUrl, Trigger
from tests.servers.slack.rules.blocks import as_stored
from tests.servers.slack.rules.values import (
    BOT_SCOPES,
    Channel,
    Json,
    Kind,
    Message,
    SlackApp,
    Team,
    User,
    UserGroup,
    View,
)


class World:
    """All workspaces. `clock` gives seconds since 1970; `on_change` hears of everything that the app changes."""

    def __init__(
        self, app: SlackApp, clock: Callable[[], float] = time.time, trigger_seconds: float = WAIT_SECONDS
    ) -> None:
        self.app = app
        self.clock = clock
        self.trigger_seconds = trigger_seconds
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.bots: dict[str, User] = {}
        self.grants: dict[str, Grant] = {app.app_token: Grant(app.app_token, None, ("connections:write",))}
        self.messages: dict[tuple[str, str], Message] = {}
        self.whispers: dict[tuple[str, str], Message] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.files: dict[str, Json] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.prompts: dict[tuple[str, str | None], tuple[str, ...]] = {}
        self.codes: dict[str, Code] = {}
        self.tickets: set[str] = set()
        self.changes: Journal[Change] = Journal("changes by the app")
        self.on_change: Callable[[Change], None] = lambda _: None
        self._numbers = itertools.count(1)
        self._last_ts = 0

    # --- ids

    def new_id(self, prefix: str = "") -> str:
        """An id that nothing else has, such as `C000000007`."""
        return f"{prefix}{next(self._numbers):09d}"

    def new_ts(self) -> str:
        """A message's ts: the time, and later than every ts before."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_trigger(self, user: User) -> str:
        """A trigger_id for something that `user` just did."""
        name = f"{self.new_id()}.{user.team}.{user.id}"
        self.triggers[name] = Trigger(user, self.clock())
        return name

    # --- who and where

    def add_team(self, name: str, *, installed: bool = True, scopes: Iterable[str] = BOT_SCOPES) -> Team:
        """A workspace, with the app in it unless told otherwise."""
        team = Team(self.new_id("T"), name, name.lower().replace(" ", "-"))
        self.teams[team.id] = team
        if installed:
            self.install(team, scopes)
        return team

    def add_user(
        self, team: Team, name: str, *, is_admin: bool = False, is_owner: bool = False, is_bot: bool = False
    ) -> User:
        """A person, or the bot of some other app."""
        other = {"bot_id": self.new_id("B"), "app_id": self.new_id("A")} if is_bot else {}
        user = User(self.new_id("U"), team.id, name, is_admin, is_owner, **other)
        self.users[user.id] = user
        return user

    def add_group(self, team: Team, handle: str, *users: User) -> UserGroup:
        """A user group."""
        group = UserGroup(self.new_id("S"), team.id, handle, tuple(user.id for user in users))
        self.groups[group.id] = group
        return group

    def add_channel(
        self, team: Team, name: str, *members: User, private: bool = False, with_bot: bool = True
    ) -> Channel:
        """A channel with people and, unless told otherwise, the app in it."""
        inside = {user.id for user in members} | ({self.bots[team.id].id} if with_bot else set())
        kind = Kind.PRIVATE if private else Kind.PUBLIC
        channel = Channel(self.new_id("C"), team.id, name, kind, frozenset(inside))
        self.channels[channel.id] = channel
        return channel

    def token(self, team: Team) -> str:
        """The newest bot token of a workspace."""
        return [name for name, grant in self.grants.items() if grant.bot and grant.bot.team == team.id][-1]

    def install(self, team: Team, scopes: Iterable[str] = BOT_SCOPES) -> str:
        """Put the app into a workspace; its new bot token."""
        if team.id not in self.bots:
            bot = User(self.new_id("U"), team.id, self.app.name, bot_id=self.new_id("B"), app_id=self.app.id)
            self.users[bot.id] = self.bots[team.id] = bot
        token = f"xoxb-{team.id}-{self.new_id()}"
        self.grants[token] = Grant(token, self.bots[team.id], tuple(scopes))
        return token

    def refuse_tokens(self, team: Team, error: str) -> None:
        """From now on the bot tokens of a workspace are answered with an error."""
        for token, grant in self.grants.items():
            if grant.bot and grant.bot.team == team.id and not grant.refused:
                self.grants[token] = replace(grant, refused=error)

    def scopes(self, team: str) -> frozenset[str]:
        """What the app may do in a workspace with the tokens that are still good."""
        good = (grant for grant in self.grants.values() if grant.bot and grant.bot.team == team and not grant.refused)
        return frozenset(scope for grant in good for scope in grant.scopes)

    def im(self, user: User, bot: User) -> Channel:
        """The direct conversation of two users, made if it was not there."""
        both = frozenset({user.id, bot.id})
        for channel in self.channels.values():
            if channel.kind is Kind.IM and channel.members == both:
                return channel
        channel = Channel(self.new_id("D"), user.team, "", Kind.IM, both)
        self.channels[channel.id] = channel
        return channel

    # --- messages

    def parent(self, channel: str, thread_ts: str) -> Message | None:
        """The message that a thread hangs under."""
        message = self.messages.get((channel, thread_ts))
        return message if message and not message.is_reply else None

    def write(self, channel: Channel, author: User, text: str, **parts: Any) -> Message:
        """Keep a new message, from a person or from the app."""
        parts["blocks"] = as_stored(parts.get("blocks", ()), self.new_id)
        parent = self.parent(channel.id, parts["thread_ts"]) if parts.get("thread_ts") else None
        parts["parent_user"] = parent.author.id if parent else None
        message = Message(channel.id, self.new_ts(), author, text, **parts)
        if message.ephemeral_to:
            self.whispers[channel.id, message.ts] = message
        else:
            self.messages[channel.id, message.ts] = message
        return message

    def post(self, via: str, channel: Channel, bot: User, text: str, **parts: Any) -> Message:
        """The app says something, to one user if `ephemeral_to` is among the parts."""
        message = self.write(channel, bot, text, **parts)
        if message.thread_ts and not message.ephemeral_to:
            self.statuses.pop((channel.id, message.thread_ts), None)
        did = Did.WHISPERED if message.ephemeral_to else Did.POSTED
        self.changed(Change(did, channel.team, via, message))
        return message

    def update(self, via: str, message: Message, **parts: Any) -> Message:
        """The app changes a message of its own."""
        if "blocks" in parts:
            parts["blocks"] = as_stored(parts["blocks"], self.new_id)
        if not message.ephemeral_to:
            parts["edited"] = {"user": message.author.id, "ts": self.new_ts()}
        changed = replace(message, **parts)
        kept = self.whispers if message.ephemeral_to else self.messages
        kept[message.channel, message.ts] = changed
        self.changed(Change(Did.UPDATED, message.author.team, via, changed, before=message))
        return changed

    def delete(self, via: str, message: Message) -> None:
        """The app takes back a message of its own."""
        kept = self.whispers if message.ephemeral_to else self.messages
        kept.pop((message.channel, message.ts), None)
        self.changed(Change(Did.DELETED, message.author.team, via, before=message))

    def current(self, message: Message) -> Message | None:
        """A message as it stands now, None if it is gone."""
        kept = self.whispers if message.ephemeral_to else self.messages
        return kept.get((message.channel, message.ts))

    def said_in(self, channel: Channel) -> tuple[Message, ...]:
        """All messages of a conversation with all replies, oldest first; no ephemeral ones."""
        return tuple(one for one in self.messages.values() if one.channel == channel.id)

    def thread(self, parent: Message) -> tuple[Message, ...]:
        """The replies under a message, oldest first."""
        replies = (one for one in self.messages.values() if one.channel == parent.channel and one.is_reply)
        return tuple(one for one in replies if one.thread_ts == parent.ts)

    def whispered_to(self, user: User) -> tuple[Message, ...]:
        """The ephemeral messages that a user sees, oldest first."""
        return tuple(one for one in self.whispers.values() if one.ephemeral_to == user.id)

    # --- views

    def modals_of(self, user: User) -> tuple[View, ...]:
        """The modals open in front of a user, the visible one last."""
        return tuple(self.modals.get(user.id, ()))

    def home_of(self, user: User) -> View | None:
        """The home tab of a user, None if the app has published none."""
        return self.homes.get(user.id)

    def current_view(self, view: View) -> View | None:
        """A view as it stands now, None if it is closed."""
        shown = [*self.modals.get(view.user, ()), *filter(None, [self.homes.get(view.user)])]
        return next((one for one in shown if one.id == view.id), None)

    def new_view(self, user: User, body: Json, *, previous: View | None = None, name: str | None = None) -> View:
        """A view as Slack keeps it; with `name`, the next version of the view with that id."""
        ident = name or self.new_id("V")
        kept = body | {"blocks": list(as_stored(body.get("blocks", ()), self.new_id))}
        root = previous.root_id if previous else ident
        bot = self.bots[user.team]
        return View(ident, user.team, user.id, bot, kept, self.new_ts(), root, previous.id if previous else None)

    def open_view(self, via: str, user: User, body: Json, *, push: bool) -> View:
        """Show a modal, on top of the others if `push`."""
        stack = self.modals.setdefault(user.id, [])
        if not push:
            stack.clear()
        view = self.new_view(user, body, previous=stack[-1] if stack else None)
        stack.append(view)
        self.changed(Change(Did.PUSHED if push else Did.OPENED, user.team, via, view=view))
        return view

    def replace_view(self, via: str, old: View, body: Json) -> View:
        """Show another body in an open modal."""
        fresh = self.new_view(self.users[old.user], body, name=old.id)
        view = replace(fresh, root_id=old.root_id, previous_id=old.previous_id, values=old.values)
        stack = self.modals[old.user]
        stack[[one.id for one in stack].index(old.id)] = view
        self.changed(Change(Did.REPLACED, old.team, via, view=view))
        return view

    def publish(self, via: str, user: User, body: Json) -> View:
        """Show another body in a user's home tab."""
        old = self.homes.get(user.id)
        view = self.homes[user.id] = self.new_view(user, body, name=old.id if old else None)
        self.changed(Change(Did.PUBLISHED, user.team, via, view=view))
        return view

    def close_view(self, via: str, view: View, *, whole_stack: bool = False) -> None:
        """Take a modal away, or all that are open."""
        stack = self.modals.get(view.user, [])
        stack[:] = [] if whole_stack else [one for one in stack if one.id != view.id]
        self.changed(Change(Did.CLOSED, view.team, via, view=view))

    def changed(self, change: Change) -> None:
        """Note a change by the app and tell who listens."""
        self.changes.add(change)
        self.on_change(change)
