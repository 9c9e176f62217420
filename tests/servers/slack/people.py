"""What people do in a workspace, and what Slack tells the app about it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.servers.slack import payloads
from tests.servers.slack.deliveries import Attempt, Delivery, Envelope
from tests.servers.slack.forms import filled
from tests.servers.slack.records import Change, Did
from tests.servers.slack.response_url import new_response_url
from tests.servers.slack.rules.values import Channel, Json, Kind, Message, Team, User, View
from tests.servers.slack.world import World

# The scope without which Slack does not send an event (docs.slack.dev/reference/events).
_EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "assistant_thread_started": "assistant:write",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}


class People(ABC):
    """The people of all workspaces. Each thing they do is a Delivery, on which a test can wait.

    Raises AssertionError for what a person could not do: act where they are not, press what is not there.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    @abstractmethod
    def base_url(self) -> str:
        """Where this Slack is."""

    @abstractmethod
    def send(self, delivery: Delivery) -> Delivery:
        """Bring it to the app; the same delivery, at once."""

    # --- writing

    def slash(self, user: User, channel: Channel, command: str, text: str = "") -> Delivery:
        """Type a slash command. Slack has none in threads."""
        channel = self._inside(user, channel)
        url = new_response_url(self.world, self.base_url, user, channel)
        payload = payloads.slash_command(self.world, user, channel, command, text, url)
        return self.send(Delivery(Envelope.COMMAND, payload, self.world, user.team))

    def mention(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Delivery:
        """Write something with a mention of the bot, at its beginning unless it is in the text."""
        bot = self.world.bots[channel.team]
        text = text if f"<@{bot.id}>" in text else f"<@{bot.id}> {text}"
        message = self._written(user, channel, text, thread_ts)
        # As with Slack, both events are about the same message, and have different ids.
        self._new_message(message)
        return self._event(channel.team, "app_mention", payloads.app_mention(message), message)

    def say(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Delivery:
        """Write something; the delivery is that of the `message` event."""
        message = self._written(user, channel, text, thread_ts)
        bot = self.world.bots[user.team]
        if f"<@{bot.id}>" in text and self.world.channels[channel.id].kind is not Kind.IM:
            self._event(user.team, "app_mention", payloads.app_mention(message), message)
        return self._new_message(message)

    def dm(self, user: User, text: str, thread_ts: str | None = None) -> Delivery:
        """Write something to the bot alone."""
        return self.say(user, self.world.im(user, self.world.bots[user.team]), text, thread_ts)

    def me(self, user: User, channel: Channel, text: str) -> Delivery:
        """Say with /me what one does; with a mention of the bot, the delivery is that of the mention."""
        here = self._inside(user, channel)
        message = self.world.write(here, user, payloads.typed(text), subtype="me_message")
        delivery = self._new_message(message)
        return self._mentioned(message) or delivery

    def forward(self, user: User, message: Message, channel: Channel, text: str = "") -> Delivery:
        """Forward somebody's message with a few words; the delivery is that of the mention, if they mention the bot."""
        original, _ = self._seen(user, message)
        here = self._inside(user, channel)
        shared = {"is_share": True, "is_msg_unfurl": True, "ts": original.ts, "author_id": original.author.id}
        shared |= {"channel_id": original.channel, "text": original.text, "fallback": f"[…] {original.text}"}
        blocks = (payloads.rich_text(text),) if text else ()
        sent = self.world.write(here, user, payloads.typed(text), blocks=blocks, attachments=(shared,))
        delivery = self._new_message(sent)
        return self._mentioned(sent) or delivery

    def _mentioned(self, message: Message) -> Delivery | None:
        """Tell of a mention of the bot in a channel."""
        bot, here = self.world.bots[message.author.team], self._where(message)
        if f"<@{bot.id}>" not in message.text or here.kind is Kind.IM:
            return None
        return self._event(message.author.team, "app_mention", payloads.app_mention(message), message)

    def edit(self, user: User, message: Message, text: str) -> Delivery:
        """Change what one wrote; with a mention of the bot, the delivery is that of the mention."""
        before = self._own(user, message)
        ts = self.world.new_ts()
        shown, blocks = payloads.typed(text), (payloads.rich_text(text) | {"block_id": self.world.new_id()},)
        after = replace(before, text=shown, blocks=blocks, edited={"user": user.id, "ts": ts})
        self.world.messages[after.channel, after.ts] = after
        delivery = self._message_event(before, payloads.message_changed(after, before, self._where(before), ts), after)
        return self._mentioned(after) or delivery

    def delete(self, user: User, message: Message) -> Delivery:
        """Take back what one wrote."""
        before = self._own(user, message)
        del self.world.messages[before.channel, before.ts]
        event = payloads.message_deleted(before, self._where(before), self.world.new_ts())
        return self._message_event(before, event, None)

    def join(self, user: User, channel: Channel) -> Delivery:
        """Enter a channel; with the bot as the user, somebody has invited it."""
        here = self.world.channels[channel.id]
        self.world.channels[here.id] = replace(here, members=here.members | {user.id})
        event = {"type": "member_joined_channel", "user": user.id, "channel": here.id, "team": here.team}
        event |= {"channel_type": "C" if here.kind is Kind.PUBLIC else "G", "event_ts": self.world.new_ts()}
        return self._event(here.team, "member_joined_channel", event, None)

    # --- interacting

    def message_shortcut(self, user: User, message: Message, callback_id: str) -> Delivery:
        """Choose one of the app's shortcuts in a message's menu; ephemeral messages have none."""
        assert message.ephemeral_to is None, "an ephemeral message has no shortcuts"
        shown, channel = self._seen(user, message)
        url = new_response_url(self.world, self.base_url, user, channel, shown)
        return self._interact(user, payloads.message_action(self.world, user, channel, shown, callback_id, url))

    def shortcut(self, user: User, callback_id: str) -> Delivery:
        """Choose one of the app's global shortcuts."""
        return self._interact(user, payloads.global_shortcut(self.world, user, callback_id))

    def file(self, user: User, name: str, content: bytes) -> Json:
        """A file on a person's device, as it stands in a form once they have chosen it."""
        file: Json = {"id": self.world.new_id("F"), "name": name, "size": len(content), "user": user.id}
        url = f"{self.base_url}/files-pri/{file['id']}/download/{name}"
        self.world.files[file["id"]] = file | {"content": content}
        return file | {"filetype": name.rpartition(".")[2], "url_private_download": url}

    def press(self, user: User, where: Message | View, action_id: str, value: str | None = None) -> Delivery:
        """Press the button with that action_id (and value, if there are several), or choose the option with that value.

        It is pressed on the message or view as it stands now.
        """
        ts = self.world.new_ts()
        if isinstance(where, Message):
            shown, channel = self._seen(user, where)
            url = new_response_url(self.world, self.base_url, user, channel, shown)
            action = payloads.pressed(shown.blocks, action_id, value, ts)
            place = payloads.in_message(channel, shown, url)
        else:
            view = self._open(user, where)
            action = payloads.pressed(view.blocks, action_id, value, ts)
            place = payloads.in_view(view)
        return self._interact(user, payloads.block_actions(self.world, user, place, action))

    def submit_view(self, user: User, view: View, values: Mapping[str, Any] | None = None) -> Delivery:
        """Fill in a modal, by action_id or block_id, and send it in. What is not named keeps its initial value."""
        now = self._open(user, view)
        stack = self.world.modals.get(user.id, [])
        assert [one.id for one in stack[-1:]] == [now.id], "only the modal on top can be sent in"
        stack[-1] = replace(now, values=filled(now, values or {}))
        return self._interact(user, payloads.view_submission(self.world, stack[-1]))

    def close_view(self, user: User, view: View) -> Delivery | None:
        """Give up a modal; the app hears of it if it asked to with `notify_on_close`."""
        now = self._open(user, view)
        self.world.modals[user.id].remove(now)
        if not now.body.get("notify_on_close"):
            return None
        return self._interact(user, payloads.view_closed(self.world, now, cleared=False))

    def open_home(self, user: User, tab: str = "home") -> Delivery:
        """Open the app's own screen, at its `home` or `messages` tab."""
        channel = self.world.im(user, self.world.bots[user.team])
        event: Json = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
        event["event_ts"] = self.world.new_ts()
        home = self.world.home_of(user)
        if home is not None and tab == "home":
            event["view"] = home.payload()
        return self._event(user.team, "app_home_opened", event, None)

    def open_assistant(self, user: User) -> tuple[Message, Delivery]:
        """Begin a chat on the older assistant surface: the message that its thread hangs under, and the event."""
        bot = self.world.bots[user.team]
        channel = self.world.im(user, bot)
        root = self.world.write(channel, bot, "New chat")
        begun = {"user_id": user.id, "channel_id": channel.id, "thread_ts": root.ts, "context": {}}
        event = {"type": "assistant_thread_started", "assistant_thread": begun, "event_ts": self.world.new_ts()}
        return root, self._event(user.team, "assistant_thread_started", event, None)

    # --- administrating

    def uninstall(self, team: Team) -> Delivery:
        """Take the app out of a workspace: two events in no certain order; the tokens are `account_inactive` before."""
        self.world.refuse_tokens(team, "account_inactive")
        self._revoked(team)
        return self._event(team.id, "app_uninstalled", {"type": "app_uninstalled"}, None, authorized=False)

    def revoke_tokens(self, team: Team) -> Delivery:
        """Take the app's tokens away; they are `token_revoked` before the app hears of it."""
        self.world.refuse_tokens(team, "token_revoked")
        return self._revoked(team)

    def _revoked(self, team: Team) -> Delivery:
        tokens: Json = {"oauth": [], "bot": [self.world.bots[team.id].id]}
        return self._event(
            team.id, "tokens_revoked", {"type": "tokens_revoked", "tokens": tokens}, None, authorized=False
        )

    # --- what the app is told of itself

    def echo(self, change: Change) -> None:
        """Tell the app about a message of its own, as Slack does."""
        message = change.message or change.before
        if message is None or message.ephemeral_to:
            return
        channel, ts = self._where(message), self.world.new_ts()
        if change.did is Did.POSTED:
            self._new_message(message)
        elif change.did is Did.UPDATED and change.before:
            self._message_event(message, payloads.message_changed(message, change.before, channel, ts), message)
        elif change.did is Did.DELETED:
            self._message_event(message, payloads.message_deleted(message, channel, ts), None)

    # --- parts

    def _written(self, user: User, channel: Channel, text: str, thread_ts: str | None) -> Message:
        here = self._inside(user, channel)
        assert thread_ts is None or self.world.parent(here.id, thread_ts), f"there is no thread {thread_ts}"
        blocks, name = (payloads.rich_text(text),), self.world.new_id("client-")
        shown = payloads.typed(text)
        return self.world.write(here, user, shown, blocks=blocks, thread_ts=thread_ts, client_msg_id=name)

    def _new_message(self, message: Message) -> Delivery:
        return self._message_event(message, payloads.message_event(message, self._where(message)), message)

    def _message_event(self, about: Message, event: Json, said: Message | None) -> Delivery:
        here = self._where(about)
        return self._event(here.team, f"message.{here.kind}", event, said)

    def _event(self, team: str, name: str, event: Json, said: Message | None, *, authorized: bool = True) -> Delivery:
        sender = said.author.team if said is not None else None
        payload = payloads.event_callback(self.world, team, event, authorized=authorized, sender=sender)
        delivery = Delivery(Envelope.EVENT, payload, self.world, team, said)
        if unsent := self._unsent(team, name, event):
            delivery.attempts.add(Attempt(0, None, f"not sent, {unsent}"))
            return delivery
        return self.send(delivery)

    def _unsent(self, team: str, name: str, event: Json) -> str | None:
        """Why Slack does not send an event, None if it does."""
        if name not in self.world.app.events:
            return f"the app has not subscribed to {name}"
        scope = _EVENT_SCOPES.get(name)
        if scope is None:
            return None
        if scope not in self.world.scopes(team):
            return f"the app has not the scope {scope}"
        where = event.get("channel") or event["assistant_thread"]["channel_id"]
        inside = self.world.bots[team].id in self.world.channels[where].members
        return None if inside else "the app is not in the channel"

    def _interact(self, user: User, payload: Json) -> Delivery:
        return self.send(Delivery(Envelope.INTERACTIVE, payload, self.world, user.team))

    def _inside(self, user: User, channel: Channel) -> Channel:
        here = self.world.channels[channel.id]
        assert user.id in here.members, f"{user.name} is not in {here.name or here.id}"
        return here

    def _where(self, message: Message) -> Channel:
        return self.world.channels[message.channel]

    def _seen(self, user: User, message: Message) -> tuple[Message, Channel]:
        now = self.world.current(message)
        assert now is not None, "the message is gone"
        assert now.ephemeral_to in {None, user.id}, f"only {now.ephemeral_to} sees this message"
        return now, self._inside(user, self._where(now))

    def _own(self, user: User, message: Message) -> Message:
        now, _ = self._seen(user, message)
        assert now.author.id == user.id, "only its author can change a message"
        return now

    def _open(self, user: User, view: View) -> View:
        now = self.world.current_view(view)
        assert now is not None, "the view is closed"
        assert now.user == user.id, f"only {now.user} sees this view"
        return now
