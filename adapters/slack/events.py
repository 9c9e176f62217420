"""From Slack's payloads to events, each with the address for its answer."""

import json
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.rendering.controls import BACK, FEEDBACK, MENUS
from adapters.slack.rendering.forms import MARKDOWN, TYPED_ID
from adapters.slack.rendering.mrkdwn import markdown
from adapters.slack.texts import forwarded, line_of, spoken, words_of
from bot.chat.events import ASKING, Event, Home, Invocation, Message, Place, Press, Submit, Typed, User, Value
from bot.chat.platform import Platform, Referent
from bot.commands.declarations import HEADS, SHORTCUTS, STRING_LIMIT

Body = Mapping[str, Any]

_SUBTYPES = {None, "thread_broadcast", "file_share", "me_message"}
# An edit may add the mention; for a message older than this, nothing records whether it was answered.
EDITED_SECONDS = 24 * 60 * 60
_COMMAND = re.compile(r"/?(ijm(?:-mod)?)(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
# docs.slack.dev/reference/objects: the prefixes of ids by kind. A private channel may have either.
_REFERENTS = {
    **dict.fromkeys("UW", Referent.PERSON),
    **dict.fromkeys("CG", Referent.CHANNEL),
    "S": Referent.GROUP,
}


def _referent(community: str, named: str) -> Referent | None:
    """Return what an id stands for; nothing if it belongs to another workspace."""
    own = f"{community}/"
    return _REFERENTS.get(named.removeprefix(own)[:1]) if named.startswith(own) else None


SLACK = Platform(
    "slack",
    "Slack",
    keeps="So that nothing is answered twice, I keep the number of a Slack event or message for two days, without text "
    "and author.",
    referent=_referent,
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer goes.

    `thread` is the thread to answer in, `begun` the one that was there before (an ephemeral message shows only in
    such a one). `said` is the message that is answered. `message` is the pressed message, which only the presser sees
    if it is `ephemeral`; `pressed` is what it holds, which Slack does not tell of such a one. With `home` the answer is
    a view of the Home tab. `chat` is the direct conversation of somebody who opens the bot.
    """

    team: str
    user: str
    channel: str | None = None
    thread: str | None = None
    begun: str | None = None
    response_url: str | None = None
    trigger: str | None = None
    message: str | None = None
    ephemeral: bool = False
    home: bool = False
    said: str | None = None
    pressed: Body | None = None
    chat: str | None = None

    @property
    def metadata(self) -> str:
        """Return what a form carries along, so that its answer finds its way back."""
        return json.dumps({"channel": self.channel, "thread": self.begun, "response_url": self.response_url})


@dataclass(frozen=True, slots=True)
class Heard:
    """An event from Slack. `keys` are new only once, however often Slack delivers it. `files` are those of a submitted
    form, in Slack's description, by field.
    """

    event: Event
    address: Address
    keys: tuple[str, ...] = ()
    files: Mapping[str, Body] = field(default_factory=dict)


def heard(body: Body, me: str | None, commands: Set[str]) -> Heard | None:
    """Return the event of a payload; None if the bot does not answer it.

    `me` is the bot's own user id, `commands` the names of those that a mention may give instead of a question.
    """
    match body.get("type"):
        case "event_callback":
            return _event(body, me, commands)
        case "block_actions":
            return _pressed(body)
        case "message_action":
            return _shortcut(body)
        case "view_submission":
            return _submitted(body)
        case None if "command" in body:
            return _slash(body)
        case _:
            return None


def community(team: str) -> str:
    """Return the id of a workspace as a community."""
    return f"slack:{team}"


def _slash(body: Body) -> Heard:
    address = Address(
        _team(body), body["user_id"], body["channel_id"], response_url=body.get("response_url"),
        trigger=body.get("trigger_id"),
    )  # fmt: skip
    user = _user(address, body.get("user_name"))
    head = str(body["command"]).removeprefix("/")
    line = line_of(head, body.get("text") or "", community(address.team))
    return Heard(Typed(user, _place(address), line, head, private=True), address)


def _event(body: Body, me: str | None, commands: Set[str]) -> Heard | None:
    event: Body = body["event"]
    keys = (f"slack:event/{body['event_id']}",)
    match event.get("type"):
        case "app_home_opened":
            is_home, chat = event.get("tab") == "home", event.get("channel")
            address = Address(_team(body), event["user"], None if is_home else chat, home=is_home, chat=chat)
            return Heard(Home(_user(address), _place(address)), address, keys) if is_home or chat else None
        case "assistant_thread_started":
            begun: Body = event["assistant_thread"]
            thread = begun["thread_ts"]
            address = Address(_team(body), begun["user_id"], begun["channel_id"], thread, thread)
            return Heard(Home(_user(address), _place(address)), address, keys)
        case "message" | "app_mention" if _is_new(event, me):
            return _message(body, event, me, commands, keys)
        case _:
            return None


def _is_new(event: Body, me: str | None) -> bool:
    """Return whether a message is new and from a person, not a bot, a deletion, or Slack itself. An edit is new only as
    a mention, which it may have added. Slack sends every edit of a message with a mention, and the message's key says
    whether it was answered before.
    """
    person = event.get("user") and event["user"] != me and not event.get("bot_id")
    return bool(person and event.get("subtype") in _SUBTYPES and not event.get("hidden") and not _is_old_edit(event))


def _is_old_edit(event: Body) -> bool:
    edited = event.get("edited")
    if not edited:
        return False
    return event["type"] != "app_mention" or float(edited["ts"]) - float(event["ts"]) > EDITED_SECONDS


def _message(body: Body, event: Body, me: str | None, commands: Set[str], keys: tuple[str, ...]) -> Heard:
    channel, ts, text = event["channel"], event["ts"], event.get("text") or ""
    begun = event.get("thread_ts")
    thread = begun if channel.startswith("D") else begun or ts
    address = Address(_team(body), event["user"], channel, thread, begun, said=ts)
    addressed = channel.startswith("D") or event["type"] == "app_mention" or f"<@{me}>" in text
    user, place, words = _user(address), _place(address), spoken(text, me)
    # If the app hears all messages of a channel, a mention comes as two events.
    keys = (*keys, f"slack:message/{channel}/{ts}")
    line = _command(words, commands) if addressed else None
    if line is not None:
        raw = _COMMAND.fullmatch(line_of(line[0], text, community(address.team), me).strip())
        rest = raw[2] or "" if raw and line[0] != ASKING else line[1]
        return Heard(Typed(user, place, rest, line[0]), address, keys)
    quoted = forwarded(event, me) if addressed else None
    return Heard(Message(user, place, words_of(words), addressed=addressed, quoted=quoted), address, keys)


def _command(words: str, commands: Set[str]) -> tuple[str, str] | None:
    """Return the head and line of a command in a mention, since threads have no slash commands; None for a question.

    It is one that begins with its head (`/ijm fact results`), or a command's bare name (`topics`).
    """
    found = _COMMAND.fullmatch(words.strip())
    if found and words.lstrip().startswith("/") and found[1].lower() in HEADS:
        return found[1].lower(), found[2] or ""
    return ("ijm", words) if words.lower() in commands else None


def _pressed(body: Body) -> Heard | None:
    action: Body = (body.get("actions") or [{}])[0]
    pressed = action.get("action_id", "")
    if pressed in MENUS:
        pressed = (action.get("selected_option") or {}).get("value", "")
    elif pressed == FEEDBACK:
        pressed = action.get("value", "")
    name, parted, value = str(pressed).partition(":")
    if not parted:
        return None
    container: Body = body.get("container") or {}
    begun = container.get("thread_ts")
    address = Address(
        _team(body), body["user"]["id"], (body.get("channel") or {}).get("id") or container.get("channel_id"),
        begun, begun, body.get("response_url"), body.get("trigger_id"), container.get("message_ts"),
        bool(container.get("is_ephemeral")), (body.get("view") or {}).get("type") == "home",
        pressed=body.get("message"),
    )  # fmt: skip
    user, place = _user(address, _name(body)), _place(address)
    if address.home and name == BACK.action:
        return Heard(Home(user, place), address)
    return Heard(Press(user, place, name, value, alone=address.ephemeral or place.direct), address)


def _shortcut(body: Body) -> Heard | None:
    shortcut = next((each for each in SHORTCUTS if each.id == body.get("callback_id")), None)
    if shortcut is None:
        return None
    message: Body = body.get("message") or {}
    begun = message.get("thread_ts")
    address = Address(
        _team(body), body["user"]["id"], (body.get("channel") or {}).get("id"), begun, begun,
        body.get("response_url"), body.get("trigger_id"),
    )  # fmt: skip
    # The text of a message becomes an option here, so it may be longer than an option usually is.
    words = spoken(str(message.get("text") or "")) or forwarded(message) or ""
    given: dict[str, Value] = {shortcut.option: words[:STRING_LIMIT]}
    private: dict[str, Value] = {"private": True} if shortcut.command == "ask" else {}
    user = _user(address, _name(body))
    return Heard(Invocation(user, _place(address), shortcut.command, given | private, shortcut.head), address)


def _submitted(body: Body) -> Heard:
    view: Body = body["view"]
    kept: Body = json.loads(view.get("private_metadata") or "{}")
    thread = kept.get("thread")
    address = Address(
        _team(body), body["user"]["id"], kept.get("channel"), thread, thread, kept.get("response_url"),
        body.get("trigger_id"),
    )  # fmt: skip
    fields = ((view.get("state") or {}).get("values") or {}).items()
    typed = [(block, action, each) for block, inner in fields for action, each in inner.items()]
    values = {
        block: _value(action, each, address.team) for block, action, each in typed if each.get("type") != "file_input"
    }
    files = {block: each["files"][0] for block, _, each in typed if each.get("files")}
    submit = Submit(_user(address, _name(body)), _place(address), str(view["callback_id"]), values)
    return Heard(submit, address, files=files)


def _value(action: str, element: Body, team: str) -> str:
    """Return what was typed or chosen in a field of a form: people and channels by their ids."""
    typed = str(element.get("value") or (element.get("selected_option") or {}).get("value") or "")
    chosen = element.get("selected_conversation") or element.get("selected_user")
    if action == TYPED_ID:
        chosen = typed.strip().upper()
    if chosen:
        return f"{community(team)}/{chosen}"
    return markdown(typed) if action == MARKDOWN else typed


def _team(body: Body) -> str:
    """Return the workspace whose installation a payload is for, never the one that its person comes from.

    In a channel that workspaces share, `team_id` of an event is where it came from; `authorizations` and
    `context_team_id` say for which installation it is told (docs.slack.dev/apis/events-api, slack-connect). A form
    says where the app is installed, and a pressed message who wrote it: the bot of that installation. What a whole
    organization's app hears may name only the person's workspace.
    """
    authorization: Body = next(iter(body.get("authorizations") or ()), {})
    # A message command may be used on anybody's message.
    pressed: Body = (body.get("message") or {}) if body.get("type") == "block_actions" else {}
    found = (
        authorization.get("team_id"),
        body.get("context_team_id"),
        (body.get("view") or {}).get("app_installed_team_id"),
        pressed.get("team"),
        (body.get("team") or {}).get("id"),
        body.get("team_id"),
        (body.get("user") or {}).get("team_id"),
    )
    return str(next(filter(None, found), ""))


def _name(body: Body) -> str | None:
    user: Body = body["user"]
    return user.get("name") or user.get("username")


def _user(address: Address, name: str | None = None) -> User:
    return User(f"slack:{address.team}/{address.user}", name or address.user)


def _place(address: Address) -> Place:
    home = community(address.team)
    if address.channel is None:
        return Place(f"{home}/{address.user}", home, direct=True, posts=not address.home, platform=SLACK)
    direct = address.channel.startswith("D")
    return Place(f"{home}/{address.channel}", home, direct=direct, thread=address.thread, platform=SLACK)
