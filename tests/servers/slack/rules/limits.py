"""What Slack refuses in messages and views, with the words it uses."""

from collections.abc import Iterator, Sequence
from typing import Any

Json = dict[str, Any]

# Sources: docs.slack.dev/reference (block-kit, views, methods) and node-slack-sdk packages/types/src/block-kit.
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
SECTION_TEXT = 3000
SECTION_FIELDS = 10
FIELD_TEXT = 2000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTION_ELEMENTS = 25
CONTEXT_ACTION_ELEMENTS = 5
MARKDOWN_TEXT = 12_000
TABLE_ROWS = 100
TABLE_CELLS = 20
IMAGE_ALT_TEXT = 2000
LABEL_TEXT = 2000
URL = 3000
ID = 255
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
FEW_OPTIONS = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
PLACEHOLDER = 150
INPUT_TEXT = 3000
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
# chat.postMessage cuts longer texts or refuses them; here they are always refused (docs.slack.dev, methods).
MESSAGE_TEXT = 40_000
# chat.update refuses texts that chat.postMessage took (docs.slack.dev, methods/chat.update, msg_too_long).
UPDATED_TEXT = 4_000
# Of all blocks together, in chat.* only; undocumented and approximate (github.com/slackapi/bolt-js, issue 2509).
BLOCKS_TEXT = 13_200

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")
_BLOCKS: dict[str, tuple[set[str], set[str]]] = {  # the type's own keys: required, optional
    "section": (set(), {"text", "fields", "accessory", "expand"}),
    "header": ({"text"}, {"level"}),
    "divider": (set(), set()),
    "context": ({"elements"}, set()),
    "actions": ({"elements"}, set()),
    "context_actions": ({"elements"}, set()),
    "input": ({"label", "element"}, {"hint", "optional", "dispatch_action"}),
    "image": ({"alt_text"}, {"image_url", "slack_file", "title"}),
    "markdown": ({"text"}, set()),
    "rich_text": ({"elements"}, set()),
    "table": ({"rows"}, {"column_settings"}),
}
_ELEMENTS: dict[str, tuple[set[str], set[str]]] = {
    "button": ({"text"}, {"url", "value", "style", "accessibility_label"}),
    "static_select": (set(), {"options", "option_groups", "initial_option", "placeholder"}),
    "multi_static_select": (
        set(),
        {"options", "option_groups", "initial_options", "placeholder", "max_selected_items"},
    ),
    "users_select": (set(), {"initial_user", "placeholder"}),
    "channels_select": (set(), {"initial_channel", "placeholder", "response_url_enabled"}),
    "conversations_select": (
        set(),
        {"initial_conversation", "placeholder", "response_url_enabled", "default_to_current_conversation", "filter"},
    ),
    "overflow": ({"options"}, set()),
    "radio_buttons": ({"options"}, {"initial_option"}),
    "checkboxes": ({"options"}, {"initial_options"}),
    "datepicker": (set(), {"initial_date", "placeholder"}),
    "plain_text_input": (
        set(),
        {"initial_value", "multiline", "min_length", "max_length", "placeholder", "dispatch_action_config"},
    ),
    "file_input": (set(), {"filetypes", "max_files"}),
    "image": ({"alt_text"}, {"image_url", "slack_file"}),
    "feedback_buttons": ({"positive_button", "negative_button"}, set()),
    "icon_button": ({"icon", "text"}, {"value", "accessibility_label", "visible_to_user_ids"}),
}
# docs.slack.dev/reference/block-kit/blocks/context-actions-block: they stand there, and nowhere else.
_IN_CONTEXT_ACTIONS = {"feedback_buttons", "icon_button"}
_IN_ACTIONS = set(_ELEMENTS) - {"plain_text_input", "file_input", "image"} - _IN_CONTEXT_ACTIONS
_IN_SECTION = set(_ELEMENTS) - {"plain_text_input", "file_input"} - _IN_CONTEXT_ACTIONS
_IN_INPUT = set(_ELEMENTS) - {"button", "overflow", "image"} - _IN_CONTEXT_ACTIONS


def block_problems(blocks: Sequence[Any], at: str = "/blocks", *, view: bool = False) -> list[str]:
    """What Slack would say is wrong with blocks, nothing if they are fine."""
    most = VIEW_BLOCKS if view else MESSAGE_BLOCKS
    if len(blocks) > most:
        return [_said(f"no more than {most} items allowed", at)]
    found: list[str] = []
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        here = f"{at}/{number}"
        found += _block(block, here, view=view)
        name = block.get("block_id") if isinstance(block, dict) else None
        if name in seen:
            found.append(_said(f"`block_id` {name} is already in use", f"{here}/block_id"))
        seen |= {name} if name else set()
    if sum(block.get("type") == "table" for block in blocks if isinstance(block, dict)) > 1:
        found.append(_said("only one table block is allowed", at))
    return found


