"""The limits of the local Slack: everything that the SDK's own models make within them is taken, one more is not."""

from typing import Any

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    CheckboxesElement,
    ConfirmObject,
    ContextActionsBlock,
    ContextBlock,
    DividerBlock,
    FeedbackButtonsElement,
    HeaderBlock,
    IconButtonElement,
    ImageBlock,
    ImageElement,
    InputBlock,
    MarkdownBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    RadioButtonsElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from tests.servers.slack.rules.blocks import sent_text_size, texts
from tests.servers.slack.rules.limits import block_problems, view_problems

OPTION = Option(text="One", value="1")
CONFIRM = ConfirmObject(title="Sure?", text="Really?", confirm="Yes", deny="No")
THUMB = {"text": {"type": "plain_text", "text": "x" * 75}, "value": "v" * 2000}
FULL = (
    SectionBlock(
        text="x" * 3000, block_id="b" * 255, accessory=ImageElement(image_url="https://ijm.org/a", alt_text="a")
    ),
    SectionBlock(fields=[MarkdownTextObject(text="x" * 2000)] * 10),
    SectionBlock(text="x", accessory=OverflowMenuElement(action_id="a", options=[OPTION] * 5)),
    HeaderBlock(text="x" * 150),
    DividerBlock(),
    ContextBlock(elements=[MarkdownTextObject(text="x" * 3000)] * 10),
    ActionsBlock(
        elements=[
            ButtonElement(text="x" * 75, action_id=f"a{number}", value="x" * 2000, style="danger", confirm=CONFIRM)
            for number in range(25)
        ]
    ),
    ActionsBlock(elements=[StaticSelectElement(placeholder="x" * 150, action_id="a", options=[OPTION] * 100)]),
    ActionsBlock(elements=[RadioButtonsElement(action_id="a", options=[OPTION] * 10, initial_option=OPTION)]),
    InputBlock(label="x", hint="y", optional=True, element=PlainTextInputElement(action_id="a", multiline=True)),
    InputBlock(label="x", element=CheckboxesElement(action_id="a", options=[OPTION] * 10)),
    ContextActionsBlock(
        elements=[
            FeedbackButtonsElement(action_id="a", positive_button=THUMB, negative_button=THUMB),
            *(IconButtonElement(icon="trash", text="x" * 75, action_id=f"a{n}", confirm=CONFIRM) for n in range(4)),
        ]
    ),
    ImageBlock(image_url="https://ijm.org/a", alt_text="x" * 2000, title="x"),
    MarkdownBlock(text="x" * 12_000),
)


@pytest.mark.parametrize("block", FULL)
def test_a_block_that_is_full_is_taken(block: Any) -> None:
    assert block_problems([block.to_dict()]) == []


def button(**parts: Any) -> dict[str, Any]:
    element = {"type": "button", "text": {"type": "plain_text", "text": "x"}, "action_id": "a"} | parts
    return {"type": "actions", "elements": [element]}


def icon(**parts: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "x"}
    element = {"type": "icon_button", "icon": "trash", "text": text, "action_id": "a"} | parts
    return {"type": "context_actions", "elements": [element]}


def thumbs(**parts: Any) -> dict[str, Any]:
    element = {"type": "feedback_buttons", "positive_button": THUMB, "negative_button": THUMB, "action_id": "a"} | parts
    return {"type": "context_actions", "elements": [element]}


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "unsupported type: mrkdwn"),
        ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, "less than 151"),
        ({"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}, "no more than 10 items"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": ""}}, "more than 0 characters"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}, "additional property: emoji"),
        ({"type": "actions", "elements": []}, "no fewer than 1 items"),
        ({"type": "actions", "elements": button()["elements"] * 2}, "`action_id` is already in use"),
        ({"type": "image", "alt_text": "x"}, "must provide one of image_url and slack_file"),
        ({"type": "markdown", "text": "x" * 12_001}, "less than 12001"),
        (button(value="x" * 2001), "less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
        (button(text={"type": "plain_text", "text": "x" * 76}), "less than 76"),
        (button(action_id="x" * 256), "less than 256"),
        (button(style="loud"), "must be one of primary, danger"),
        (button(type="input"), "unsupported type: input"),
        (icon(icon="bell"), "must be one of trash"),
        (icon(style="danger"), "additional property: style"),
        (thumbs(positive_button={"text": THUMB["text"]}), "missing required field: value"),
        (thumbs(negative_button=THUMB | {"style": "danger"}), "additional property: style"),
        (thumbs(confirm={}) | {"elements": thumbs()["elements"] * 6}, "no more than 5 items"),
        ({"type": "context_actions", "elements": button()["elements"]}, "unsupported type: button"),
        ({"type": "actions", "elements": icon()["elements"]}, "unsupported type: icon_button"),
    ],
)
def test_a_block_that_slack_would_refuse_is_refused(block: dict[str, Any], problem: str) -> None:
    assert any(problem in found for found in block_problems([block])), block_problems([block])


def test_two_blocks_may_not_have_one_id() -> None:
    assert "already in use" in block_problems([{"type": "divider", "block_id": "b"}] * 2)[0]


def test_a_modal_that_is_full_is_taken() -> None:
    view = View(
        type="modal",
        title="x" * 24,
        submit="x" * 24,
        close="x" * 24,
        callback_id="x" * 255,
        private_metadata="x" * 3000,
        blocks=[DividerBlock()] * 100,
    )
    assert view_problems(view.to_dict()) == []
    assert view_problems(View(type="home", blocks=[DividerBlock()] * 100).to_dict()) == []


def test_a_modal_with_inputs_needs_a_button_to_send_it() -> None:
    view = View(type="modal", title="x", blocks=[InputBlock(label="x", element=PlainTextInputElement(action_id="a"))])
    assert view_problems(view.to_dict()) == ["missing required field: submit [json-pointer:/view]"]


def test_all_texts_of_blocks_are_counted_and_read() -> None:
    blocks = [SectionBlock(text="abc").to_dict(), button(), HeaderBlock(text="de").to_dict()]
    assert sent_text_size(blocks) == 6
    assert texts(blocks) == ["abc", "x", "de"]


def test_a_view_has_no_context_actions() -> None:
    assert "unsupported type: context_actions" in view_problems({"type": "home", "blocks": [icon()]})[0]
