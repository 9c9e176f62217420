"""From the declared commands to what Discord registers, and the link that installs the bot with what it uses."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from discord import AppCommandOptionType, AppCommandType, Permissions

from adapters.discord.registering.translations import translations
from bot.chat.events import Role
from bot.commands.declarations import HEADS, SHORTCUTS, STRING_LIMIT, Command, Completes, Option, Registry, Shortcut

_TYPES = {str: AppCommandOptionType.string, int: AppCommandOptionType.integer, bool: AppCommandOptionType.boolean}
# What is chosen with Discord's own pickers.
PICKED = {
    Completes.PERSON: AppCommandOptionType.user,
    Completes.CHANNEL: AppCommandOptionType.channel,
    Completes.GROUP: AppCommandOptionType.role,
}
# guild, direct message with the bot, other private conversations (interactions/application-commands.mdx).
_EVERYWHERE = {"contexts": [0, 1, 2], "integration_types": [0, 1]}
_SERVERS = {"contexts": [0], "integration_types": [0]}
# Who sees a moderators' head unless a server's admin says otherwise in Integrations; the core checks again. Discord
# takes a number, by the schema that it publishes, and answers with a string.
_MODERATORS = Permissions(manage_guild=True).value
# The permissions that the bot uses, as Discord's settings of roles name them.
PERMISSIONS: Mapping[str, str] = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "add_reactions": "Add Reactions",
}
# Discord fills these in where they are not sent.
_DEFAULTS: Mapping[str, Any] = {
    "type": AppCommandType.chat_input.value,
    "description": "",
    "required": False,
    "autocomplete": False,
    "choices": [],
    "options": [],
    "default_member_permissions": None,
    "nsfw": False,
    "name_localizations": None,
    "description_localizations": None,
}
# Without this, Discord leaves out the texts in other languages (interactions/application-commands.mdx).
REGISTERED = "commands?with_localizations=true"
_COMPARED = ("name", "contexts", "integration_types", "max_length", "value", *_DEFAULTS)


def payload(registry: Registry) -> list[dict[str, Any]]:
    """All commands as Discord's bulk overwrite takes them: a slash command for each head, and message commands (right
    click or long press on a message, then Apps)."""
    heads = dict.fromkeys(command.head for command in registry.commands)
    slashes = [_head(head, [c for c in registry.commands if c.head == head]) for head in heads]
    return [*slashes, *(_on_message(each) for each in SHORTCUTS if registry.command(each.head, each.command))]


def same(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether what Discord has registered is what we would register; the order of commands does not matter."""

    def key(each: Mapping[str, Any]) -> tuple[str, int]:
        return str(each["name"]), int(each.get("type", 1))

    return [_plain(each) for each in sorted(ours, key=key)] == [_plain(each) for each in sorted(theirs, key=key)]


def permissions() -> Permissions:
    """Return what the bot does in a channel: see it, answer and react to messages there, with embeds and files."""
    return Permissions(**dict.fromkeys(PERMISSIONS, True))


def lacking(allowed: Permissions) -> tuple[str, ...]:
    """Return the names of the permissions that the bot uses and does not have, as Discord shows them."""
    return tuple(label for name, label in PERMISSIONS.items() if not (allowed.administrator or getattr(allowed, name)))


def invite(application_id: int) -> str:
    """Return the link that installs the bot on a server, with exactly the scopes and permissions that it uses."""
    query = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": permissions().value,
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def _on_message(shortcut: Shortcut) -> dict[str, Any]:
    everyone = shortcut.role is Role.MEMBER
    shown: dict[str, Any] = {"name": shortcut.name, "type": AppCommandType.message.value}
    shown |= translations().message(shortcut.id).json
    if not everyone:
        shown["default_member_permissions"] = _MODERATORS
    return {**shown, **(_EVERYWHERE if everyone else _SERVERS)}


def _head(head: str, commands: Sequence[Command]) -> dict[str, Any]:
    everyone = any(command.role is Role.MEMBER for command in commands)
    return {
        "name": head,
        "type": AppCommandType.chat_input.value,
        "description": HEADS[head],
        **translations().head(head).json,
        "options": [_subcommand(command) for command in commands],
        "default_member_permissions": None if everyone else _MODERATORS,
        **(_EVERYWHERE if everyone else _SERVERS),
    }


def _subcommand(command: Command) -> dict[str, Any]:
    return {
        "type": AppCommandOptionType.subcommand.value,
        "name": command.name,
        "description": command.summary,
        **translations().command(command).json,
        "options": [_option(command, option) for option in command.options],
    }


def _option(command: Command, option: Option) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": _TYPES[option.type].value,
        "name": option.name,
        "description": option.description,
        "required": option.required,
        **translations().option(command, option.name).json,
    }
    if option.completes in PICKED:
        shown["type"] = PICKED[option.completes].value
    elif option.choices:
        shown["choices"] = [{"name": choice, "value": choice} for choice in option.choices]
    elif option.type is str:
        shown["max_length"] = STRING_LIMIT
        shown["autocomplete"] = option.completes is not None
    return shown


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what matters of a command, an option or a choice, with Discord's defaults filled in."""
    found: dict[str, Any] = {}
    for name in _COMPARED:
        value = given.get(name, _DEFAULTS.get(name))
        if name in {"options", "choices"}:
            value = [_plain(each) for each in value or []]
        elif name in {"contexts", "integration_types"}:
            value = sorted(value or [])
        elif name == "default_member_permissions" and value is not None:
            value = str(value)
        found[name] = value if value is not None else _DEFAULTS.get(name)
    return found
