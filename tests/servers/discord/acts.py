"""What a person sends to Discord when they use a command, a component or a modal, as Discord's own clients allow it."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.discord.interactions import Kind, token_for
from tests.servers.discord.posts import BUTTON, Post, walk
from tests.servers.discord.rules.payloads import acting_member_json, shown_channel_json, user_json
from tests.servers.discord.rules.rules import FILE_BYTES_LIMIT
from tests.servers.discord.rules.values import (
    GROUP,
    SELECTS,
    SUBCOMMAND,
    Choice,
    NotOffered,
    Resolved,
    Value,
    option_values,
    selected,
    submitted,
)
from tests.servers.discord.state import State
from tests.servers.discord.world import Channel, Permission, User

Json = dict[str, Any]

SLASH_COMMAND, MESSAGE_COMMAND = 1, 3
GUILD_CONTEXT, BOT_DM_CONTEXT = 0, 1


def command_data(
    state: State,
    user: User,
    channel: Channel,
    path: str,
    options: Mapping[str, Value],
    focused: str | None = None,
    *,
    checked: bool = True,
) -> Json:
    """The data of a slash command such as "head group name"; with `focused` it is still being typed.

    Raises NotOffered if there is no such command or option, or it does not take that value; and unless `checked`
    is off if the person may not use the command here.
    """
    name, *rest = path.removeprefix("/").split()
    command = _offered(state, user, channel, SLASH_COMMAND, name, checked=checked)
    data = _head(command)
    place, specs = data, command.get("options") or []
    for part in rest:
        inner = next((o for o in specs if o["name"] == part and o["type"] in {SUBCOMMAND, GROUP}), None)
        if inner is None:
            raise NotOffered(f"/{path}: there is no {part!r}")
        nested: Json = {"name": part, "type": inner["type"], "options": []}
        place["options"] = [nested]
        place, specs = nested, inner.get("options") or []
    if any(spec["type"] in {SUBCOMMAND, GROUP} for spec in specs):
        raise NotOffered(f"/{path}: choose one of {[spec['name'] for spec in specs]}")
    resolved = Resolved(state, channel)
    place["options"] = option_values(path, specs, options, focused, resolved)
    return data | ({"resolved": resolved.json} if resolved.json else {})


def menu_data(state: State, user: User, channel: Channel, name: str, target: Post, *, checked: bool = True) -> Json:
    """The data of a message command. Raises NotOffered as `command_data` does."""
    command = _offered(state, user, channel, MESSAGE_COMMAND, name, checked=checked)
    resolved = Resolved(state, channel)
    return _head(command) | {"target_id": resolved.add(target), "resolved": resolved.json}


def press_data(post: Post, custom_id: str, user: User) -> Json:
    """The data of a pressed button. Raises NotOffered if the person does not see it or it is disabled."""
    component = _component(post, custom_id, user)
    if component["type"] != BUTTON:
        raise NotOffered(f"{custom_id!r} is no button")
    return {"component_type": BUTTON, "custom_id": custom_id, "id": component["id"]}


def select_data(
    state: State, post: Post, channel: Channel, custom_id: str, values: Sequence[Choice], user: User
) -> Json:
    """The data of a choice in a select menu. Raises NotOffered if the menu does not offer it."""
    component = _component(post, custom_id, user)
    if component["type"] not in SELECTS:
        raise NotOffered(f"{custom_id!r} is no select menu")
    resolved = Resolved(state, channel)
    data = {"component_type": component["type"], "custom_id": custom_id, "id": component["id"]}
    data["values"] = selected(component, values, resolved)
    return data | ({"resolved": resolved.json} if resolved.json else {})


def modal_data(state: State, channel: Channel, modal: Json, values: Mapping[str, Any]) -> Json:
    """The data of a submitted modal, by custom id. Raises NotOffered if the modal would not be sent like that."""
    resolved = Resolved(state, channel)
    left = dict(values)
    components = [submitted(component, left, resolved) for component in modal["components"]]
    if left:
        raise NotOffered(f"the modal has no {sorted(left)}")
    data = {"custom_id": modal["custom_id"], "components": components}
    return data | ({"resolved": resolved.json} if resolved.json else {})


def interaction_json(state: State, kind: Kind, user: User, channel: Channel, data: Json, locale: str) -> Json:
    """An interaction as the gateway sends it."""
    world = state.world
    interaction_id = world.mint()
    payload: Json = {
        "id": interaction_id,
        "application_id": world.bot.id,
        "type": int(kind),
        "token": token_for(interaction_id),
        "version": 1,
        "data": data,
        "channel_id": channel.id,
        "channel": shown_channel_json(world, channel, user),
        "locale": locale,
        "app_permissions": str(world.permissions(world.bot, channel)),
        "attachment_size_limit": FILE_BYTES_LIMIT,
        "entitlements": [],
        "entitlement_sku_ids": [],
    }
    if channel.guild_id is None:
        # The application is installed to guilds only, not to the person: for a DM Discord then names guild 0.
        owners = {"0": "0"}
        here = {"user": user_json(user), "context": BOT_DM_CONTEXT, "authorizing_integration_owners": owners}
        return payload | here
    guild = world.guilds[channel.guild_id]
    return payload | {
        "guild_id": guild.id,
        "guild": {"id": guild.id, "locale": guild.locale, "features": list(guild.features)},
        "guild_locale": guild.locale,
        "member": acting_member_json(world, world.members[guild.id, user.id], channel),
        "context": GUILD_CONTEXT,
        "authorizing_integration_owners": {"0": guild.id},
    }


def _offered(state: State, user: User, channel: Channel, kind: int, name: str, *, checked: bool) -> Json:
    command = state.command(kind, name, channel.guild_id)
    if command is None:
        known = sorted(each["name"] for each in state.commands.get(None, []))
        raise NotOffered(f"there is no command {name!r} of type {kind}; global ones are {known}")
    context = BOT_DM_CONTEXT if channel.guild_id is None else GUILD_CONTEXT
    if not checked:
        return command
    if command["contexts"] is not None and context not in command["contexts"]:
        raise NotOffered(f"{name!r} is not offered in context {context}")
    if channel.guild_id is None:
        return command
    granted = state.world.permissions(user, channel)
    if not granted & Permission.USE_APPLICATION_COMMANDS:
        raise NotOffered(f"{user.name} may use no commands in #{channel.name}")
    required = command["default_member_permissions"]
    # "0" stands for administrators only, who have every permission and so any of these bits.
    needed = None if required is None else int(required) or int(Permission.ADMINISTRATOR)
    if needed is not None and granted & needed != needed:
        raise NotOffered(f"{user.name} lacks the permissions {required} for {name!r}")
    return command


def _head(command: Json) -> Json:
    head: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    return head | {"guild_id": command["guild_id"]} if "guild_id" in command else head


def _component(post: Post, custom_id: str, user: User) -> Json:
    if post.deleted or post.viewer_id not in {None, user.id}:
        raise NotOffered(f"{user.name} does not see the message {post.id}")
    found = next((each for each in walk(post.json["components"]) if each.get("custom_id") == custom_id), None)
    if found is None:
        raise NotOffered(f"the message has no component {custom_id!r}")
    if found.get("disabled"):
        raise NotOffered(f"{custom_id!r} is disabled")
    return found