def view_problems(view: Any) -> list[str]:
    """What Slack would say is wrong with a view."""
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return [_said("must be a view of type modal or home", "/view")]
    modal = view["type"] == "modal"
    known = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    known |= {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"} if modal else set()
    found = [_said(f"invalid additional property: {name}", "/view") for name in view.keys() - known]
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or (modal and not blocks):
        return [*found, _said("missing required field: blocks", "/view")]
    found += _text(view.get("title"), "/view/title", VIEW_TITLE, PLAIN) if modal else ()
    for name in ("submit", "close"):
        found += _text(view[name], f"/view/{name}", VIEW_TITLE, PLAIN) if name in view else ()
    if modal and "submit" not in view and any(isinstance(one, dict) and one.get("type") == "input" for one in blocks):
        found.append(_said("missing required field: submit", "/view"))
    found += _length(view, "private_metadata", "/view", PRIVATE_METADATA)
    found += [problem for name in ("callback_id", "external_id") for problem in _length(view, name, "/view", ID)]
    return found + block_problems(blocks, "/view/blocks", view=True)


def _said(problem: str, at: str) -> str:
    return f"{problem} [json-pointer:{at}]"


def _keys(part: Json, table: dict[str, tuple[set[str], set[str]]], at: str, shared: set[str]) -> Iterator[str]:
    required, optional = table[part["type"]]
    yield from (_said(f"missing required field: {name}", at) for name in sorted(required - part.keys()))
    extra = part.keys() - required - optional - shared - {"type"}
    yield from (_said(f"invalid additional property: {name}", at) for name in sorted(extra))


def _length(part: Json, name: str, at: str, most: int) -> Iterator[str]:
    value = part.get(name)
    if value is not None and not isinstance(value, str):
        yield _said("must be a string", f"{at}/{name}")
    elif value is not None and len(value) > most:
        yield _said(f"must be less than {most + 1} characters", f"{at}/{name}")


def _text(text: Any, at: str, most: int, kinds: tuple[str, ...] = ANY_TEXT) -> Iterator[str]:
    if not isinstance(text, dict):
        yield _said("must be an object", at)
    elif text.get("type") not in kinds:
        yield _said(f"unsupported type: {text.get('type')}", f"{at}/type")
    elif not text.get("text"):
        yield _said("must be more than 0 characters", f"{at}/text")
    else:
        extra = text.keys() - {"type", "text", "emoji" if text["type"] == "plain_text" else "verbatim"}
        yield from (_said(f"invalid additional property: {name}", at) for name in extra)
        yield from _length(text, "text", at, most)


def _count(part: Json, name: str, at: str, most: int) -> Iterator[str]:
    held = part.get(name)
    if not isinstance(held, list) or not held:
        yield _said("no fewer than 1 items required", f"{at}/{name}")
    elif len(held) > most:
        yield _said(f"no more than {most} items allowed", f"{at}/{name}")


def _block(block: Any, at: str, *, view: bool) -> Iterator[str]:
    if not isinstance(block, dict) or "type" not in block:
        yield _said("missing required field: type", at)
        return
    kind = block["type"]
    if kind not in _BLOCKS or (kind in {"markdown", "table", "context_actions"} and view):
        yield _said(f"unsupported type: {kind}", f"{at}/type")
        return
    problems = list(_keys(block, _BLOCKS, at, {"block_id"}))
    yield from problems
    yield from _length(block, "block_id", at, ID)
    if any("missing" in problem for problem in problems):
        return
    match kind:
        case "section":
            yield from _section(block, at)
        case "header":
            yield from _text(block["text"], f"{at}/text", HEADER_TEXT, PLAIN)
        case "context":
            yield from _count(block, "elements", at, CONTEXT_ELEMENTS)
            for number, inner in enumerate(block["elements"]):
                image = isinstance(inner, dict) and inner.get("type") == "image"
                here = f"{at}/elements/{number}"
                yield from _image(inner, here) if image else _text(inner, here, SECTION_TEXT)
        case "actions":
            yield from _actions(block, at, ACTION_ELEMENTS, _IN_ACTIONS)
        case "context_actions":
            yield from _actions(block, at, CONTEXT_ACTION_ELEMENTS, _IN_CONTEXT_ACTIONS)
        case "input":
            yield from _text(block["label"], f"{at}/label", LABEL_TEXT, PLAIN)
            yield from _text(block["hint"], f"{at}/hint", LABEL_TEXT, PLAIN) if "hint" in block else ()
            yield from _element(block["element"], f"{at}/element", _IN_INPUT)
        case "image":
            yield from _image(block, at)
        case "markdown":
            yield from _length(block, "text", at, MARKDOWN_TEXT)
        case "table":
            yield from _count(block, "rows", at, TABLE_ROWS)
            for number, row in enumerate(block["rows"]):
                yield from _count({"row": row}, "row", f"{at}/rows/{number}", TABLE_CELLS)


def _actions(block: Json, at: str, most: int, allowed: set[str]) -> Iterator[str]:
    yield from _count(block, "elements", at, most)
    names = [inner["action_id"] for inner in block["elements"] if inner.get("action_id")]
    if len(names) != len(set(names)):
        yield _said("`action_id` is already in use in this block", f"{at}/elements")
    for number, inner in enumerate(block["elements"]):
        yield from _element(inner, f"{at}/elements/{number}", allowed)


def _section(block: Json, at: str) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield _said("missing required field: text", at)
    if "text" in block:
        yield from _text(block["text"], f"{at}/text", SECTION_TEXT)
    if "fields" in block:
        yield from _count(block, "fields", at, SECTION_FIELDS)
        for number, inner in enumerate(block["fields"]):
            yield from _text(inner, f"{at}/fields/{number}", FIELD_TEXT)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}/accessory", _IN_SECTION)


