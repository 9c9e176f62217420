"""What Discord refuses in a message or a command although the schema of its API allows it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tests.servers.discord.posts import BUTTON, TEXT_DISPLAY, Flag, Post, walk
from tests.servers.discord.requests import Refused, Upload, invalid_form

Json = dict[str, Any]
Found = tuple[str, str, str]

# resources/message.mdx:613-619, 1072-1083
CONTENT_LIMIT = 2000
EMBEDS_TEXT_LIMIT = 6000
FILES_LIMIT = 10
# What an interaction says in attachment_size_limit for a guild without boosts.
FILE_BYTES_LIMIT = 10 * 1024 * 1024
# components/reference.mdx
ROWS_LIMIT = 5
ROW_BUTTONS_LIMIT = 5
V2_COMPONENTS_LIMIT = 40
V2_TEXT_LIMIT = 4000
ACTION_ROW = 1
# interactions/application-commands.mdx:33,450
COMMAND_TEXT_LIMIT = 8000
COMMANDS_LIMIT = {1: 100, 2: 15, 3: 15}
CHAT_INPUT = 1
CHAT_INPUT_NAME = re.compile(r"[-_'\w]{1,32}")
NESTING = {1, 2}


def check_message(body: Json, files: Sequence[Upload], before: Post | None = None) -> None:
    """Raise Refused if Discord would not take this message, or this edit of the message `before`."""
    if any(len(file.content) > FILE_BYTES_LIMIT for file in files):
        raise Refused(413, 40005, "Request entity too large")
    faults = [*_content(body), *_embeds(body), *_components(body, before)]
    if len(files) > FILES_LIMIT:
        faults.append(("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {FILES_LIMIT} or fewer in length."))
    if faults:
        raise invalid_form(*faults)
    full = {"content", "embeds", "components", "sticker_ids", "poll"}
    if before is None and not files and not any(body.get(key) for key in full):
        raise Refused(400, 50006, "Cannot send an empty message")


def check_commands(commands: list[Json]) -> None:
    """Raise Refused if Discord would not register these commands."""
    faults: list[Found] = []
    names = Counter((command.get("type", CHAT_INPUT), command["name"]) for command in commands)
    for number, command in enumerate(commands):
        kind = command.get("type", CHAT_INPUT)
        if names[kind, command["name"]] > 1:
            faults.append((f"{number}", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names are unique"))
        faults += [(f"{number}{path}", code, message) for path, code, message in _command(command, kind)]
    for kind, limit in COMMANDS_LIMIT.items():
        if sum(command.get("type", CHAT_INPUT) == kind for command in commands) > limit:
            raise Refused(400, 30032, f"Maximum number of application commands reached ({limit})")
    if faults:
        raise invalid_form(*faults)


def _content(body: Json) -> Iterator[Found]:
    if len(body.get("content") or "") > CONTENT_LIMIT:
        yield "content", "BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT_LIMIT} or fewer in length."


def _embeds(body: Json) -> Iterator[Found]:
    total = 0
    for embed in body.get("embeds") or []:
        texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
        texts.append((embed.get("author") or {}).get("name"))
        texts += [text for field in embed.get("fields") or [] for text in (field["name"], field["value"])]
        total += sum(len(text or "") for text in texts)
    if total > EMBEDS_TEXT_LIMIT:
        yield "embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBEDS_TEXT_LIMIT}"


def _components(body: Json, before: Post | None) -> Iterator[Found]:
    components = body.get("components") or []
    v2 = bool(Flag(body.get("flags") or 0) & Flag.COMPONENTS_V2)
    if before is not None:
        v2 = v2 or bool(before.flags & Flag.COMPONENTS_V2)
    if v2:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(key):
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                yield key, code, f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
        if len(list(walk(components))) > V2_COMPONENTS_LIMIT:
            yield "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"At most {V2_COMPONENTS_LIMIT} in all"
        if sum(len(each["content"]) for each in walk(components) if each["type"] == TEXT_DISPLAY) > V2_TEXT_LIMIT:
            yield "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"At most {V2_TEXT_LIMIT} in all"
    else:
        for number, component in enumerate(components):
            if component["type"] != ACTION_ROW:
                yield f"components.{number}.type", "BASE_TYPE_CHOICES", f"Value must be one of {{{ACTION_ROW}}}."
        if len(components) > ROWS_LIMIT:
            yield "components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS_LIMIT} in length."
    yield from _rows(components)
    ids = Counter(each["custom_id"] for each in walk(components) if each.get("custom_id"))
    for custom_id, count in ids.items():
        if count > 1:
            yield (
                "components",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                f"Component custom id cannot be duplicated: {custom_id}",
            )


def _rows(components: list[Json]) -> Iterator[Found]:
    for component in walk(components):
        if component["type"] != ACTION_ROW:
            continue
        inside = component.get("components") or []
        buttons = [each for each in inside if each["type"] == BUTTON]
        if not 1 <= len(inside) <= ROW_BUTTONS_LIMIT or (len(buttons) < len(inside) and len(inside) > 1):
            yield "components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row holds 1 to 5 buttons, or one select menu"


def _command(command: Json, kind: int) -> Iterator[Found]:
    if kind != CHAT_INPUT:
        if command.get("description") or command.get("options"):
            yield "", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Context menu commands have no description"
        return
    if _text_size(command) > COMMAND_TEXT_LIMIT:
        yield "", "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({COMMAND_TEXT_LIMIT})"
    yield from _named(command, "")


def _named(command: Json, path: str) -> Iterator[Found]:
    name = command["name"]
    if not CHAT_INPUT_NAME.fullmatch(name) or name != name.lower():
        yield f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"
    if not command.get("description"):
        yield f"{path}.description", "BASE_TYPE_REQUIRED", "This field is required"
    optional_came = False
    for number, option in enumerate(command.get("options") or []):
        yield from _named(option, f"{path}.options.{number}")
        if option["type"] in NESTING:
            continue
        if option.get("required") and optional_came:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            yield f"{path}.options.{number}", code, "Required options must be placed before non-required options"
        optional_came = optional_came or not option.get("required")


def _text_size(command: Json) -> int:
    """The characters of names, descriptions and values, of each the longest localisation."""
    size = 0
    for key in ("name", "description"):
        localised = (command.get(f"{key}_localizations") or {}).values()
        size += max(len(text) for text in [command.get(key) or "", *localised])
    size += sum(len(str(choice["name"])) + len(str(choice["value"])) for choice in command.get("choices") or [])
    return size + sum(_text_size(option) for option in command.get("options") or [])
