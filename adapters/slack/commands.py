"""From the declared commands to the app's manifest at Slack, with exactly the scopes that the code uses."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from bot.app.routes import SHARE
from bot.asking.answers import WELCOME
from bot.chat.replies import short
from bot.commands.declarations import HEADS, SHORTCUTS, Command, Registry, Shortcut

# schemas/manifest.schema.2.0.0.json of slackapi/manifest-schema.
USAGE_LIMIT = 1000
# Where the bot listens in HTTP mode.
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

NAME = "IJM answers"
# The same schema: agent_description.
_AGENT_LIMIT = 300

# What each method of the Web API that the code calls needs (docs.slack.dev/reference/methods); None needs no scope of
# the bot token (apps.connections.open needs connections:write of the app-level token).
METHODS: Mapping[str, str | None] = {
    "api.test": None,
    "apps.connections.open": None,
    "auth.test": None,
    "conversations.info": None,
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    # It is read of direct conversations alone, for which im:history is there anyway.
    "conversations.history": None,
    # In a channel it needs the scopes of PASSIVE_EVENTS; where they are not there, nothing is asked.
    "conversations.replies": None,
    "oauth.v2.access": None,
    "reactions.add": "reactions:write",
    "usergroups.list": "usergroups:read",
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
}
# The same for each event (docs.slack.dev/reference/events).
EVENTS: Mapping[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "message.im": "im:history",
    "tokens_revoked": None,
}
# What hearing questions that nobody addressed to the bot takes beside; only for those who want it.
PASSIVE_EVENTS: Mapping[str, str | None] = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
}
# The same for the assistant surface; only for those who switch it on. The first one asks for chat:write or this.
ASSISTANT_METHODS: Mapping[str, str | None] = {
    "assistant.threads.setStatus": "chat:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "assistant.threads.setTitle": "assistant:write",
}
# An app that was made before June 30, 2026, may have the older surface, which tells when a thread begins
# (docs.slack.dev/ai/migrating-to-agent-messaging); the newer one has app_home_opened for that.
ASSISTANT_EVENTS: Mapping[str, str | None] = {"assistant_thread_started": "assistant:write"}
# Slash commands and shortcuts, and the files that people put into forms (docs.slack.dev, file_input).
_COMMANDS = "commands"
_FILES = "files:read"
# conversations.info needs one for public channels and one for private ones.
_CHANNELS = ("channels:read", "groups:read")
# What an app that was installed before they were needed can do without: files, groups that moderate, reactions, and a
# look at the channel of a schedule before it starts.
OPTIONAL = frozenset({"files:read", "files:write", "im:write", "reactions:write", "usergroups:read", *_CHANNELS})


class Surface(StrEnum):
    """How people find the bot beside its ordinary Messages tab: Slack's assistant surface, or what it was before."""

    PLAIN = "plain"
    AGENT = "agent"
    ASSISTANT = "assistant"


# What each surface has in the manifest.
_VIEWS: Mapping[Surface, Mapping[str, Any]] = {
    Surface.PLAIN: {},
    Surface.AGENT: {"agent_view": {"agent_description": short(WELCOME, _AGENT_LIMIT)}},
    Surface.ASSISTANT: {"assistant_view": {"assistant_description": short(WELCOME, _AGENT_LIMIT)}},
}


def scopes(*, passive: bool = False, surface: Surface = Surface.PLAIN) -> list[str]:
    """Return the scopes of the bot token."""
    hearing = scopes_of(PASSIVE_EVENTS) if passive else frozenset()
    assisting = scopes_of(ASSISTANT_METHODS) if surface is not Surface.PLAIN else frozenset()
    return sorted({_COMMANDS, _FILES, *_CHANNELS, *scopes_of(METHODS), *scopes_of(EVENTS), *hearing, *assisting})


def scopes_of(uses: Mapping[str, str | None]) -> frozenset[str]:
    """Return the scopes that methods or events need."""
    return frozenset(scope for scope in uses.values() if scope)


def manifest(
    registry: Registry, url: str | None = None, *, passive: bool = False, surface: Surface = Surface.PLAIN
) -> dict[str, Any]:
    """Return the app's manifest: for Socket Mode, or for HTTP with the public `url` of the bot.

    `passive` lets the bot hear all messages of the channels that it is invited to; `surface` is where it shows.
    """
    base = url.rstrip("/") if url else None
    request_url = {"request_url": f"{base}{EVENTS_PATH}"} if base else {}
    older = ASSISTANT_EVENTS if surface is Surface.ASSISTANT else ()
    events = sorted({*EVENTS, *(PASSIVE_EVENTS if passive else ()), *older})
    oauth: dict[str, Any] = {"scopes": {"bot": scopes(passive=passive, surface=surface)}}
    if base:
        oauth = {"redirect_urls": [f"{base}{REDIRECT_PATH}"], **oauth}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": HEADS["ijm"],
            "long_description": f"{WELCOME} Ask with /ijm, by a mention in a channel or thread, with the message "
            f"shortcut “{SHORTCUTS[0].name}”, or in a direct message.",
            "background_color": "#1f4e79",
        },
        "features": {
            **_VIEWS[surface],
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {"name": each.name, "type": "message", "callback_id": each.id, "description": each.description}
                for each in _shortcuts(registry)
            ],
            "slash_commands": [_slash(head, registry, base) for head in _heads(registry.commands)],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": events},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": base is None,
            "token_rotation_enabled": False,
        },
    }


def drift(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Where the manifest that an app has differs from ours, as dotted names; what ours does not mention is theirs.

    The order of lists does not matter. Slash commands and shortcuts are told apart by their names.
    """
    return [name for name in _differing(ours, theirs) if not name.startswith("_metadata")]


def _differing(ours: Any, theirs: Any, at: str = "") -> Iterator[str]:
    if isinstance(ours, Mapping):
        there = theirs if isinstance(theirs, Mapping) else {}
        for name, value in ours.items():
            yield from _differing(value, there.get(name), f"{at}.{name}".lstrip("."))
    elif isinstance(ours, list):
        listed = theirs if isinstance(theirs, list) else []
        mine, others = _by_name(ours), _by_name(listed)
        for name in sorted(mine.keys() | others.keys()):
            if name not in mine or name not in others:
                yield f"{at} ({'lacks' if name in mine else 'has'} {name})"
            else:
                yield from _differing(mine[name], others[name], f"{at} ({name})")
    elif ours != theirs:
        yield at


def _by_name(listed: Iterable[Any]) -> dict[str, Any]:
    """Return the items of a list by what they are called; a plain item is its own name."""
    return {
        str(each.get("command") or each.get("callback_id")) if isinstance(each, Mapping) else str(each): each
        for each in listed
    }


def _shortcuts(registry: Registry) -> list[Shortcut]:
    """Return what can be done with a message (More actions, on a message)."""
    return [each for each in SHORTCUTS if registry.command(each.head, each.command)]


def _heads(commands: Iterable[Command]) -> list[str]:
    return list(dict.fromkeys(command.head for command in commands))


def _slash(head: str, registry: Registry, base: str | None) -> dict[str, Any]:
    names = [command.name for command in registry.commands if command.head == head]
    hint = ["your question", *names, f"{SHARE} …"] if "ask" in names else names
    shown: dict[str, Any] = {
        "command": f"/{head}",
        "description": HEADS[head],
        "usage_hint": " | ".join(hint)[:USAGE_LIMIT],
        # A person, channel or group that is named then comes with its id.
        "should_escape": True,
    }
    return {**shown, "url": f"{base}{EVENTS_PATH}"} if base else shown
