"""From Discord's interactions and messages to events."""

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

import discord

from adapters.discord.hearing.threads import title_of_post
from adapters.discord.registering.commands import PICKED
from adapters.discord.rendering.components import MENUS
from bot.chat.events import Complete, Event, Invocation, Message, Place, Press, Submit, User, Value
from bot.chat.platform import Platform, Referent
from bot.chat.roles import ADMINISTRATES, MODERATES
from bot.commands.declarations import SHORTCUTS, STRING_LIMIT, Completes

# The prefixes of picked ids, by the type of the option. What stands before what is chosen in a select of a form: in one
# of people or channels it is an id.
_CHOSEN = {
    discord.ComponentType.select.value: "",
    discord.ComponentType.user_select.value: "discord:user/",
    discord.ComponentType.channel_select.value: "discord:channel/",
}
_KINDS = {Completes.PERSON: "user", Completes.CHANNEL: "channel", Completes.GROUP: "role"}
_PICKED = {PICKED[completes].value: kind for completes, kind in _KINDS.items()}
_REFERENTS = {"user": Referent.PERSON, "channel": Referent.CHANNEL, "role": Referent.GROUP}
_CHANNEL_ID = "channel_id"
_ANSWERED = {discord.MessageType.default, discord.MessageType.reply}


def _referent(_: str, named: str) -> Referent | None:
    """Return what an id stands for. The id does not tell its server; the outbox checks that for channels."""
    kind, _, number = named.removeprefix(DISCORD.prefix).partition("/")
    return _REFERENTS.get(kind) if named.startswith(DISCORD.prefix) and number.isdecimal() else None


DISCORD = Platform("discord", "Discord", referent=_referent)


def interaction_event(interaction: discord.Interaction[Any]) -> Event | Complete | None:
    """Return the event for an interaction; None for an unsupported kind."""
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
            chosen = data.get("values") or [""]
            pressed = chosen[0] if data["custom_id"] in MENUS else data["custom_id"]
            action, _, value = str(pressed).partition(":")
            return Press(user, place, action, value, _is_alone(interaction))
        case discord.InteractionType.modal_submit:
            return Submit(user, place, str(data["custom_id"]), dict(_typed(data.get("components", []))))
        case _:
            return None


def keep_channel_id(payload: dict[str, Any]) -> None:
    """Keep an interaction's channel id where `raw_channel_id` finds it; without a channel object discord.py drops it.

    Discord sends both, and the object only since 2022 (interactions/receiving-and-responding.mdx).
    """
    if payload.get("channel") is None:
        payload.pop("channel", None)
        payload["data"] = (payload.get("data") or {}) | {_CHANNEL_ID: payload.get("channel_id")}


def raw_channel_id(interaction: discord.Interaction[Any]) -> int | None:
    """Return the channel id that was kept for an interaction without a channel object, if any."""
    kept: Mapping[str, Any] = interaction.data or {}
    return int(kept[_CHANNEL_ID]) if kept.get(_CHANNEL_ID) else None


def uploaded(interaction: discord.Interaction[Any]) -> dict[str, discord.Attachment]:
    """Return the files of a submitted form by field; they are not downloaded yet."""
    data: Any = interaction.data or {}
    resolved = (data.get("resolved") or {}).get("attachments") or {}
    state = interaction._state
    found: dict[str, discord.Attachment] = {}
    for component in (each.get("component") or {} for each in data.get("components") or []):
        values = component.get("values") or []
        if values and values[0] in resolved:
            found[str(component["custom_id"])] = discord.Attachment(data=resolved[values[0]], state=state)
    return found


def message_event(message: discord.Message, me: discord.abc.Snowflake) -> Message | None:
    """Return the event for a message; None if a bot or the system wrote it, or if nothing in it can be read.

    It is addressed to the bot in a direct conversation, or if it mentions the bot or the role that Discord made for it.
    So is a reply to the bot, unless its author switched that mention off.
    """
    if message.author.bot or message.webhook_id is not None or message.type not in _ANSWERED:
        return None
    guild = message.guild
    # discord.py does not know a server outside its cache, but the channel still names its server.
    guild_id = guild.id if guild is not None else getattr(message.channel, "guild_id", None)
    own_role = next((role for role in message.role_mentions if role.tags and role.tags.bot_id == me.id), None)
    addressed = guild_id is None or own_role is not None or any(user.id == me.id for user in message.mentions)
    if not addressed and not message.content:
        return None
    permissions = message.author.guild_permissions if _is_known(message.author) else None
    place = _placed(guild_id, message.channel.id, message.author.id, message.channel, guild)
    # Without the mention, a command's name comes first (`@bot outcomes rescue`).
    mention = rf"<@!?{me.id}>" if own_role is None else rf"<@(?:!?{me.id}|&{own_role.id})>"
    words = re.sub(mention, " ", message.content).strip()
    if addressed and not re.search(r"\w", words):
        # A post of a forum asks its question in the title.
        words = title_of_post(message) or words
    return Message(_user(message.author, permissions), place, words, addressed=addressed)


