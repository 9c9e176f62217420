"""The values that a person gives to options, select menus and modals, as an interaction carries them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.servers.discord.posts import Post
from tests.servers.discord.requests import Upload
from tests.servers.discord.rules.payloads import resolved_member_json, role_json, shown_channel_json, user_json
from tests.servers.discord.state import State
from tests.servers.discord.world import Channel, Role, User

Json = dict[str, Any]
Value = str | int | float | bool | User | Channel | Role | Upload
Choice = str | User | Role | Channel

SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
ACCEPTED: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    INTEGER: (int,),
    BOOLEAN: (bool,),
    USER: (User,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Role),
    NUMBER: (int, float),
    ATTACHMENT: (Upload,),
}
# interactions/application-commands.mdx:124
STRING_LIMIT = 6000

STRING_SELECT = 3
SELECTS = {3, 5, 6, 7, 8}
TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 4, 19, 21, 22, 23
# components/reference.mdx#text-input
TEXT_INPUT_LIMIT = 4000


class NotOffered(Exception):  # noqa: N818 -- nothing failed; people cannot do that
    """Discord's clients would not let the person do that."""


class Resolved:
    """The users, members, roles, channels, messages and attachments that an interaction speaks of."""

    def __init__(self, state: State, channel: Channel) -> None:
        self._state = state
        self._channel = channel
        self.json: Json = {}

    def add(self, value: User | Channel | Role | Upload | Post) -> str:
        """Speak of something; its id."""
        world = self._state.world
        match value:
            case User():
                self._put("users", value.id, user_json(value))
                member = world.members.get((self._channel.guild_id or "", value.id))
                if member is not None:
                    self._put("members", value.id, resolved_member_json(world, member, self._channel))
                return value.id
            case Role():
                self._put("roles", value.id, role_json(value))
                return value.id
            case Channel():
                self._put("channels", value.id, shown_channel_json(world, value, world.bot))
                return value.id
            case Upload():
                attachment = self._state.messages.upload(self._channel, value) | {"ephemeral": True}
                self._put("attachments", attachment["id"], attachment)
                return str(attachment["id"])
            case Post():
                self._put("messages", value.id, value.json)
                return value.id

    def _put(self, kind: str, key: str, payload: Json) -> None:
        self.json.setdefault(kind, {})[key] = payload


def option_values(
    path: str, specs: Iterable[Json], options: Mapping[str, Value], focused: str | None, resolved: Resolved
) -> list[Json]:
    """The options of a command as given; of one that is still being typed `focused` is the option at the cursor."""
    by_name = {spec["name"]: spec for spec in specs}
    if unknown := set(options) - set(by_name):
        raise NotOffered(f"/{path} has no {sorted(unknown)}, only {sorted(by_name)}")
    if focused is None:
        missing = [name for name, spec in by_name.items() if spec.get("required") and name not in options]
        if missing:
            raise NotOffered(f"/{path} needs {missing}")
    elif not by_name.get(focused, {}).get("autocomplete"):
        raise NotOffered(f"/{path} completes no {focused!r}")
    return [_option(path, by_name[name], value, name == focused, resolved) for name, value in options.items()]


def _option(path: str, spec: Json, value: Value, focused: bool, resolved: Resolved) -> Json:
    given: Json = {"name": spec["name"], "type": spec["type"]}
    if focused:
        return given | {"value": str(value), "focused": True}
    if not isinstance(value, ACCEPTED[spec["type"]]) or (isinstance(value, bool) and spec["type"] != BOOLEAN):
        raise NotOffered(f"/{path}: {spec['name']} takes no {value!r}")
    choices = [choice["value"] for choice in spec.get("choices") or []]
    if choices and value not in choices:
        raise NotOffered(f"/{path}: {spec['name']} is one of {choices}")
    if isinstance(value, str):
        _check_length(spec["name"], value, spec.get("min_length"), spec.get("max_length") or STRING_LIMIT)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        least, most = spec.get("min_value"), spec.get("max_value")
        if (least is not None and value < least) or (most is not None and value > most):
            raise NotOffered(f"/{path}: {spec['name']} is between {least} and {most}")
    else:
        value = value if isinstance(value, bool) else resolved.add(value)
    return given | {"value": value}


def selected(component: Json, values: Sequence[Choice], resolved: Resolved) -> list[str]:
    """What is chosen in a select menu."""
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    if not least <= len(values) <= most:
        raise NotOffered(f"{component['custom_id']!r} takes {least} to {most} values")
    if component["type"] != STRING_SELECT:
        return [value if isinstance(value, str) else resolved.add(value) for value in values]
    offered = [option["value"] for option in component["options"]]
    if unknown := [value for value in values if value not in offered]:
        raise NotOffered(f"{component['custom_id']!r} offers {offered}, not {unknown}")
    return [str(value) for value in values]


def submitted(component: Json, values: dict[str, Any], resolved: Resolved) -> Json:
    """A component of a modal with its value, which is taken out of `values`."""
    given: Json = {key: component[key] for key in ("type", "id") if key in component}
    if "component" in component:
        return given | {"component": submitted(component["component"], values, resolved)}
    if "components" in component:
        return given | {"components": [submitted(each, values, resolved) for each in component["components"]]}
    if "custom_id" not in component:
        return given
    value = values.pop(component["custom_id"], None)
    return given | {"custom_id": component["custom_id"]} | _entered(component, value, resolved)


def _entered(component: Json, value: Any, resolved: Resolved) -> Json:
    name, needed = component["custom_id"], component.get("required", True)
    match component["type"]:
        case kind if kind == TEXT_INPUT:
            text = component.get("value") or "" if value is None else value
            if text or needed:
                least = max(component.get("min_length") or 0, 1 if needed else 0)
                _check_length(name, text, least, component.get("max_length") or TEXT_INPUT_LIMIT)
            return {"value": text}
        case kind if kind in SELECTS:
            if value is None:
                value = [option["value"] for option in component.get("options") or [] if option.get("default")] or None
            if value is None and not needed:
                return {"values": []}
            return {"values": selected(component, value or [], resolved)}
        case kind if kind == FILE_UPLOAD:
            if needed and not value:
                raise NotOffered(f"{name!r} needs a file")
            return {"values": [resolved.add(file) for file in value or []]}
        case kind if kind == CHECKBOX_GROUP:
            return {"values": list(value or [])}
        case kind if kind == CHECKBOX:
            return {"value": bool(value)}
        case kind if kind == RADIO_GROUP:
            return {"value": value}
    raise NotOffered(f"{name!r} has no type that is known here: {component['type']}")


def _check_length(name: str, text: str, least: int | None, most: int) -> None:
    if not (least or 0) <= len(text) <= most:
        raise NotOffered(f"{name!r} takes {least or 0} to {most} characters, not {len(text)}")
