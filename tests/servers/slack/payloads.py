"""What Slack sends to an app, in Slack's shapes: events, commands and interactions."""

import re
from typing import Any

from tests.servers.slack.rules.blocks import elements
from tests.servers.slack.rules.values import Channel, Json, Message, Team, User, View
from tests.servers.slack.world import World

# What a person's client leaves alone when it escapes what was typed.
_REFERENCE = re.compile(r"(<(?:@[UW]\w+|#C\w+(?:\|[^>]*)?|!(?:here|channel|everyone|subteam\^S\w+)(?:\|[^>]*)?)>)")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ADDRESS = re.compile(r"(?<![<|\w])(https?://[^\s<>]+)")


def typed(text: str, *, links: bool = True) -> str:
    """What a person typed, as it reaches an app: `&`, `<` and `>` escaped, addresses in angle brackets."""
    parts = _REFERENCE.split(text)
    parts[::2] = [part.translate(_ESCAPES) for part in parts[::2]]
    return _ADDRESS.sub(r"<\1>", "".join(parts)) if links else "".join(parts)


def rich_text(text: str) -> Json:
    """The block that a person's client makes of what was typed."""
    section: list[Json] = []
    for part in filter(None, _REFERENCE.split(text)):
        match part[:2], part[2:-1]:
            case "<@", user:
                section.append({"type": "user", "user_id": user})
            case "<#", channel:
                section.append({"type": "channel", "channel_id": channel.partition("|")[0]})
            case "<!", subteam if subteam.startswith("subteam^"):
                section.append({"type": "usergroup", "usergroup_id": subteam[8:].partition("|")[0]})
            case "<!", broadcast:
                section.append({"type": "broadcast", "range": broadcast.partition("|")[0]})
            case _:
                section.append({"type": "text", "text": part})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": section}]}


def event_callback(world: World, team: str, event: Json, *, authorized: bool = True, sender: str | None = None) -> Json:
    """An event in its wrapping. Events about lost tokens come without authorizations.

    In a channel that workspaces share, `sender` is the one that somebody comes from; the app hears of it for `team`
    (docs.slack.dev/apis/slack-connect).
    """
    bot, shared = world.bots[team].id, sender not in {None, team}
    if shared:
        event = event | {"user_team": sender, "source_team": sender, "team": sender}
    authorization = {"enterprise_id": None, "team_id": team, "user_id": bot, "is_bot": True}
    return {
        "token": world.app.verification_token,
        "team_id": sender if shared else team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": world.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.clock()),
        "authorizations": [authorization | {"is_enterprise_install": False}] if authorized else [],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{world.new_id()}",
    }


def message_event(message: Message, channel: Channel) -> Json:
    """The `message` event of a new message."""
    where = {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind.channel_type}
    return message.payload() | where


def app_mention(message: Message) -> Json:
    """The `app_mention` event of a new message; it does not say what kind of channel it is in."""
    return message.payload() | {"type": "app_mention", "channel": message.channel, "event_ts": message.ts}


def message_changed(message: Message, before: Message, channel: Channel, ts: str) -> Json:
    """The `message` event of an edited message; the user and the text are one level down."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message.payload(),
        "previous_message": before.payload(),
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind.channel_type,
    }


def message_deleted(before: Message, channel: Channel, ts: str) -> Json:
    """The `message` event of a deleted message."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before.payload(),
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": before.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind.channel_type,
    }


def slash_command(world: World, user: User, channel: Channel, command: str, text: str, response_url: str) -> Json:
    """A slash command; every value is a text, as in a form. There is no thread in it."""
    return {
        "token": world.app.verification_token,
        "team_id": user.team,
        "team_domain": world.teams[user.team].domain,
        "channel_id": channel.id,
        "channel_name": channel.shown_name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": typed(text, links=False),
        "api_app_id": world.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": world.new_trigger(user),
    }


def _interaction(world: World, kind: str, user: User) -> Json:
    team: Team = world.teams[user.team]
    return {
        "type": kind,
        "token": world.app.verification_token,
        "api_app_id": world.app.id,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "trigger_id": world.new_trigger(user),
    }