def _image(part: Json, at: str) -> Iterator[str]:
    yield from _length(part, "alt_text", at, IMAGE_ALT_TEXT)
    yield from _length(part, "image_url", at, URL)
    if ("image_url" in part) == ("slack_file" in part):
        yield _said("must provide one of image_url and slack_file", at)


def _thumb(thumb: Json, at: str) -> Iterator[str]:
    missing = {"text", "value"} - thumb.keys()
    yield from (_said(f"missing required field: {name}", at) for name in missing)
    extra = thumb.keys() - {"text", "value", "accessibility_label"}
    yield from (_said(f"invalid additional property: {name}", at) for name in extra)
    yield from _text(thumb.get("text"), f"{at}/text", BUTTON_TEXT, PLAIN)
    for name, most in (("value", BUTTON_VALUE), ("accessibility_label", BUTTON_TEXT)):
        yield from _length(thumb, name, at, most)


def _element(element: Any, at: str, allowed: set[str]) -> Iterator[str]:
    if not isinstance(element, dict) or element.get("type") not in allowed:
        yield _said(f"unsupported type: {element.get('type') if isinstance(element, dict) else element}", f"{at}/type")
        return
    kind = element["type"]
    yield from _keys(element, _ELEMENTS, at, {"action_id", "confirm", "focus_on_load"} if kind != "image" else set())
    for name, most in (("action_id", ID), ("url", URL), ("accessibility_label", BUTTON_TEXT)):
        yield from _length(element, name, at, most)
    if kind == "image":
        yield from _image(element, at)
    if kind == "button":
        yield from _text(element.get("text"), f"{at}/text", BUTTON_TEXT, PLAIN)
        yield from _length(element, "value", at, BUTTON_VALUE)
        if element.get("style", "primary") not in {"primary", "danger"}:
            yield _said("must be one of primary, danger", f"{at}/style")
    if kind == "icon_button":
        yield from _text(element.get("text"), f"{at}/text", BUTTON_TEXT, PLAIN)
        yield from _length(element, "value", at, BUTTON_VALUE)
        if element["icon"] != "trash":
            yield _said("must be one of trash", f"{at}/icon")
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            yield from _thumb(element[name], f"{at}/{name}")
    if kind == "plain_text_input":
        yield from _length(element, "initial_value", at, INPUT_TEXT)
    if "placeholder" in element:
        yield from _text(element["placeholder"], f"{at}/placeholder", PLACEHOLDER, PLAIN)
    if "options" in element:
        yield from _count(element, "options", at, FEW_OPTIONS.get(kind, OPTIONS))
        for number, option in enumerate(element["options"]):
            here = f"{at}/options/{number}"
            kinds = ANY_TEXT if kind in {"radio_buttons", "checkboxes"} else PLAIN
            yield from _text(option.get("text"), f"{here}/text", OPTION_TEXT, kinds)
            yield from _length(option, "value", here, OPTION_VALUE)
    for name, most in CONFIRM.items():
        if name in element.get("confirm", {}):
            yield from _text(element["confirm"][name], f"{at}/confirm/{name}", most, ANY_TEXT)
