"""A message of the local Discord as people see it, now and in each of its states."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from itertools import count
from typing import Any

from tests.servers.json_copies import copied

Json = dict[str, Any]

EVERYONE = "@everyone"
BUTTON = 2
TEXT_DISPLAY = 10


class Flag(IntFlag):
    """The flags of a message (resources/message.mdx#message-object-message-flags)."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


# What an edit may set; the rest of the flags stays as it was.
EDITABLE = Flag.SUPPRESS_EMBEDS | Flag.COMPONENTS_V2
SENDABLE = EDITABLE | Flag.EPHEMERAL | Flag.SUPPRESS_NOTIFICATIONS


class MessageType(IntEnum):
    """The types of messages that occur here (resources/message.mdx#message-object-message-types)."""

    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


@dataclass(slots=True)
class Post:
    """A message as it stands now (`json`), and every state that it had (`versions`, the first one first).

    An ephemeral message has the `viewer_id` of the only person who sees it. `reactions` are the bot's.
    """

    json: Json
    guild_id: str | None = None
    viewer_id: str | None = None
    deleted: bool = False
    versions: list[Json] = field(default_factory=list)
    reactions: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.json["id"])

    @property
    def channel_id(self) -> str:
        """The id of its channel."""
        return str(self.json["channel_id"])

    @property
    def author_id(self) -> str:
        """The id of who wrote it."""
        return str(self.json["author"]["id"])

    @property
    def content(self) -> str:
        """Its plain content; empty for Components V2."""
        return str(self.json["content"])

    @property
    def flags(self) -> Flag:
        """Its flags."""
        return Flag(self.json["flags"])

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & Flag.EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still shows that the bot is thinking."""
        return bool(self.flags & Flag.LOADING)

    @property
    def text(self) -> str:
        """All text that a person reads in it: content, embeds and text displays."""
        return "\n".join(part for part in _texts(self.json) if part)

    @property
    def components(self) -> list[Json]:
        """Every component in it, at any depth."""
        return list(walk(self.json["components"]))

    @property
    def buttons(self) -> list[Json]:
        """Its buttons."""
        return [component for component in self.components if component["type"] == BUTTON]

    def custom_id(self, label: str) -> str:
        """The custom id of the button with that label. Raises LookupError if there is none."""
        for button in self.buttons:
            if button.get("label") == label:
                return str(button["custom_id"])
        raise LookupError(f"no button {label!r} among {[button.get('label') for button in self.buttons]}")

    @property
    def pings(self) -> set[str]:
        """The ids of the users and roles whom it notifies; "@everyone" among them if it notifies all."""
        users = {user["id"] for user in self.json["mentions"]}
        return users | set(self.json["mention_roles"]) | ({EVERYONE} if self.json["mention_everyone"] else set())


def numbered(components: list[Json]) -> list[Json]:
    """Components with the ids that Discord gives to those that have none."""
    result = copied(components)
    taken = {component.get("id") for component in walk(result)}
    free = (number for number in count(1) if number not in taken)
    for component in walk(result):
        component["id"] = component.get("id") or next(free)
    return result


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Components and everything inside them, outermost first."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        yield from walk(component[key] for key in ("component", "accessory") if component.get(key))


def _texts(message: Json) -> Iterator[str]:
    yield message["content"]
    for embed in message["embeds"]:
        yield (embed.get("author") or {}).get("name") or ""
        yield embed.get("title") or ""
        yield embed.get("description") or ""
        for one in embed.get("fields") or []:
            yield f"{one['name']}\n{one['value']}"
        yield (embed.get("footer") or {}).get("text") or ""
    for component in walk(message["components"]):
        if component["type"] == TEXT_DISPLAY:
            yield component["content"]