def _command(user: User, place: Place, data: Mapping[str, Any]) -> Event | None:
    if data.get("type") == discord.AppCommandType.message.value:
        shortcut = next((each for each in SHORTCUTS if each.name == data["name"]), None)
        if shortcut is None:
            return None
        content = str(data["resolved"]["messages"][data["target_id"]].get("content", ""))
        # The text of a message becomes an option here, so it may be longer than an option usually is.
        text: dict[str, Value] = {shortcut.option: content[:STRING_LIMIT]}
        private: dict[str, Value] = {"private": True} if shortcut.command == "ask" else {}
        return Invocation(user, place, shortcut.command, text | private, shortcut.head)
    head, name, options = _path(data)
    given: dict[str, Value] = {str(option["name"]): _value(option) for option in options}
    return Invocation(user, place, name, given, head)


def _value(option: Mapping[str, Any]) -> Value:
    """Return an option's value; the core's id for a person, channel or role."""
    kind = _PICKED.get(option.get("type", 0))
    value: Value = option["value"]
    return value if kind is None else f"discord:{kind}/{value}"


def _path(data: Mapping[str, Any]) -> tuple[str, str, list[Mapping[str, Any]]]:
    """Return the head, the subcommand and its options."""
    subcommand = (data.get("options") or [{"name": "help"}])[0]
    return str(data["name"]), str(subcommand["name"]), list(subcommand.get("options") or [])


def _typed(components: Any) -> list[tuple[str, str]]:
    """Return the fields of a submitted modal: rows and labels with an input or a select each."""
    found: list[tuple[str, str]] = []
    for component in components:
        inner = component.get("components") or ([component["component"]] if "component" in component else [])
        found += _typed(inner)
        if "custom_id" in component and "value" in component:
            found.append((str(component["custom_id"]), str(component["value"])))
        elif component.get("type") in _CHOSEN and component.get("values"):
            found.append((str(component["custom_id"]), f"{_CHOSEN[component['type']]}{component['values'][0]}"))
    return found


def _user(user: discord.abc.User, permissions: discord.Permissions | None) -> User:
    """Return a person; in a server with their roles and what they may do there."""
    groups: set[str] = set()
    if _is_known(user):
        groups = {f"discord:role/{role}" for role in _roles(user)}
        if permissions is not None and permissions.administrator:
            groups.add(ADMINISTRATES)
        if permissions is not None and permissions.manage_guild:
            groups.add(MODERATES)
    return User(f"discord:user/{user.id}", user.display_name, frozenset(groups))


def _is_known(user: discord.abc.User) -> TypeGuard[discord.Member]:
    """Return whether a person's roles are known; in a server outside the cache they are not, and nobody has powers."""
    return isinstance(user, discord.Member) and user.guild is not None


def _roles(member: discord.Member) -> list[int]:
    return [role.id for role in member.roles]


def _is_alone(interaction: discord.Interaction[Any]) -> bool:
    """Return whether only the presser sees the pressed message: it is ephemeral, or in the bot's own chat."""
    pressed = interaction.message
    return interaction.context.dm_channel or (pressed is not None and pressed.flags.ephemeral)


def _place(interaction: discord.Interaction[Any]) -> Place:
    channel_id = interaction.channel_id or raw_channel_id(interaction)
    return _placed(interaction.guild_id, channel_id, interaction.user.id, interaction.channel, interaction.guild)


def _placed(
    guild_id: int | None, channel_id: int | None, user_id: int, channel: object, guild: discord.Guild | None
) -> Place:
    """Return a place; a person outside any server is their own community."""
    community = f"discord:guild/{guild_id}" if guild_id else f"discord:user/{user_id}"
    thread = str(channel_id) if isinstance(channel, discord.Thread) else None
    # If somebody uses the bot as their own app, Discord does not name the server.
    name = guild.name if guild is not None else ""
    return Place(
        f"discord:channel/{channel_id}",
        community,
        direct=guild_id is None,
        thread=thread,
        community_name=name or "",
        platform=DISCORD,
    )