def message_action(world: World, user: User, channel: Channel, message: Message, name: str, response_url: str) -> Json:
    """A message shortcut."""
    return _interaction(world, "message_action", user) | {
        "action_ts": world.new_ts(),
        "callback_id": name,
        "channel": {"id": channel.id, "name": channel.shown_name},
        "message_ts": message.ts,
        "message": message.payload(),
        "response_url": response_url,
    }


def global_shortcut(world: World, user: User, name: str) -> Json:
    """A shortcut from the search field or the lightning button: no channel, no response_url."""
    return _interaction(world, "shortcut", user) | {"action_ts": world.new_ts(), "callback_id": name}


def block_actions(world: World, user: User, place: Json, action: Json) -> Json:
    """Something pressed or chosen; `place` is what the next two give."""
    chosen = {name: value for name, value in action.items() if name.startswith("selected_")}
    state = {"values": {action["block_id"]: {action["action_id"]: {"type": action["type"]} | chosen}} if chosen else {}}
    return _interaction(world, "block_actions", user) | {"state": state, "actions": [action]} | place


def in_message(channel: Channel, message: Message, response_url: str) -> Json:
    """The place of an action in a message. Of an ephemeral message the app is shown only the ts."""
    hidden = message.ephemeral_to is not None
    container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": hidden}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    shown = {} if hidden else {"message": message.payload()}
    where = {"id": channel.id, "name": channel.shown_name}
    return {"container": container, "channel": where, "response_url": response_url} | shown


def in_view(view: View) -> Json:
    """The place of an action in a modal or home tab; there is no response_url and no channel."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view.payload(), "state": {"values": view.values}}


def view_submission(world: World, view: View) -> Json:
    """A modal sent in."""
    fields = _interaction(world, "view_submission", world.users[view.user])
    return fields | {"view": view.payload(), "response_urls": []}


def view_closed(world: World, view: View, *, cleared: bool) -> Json:
    """A modal given up, for apps that asked to hear of it."""
    fields = _interaction(world, "view_closed", world.users[view.user])
    del fields["trigger_id"]
    return fields | {"view": view.payload(), "is_cleared": cleared}


def pressed(blocks: tuple[Json, ...], action_id: str, value: str | None, ts: str) -> Json:
    """The action of pressing a button, or choosing the option with that value. A thumb is named by its value alone.

    Raises AssertionError if there is no such element: nobody can press what is not there.
    """
    for block, element in elements(blocks):
        if element["type"] == "feedback_buttons":
            for thumb in (element["positive_button"], element["negative_button"]):
                if thumb["value"] == action_id:
                    said = {"text": thumb["text"], "value": action_id, "action_ts": ts, "type": element["type"]}
                    return said | {"action_id": element["action_id"], "block_id": block["block_id"]}
        if element["action_id"] != action_id or (
            element["type"] in {"button", "icon_button"} and value not in {None, element.get("value")}
        ):
            continue
        action = {"type": element["type"], "action_id": action_id, "block_id": block["block_id"], "action_ts": ts}
        if element["type"] in {"button", "icon_button"}:
            extras = {name: element[name] for name in ("value", "style", "url") if name in element}
            return action | {"text": element["text"]} | extras
        return action | answered(element, value)
    there = [(element["action_id"], element.get("value")) for _, element in elements(blocks)]
    raise AssertionError(f"no element {action_id!r} with value {value!r}; there are {there}")


def answered(element: Json, value: Any) -> Json:
    """What an element holds when a person gave it a value: a text, an id, an option's value, or a list of those."""
    kind = element["type"]
    options = [*element.get("options", ())]
    options += [option for group in element.get("option_groups", ()) for option in group["options"]]
    by_value = {option["value"]: option for option in options}
    match kind:
        case "static_select" | "radio_buttons" | "overflow":
            return {"selected_option": _option(by_value, value)}
        case "multi_static_select" | "checkboxes":
            return {"selected_options": [_option(by_value, one) for one in value or ()]}
        case "users_select" | "channels_select" | "conversations_select":
            return {f"selected_{kind.partition('s_')[0]}": value}
        case "file_input":
            return {"files": list(value or ())}
        case "datepicker":
            return {"selected_date": value}
        case _:
            return {"value": value}


def _option(by_value: Json, value: str | None) -> Json | None:
    assert value is None or value in by_value, f"no option {value!r}; there are {list(by_value)}"
    return None if value is None else by_value[value]
