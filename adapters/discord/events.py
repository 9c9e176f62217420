"""From Discord's interactions and messages to events."""

from collections.abc import Mapping
from typing import Any

import discord

from adapters.discord.commands import ANSWER
from adapters.discord.render import MENU
from bot.commands import STRING_LIMIT
from bot.events import Complete, Event, Invocation, Message, Place, Press, Submit, User, Value
from bot.roles import ADMINISTRATES, MODERATES

_ANSWERED = {discord.MessageType.default, discord.MessageType.reply}


def interaction_event(interaction: discord.Interaction[Any]) -> Event | Complete | None:
    """What an interaction means; None for a kind that the bot does not have."""
    data: Mapping[str, Any] = interaction.data or {}
    user, place = _user(interaction.user, interaction.permissions), _place(interaction)
    match interaction.type:
        case discord.InteractionType.application_command:
            return _command(user, place, data)
        case discord.InteractionType.autocomplete:
            head, name, options = _path(data)
            focused = next((option for option in options if option.get("focused")), None)
            if focused is None:
                return None
            return Complete(user, place, name, str(focused["name"]), str(focused.get("value", "")), head)
        case discord.InteractionType.component:
            pressed = data["values"][0] if data["custom_id"] == MENU else data["custom_id"]
            action, _, value = str(pressed).partition(":")
            return Press(user, place, action, value)
        case discord.InteractionType.modal_submit:
            return Submit(user, place, str(data["custom_id"]), dict(_typed(data.get("components", []))))
        case _:
            return None


def message_event(message: discord.Message, me: discord.abc.Snowflake) -> Message | None:
    """What a message means; None if it is the bot's, another bot's or the system's, or if nothing of it can be read.

    It is addressed to the bot in a direct conversation, where it mentions the bot, and where it replies to it (unless
    its author switched that mention off).
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _ANSWERED:
        return None
    direct = message.guild is None
    addressed = direct or any(user.id == me.id for user in message.mentions)
    if not addressed and not message.content:
        return None
    permissions = message.author.guild_permissions if isinstance(message.author, discord.Member) else None
    place = _placed(message.guild.id if message.guild else None, message.channel.id, message.author.id, message.channel)
    return Message(_user(message.author, permissions), place, message.content, addressed=addressed)


def _command(user: User, place: Place, data: Mapping[str, Any]) -> Event | None:
    if data.get("type") == discord.AppCommandType.message.value:
        if data["name"] != ANSWER:
            return None
        content = str(data["resolved"]["messages"][data["target_id"]].get("content", ""))
        # What was written into a message is only the question here, so it may be longer than an option.
        return Invocation(user, place, "ask", {"question": content[:STRING_LIMIT], "private": True})
    head, name, options = _path(data)
    given: dict[str, Value] = {str(option["name"]): option["value"] for option in options}
    return Invocation(user, place, name, given, head)


def _path(data: Mapping[str, Any]) -> tuple[str, str, list[Mapping[str, Any]]]:
    """The head, the subcommand and its options."""
    subcommand = (data.get("options") or [{"name": "help"}])[0]
    return str(data["name"]), str(subcommand["name"]), list(subcommand.get("options") or [])


def _typed(components: Any) -> list[tuple[str, str]]:
    """The fields of a submitted modal: rows and labels with an input each."""
    found: list[tuple[str, str]] = []
    for component in components:
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        found += _typed(inner)
        if "custom_id" in component and "value" in component:
            found.append((str(component["custom_id"]), str(component["value"])))
    return found


def _user(user: discord.abc.User, permissions: discord.Permissions | None) -> User:
    """A person; in a server with their roles and what they may do there."""
    groups: set[str] = set()
    if isinstance(user, discord.Member):
        groups = {f"discord:role/{role}" for role in _roles(user)}
        if permissions is not None and permissions.administrator:
            groups.add(ADMINISTRATES)
        if permissions is not None and permissions.manage_guild:
            groups.add(MODERATES)
    return User(f"discord:user/{user.id}", user.display_name, frozenset(groups))


def _roles(member: discord.Member) -> list[int]:
    return [role.id for role in member.roles]


def _place(interaction: discord.Interaction[Any]) -> Place:
    return _placed(interaction.guild_id, interaction.channel_id, interaction.user.id, interaction.channel)


def _placed(guild_id: int | None, channel_id: int | None, user_id: int, channel: object) -> Place:
    """A place; who talks with the bot outside any server is a community of their own."""
    community = f"discord:guild/{guild_id}" if guild_id else f"discord:user/{user_id}"
    thread = str(channel_id) if isinstance(channel, discord.Thread) else None
    return Place(f"discord:channel/{channel_id}", community, direct=guild_id is None, thread=thread)
