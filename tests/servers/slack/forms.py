"""What a person's client does with a modal: fills in the inputs, and keeps back what is missing or too long."""

from collections.abc import Mapping
from typing import Any

from tests.servers.slack.payloads import answered
from tests.servers.slack.rules.limits import INPUT_TEXT
from tests.servers.slack.rules.values import Json, View

_INITIAL = {
    "plain_text_input": "initial_value",
    "datepicker": "initial_date",
    "users_select": "initial_user",
    "channels_select": "initial_channel",
    "conversations_select": "initial_conversation",
}


def filled(view: View, values: Mapping[str, Any]) -> Json:
    """The state of a view when a person filled in `values`, by action_id or block_id, and left the rest alone.

    Raises AssertionError for a field that is not there, and for what the client would not let through.
    """
    state: Json = {}
    unknown = set(values)
    for block in view.blocks:
        if block.get("type") != "input":
            continue
        element, name = block["element"], block["element"]["action_id"]
        given = next((key for key in (name, block["block_id"]) if key in values), None)
        unknown -= {given}
        value = values[given] if given else _initial(element)
        label = block["label"]["text"]
        assert value or block.get("optional"), f"{label!r} has to be filled in"
        if element["type"] == "plain_text_input" and value:
            least, most = element.get("min_length", 0), element.get("max_length", INPUT_TEXT)
            assert least <= len(value) <= most, f"{label!r} takes {least} to {most} characters, not {len(value)}"
        if element["type"] == "file_input" and value:
            kinds, most = element.get("filetypes"), element.get("max_files", 10)
            assert len(value) <= most, f"{label!r} takes {most} files"
            assert kinds is None or all(file["filetype"] in kinds for file in value), f"{label!r} takes {kinds}"
        state.setdefault(block["block_id"], {})[name] = {"type": element["type"]} | answered(element, value or None)
    assert not unknown, f"the view has no input {sorted(unknown)}"
    return state


def _initial(element: Json) -> Any:
    if "initial_option" in element:
        return element["initial_option"]["value"]
    if "initial_options" in element:
        return [option["value"] for option in element["initial_options"]]
    return element.get(_INITIAL.get(element["type"], ""))
