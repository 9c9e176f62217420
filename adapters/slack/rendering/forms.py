"""From a form to a modal view, within Slack's limits."""

from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from slack_sdk.models.blocks import (
    Block,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from adapters.slack.rendering.controls import OPTION_LIMIT, PLACEHOLDER_LIMIT, plain_text
from adapters.slack.rendering.mrkdwn import typed
from bot.chat.markup import Referent
from bot.chat.replies import ChoiceQuestion, Field, FileQuestion, Form, Question, ReferenceQuestion, short

# node-slack-sdk packages/types/src: block-elements.ts, blocks.ts and views.ts.
INPUT_LIMIT = 3000
LABEL_LIMIT = 2000
VIEW_TITLE_LIMIT = 24
# The id of an input for Markdown, which marks its value as such.
MARKDOWN = "markdown"
# The same for one in which an id is typed.
TYPED_ID = "typed-id"
# How much text fits under a field.
FAULT_LIMIT = 300
# No id at Slack is longer.
ID_LIMIT = 30


def modals(form: Form, metadata: str) -> Iterator[dict[str, Any]]:
    """Yield a form as a modal, and then as a simpler one if it has fields that are not typed into."""
    yield modal(form, metadata)
    if any(isinstance(field, ReferenceQuestion) for field in form.fields):
        yield modal(form, metadata, lists=False)


def modal(form: Form, metadata: str, *, lists: bool = True) -> dict[str, Any]:
    """Return a form as a modal; values come back under the fields' names, with the metadata. Without `lists` of
    channels and people, their ids are typed.
    """
    inputs: list[Block] = []
    for field in form.fields:
        label = plain_text(field.label, LABEL_LIMIT)
        optional = isinstance(field, Question) and not field.required
        inputs.append(
            InputBlock(block_id=field.name, label=label, element=_input(field, lists=lists), optional=optional)
        )
    view: dict[str, Any] = View(
        type="modal",
        callback_id=form.id,
        title=plain_text(short(form.title, VIEW_TITLE_LIMIT), VIEW_TITLE_LIMIT),
        submit=plain_text(form.submit, VIEW_TITLE_LIMIT),
        close=plain_text("Cancel", VIEW_TITLE_LIMIT),
        private_metadata=metadata,
        blocks=inputs,
    ).to_dict()
    return view


def faulty(faults: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what keeps a modal open and shows faults under its fields (docs.slack.dev/surfaces/modals)."""
    errors: dict[str, str] = {}
    for field, what in faults:
        errors[field] = f"{errors[field]} {what}" if field in errors else what
    return {"response_action": "errors", "errors": {name: short(what, FAULT_LIMIT) for name, what in errors.items()}}


def _input(field: Field, *, lists: bool) -> InputInteractiveElement:
    match field:
        case FileQuestion():
            kinds = [ending.lstrip(".") for ending in field.endings]
            return FileInputElement(action_id=field.name, filetypes=kinds, max_files=1)
        case ChoiceQuestion():
            options = [Option(text=plain_text(label, OPTION_LIMIT), value=value) for value, label in field.options]
            chosen = next((option for option in options if option.value == field.value), None)
            return StaticSelectElement(action_id=field.name, options=[*options], initial_option=chosen)
        case ReferenceQuestion():
            return _reference(field) if lists else _typed_id(field)
        case Question():
            return _text_input(field)
        case _:
            assert_never(field)


def _reference(field: ReferenceQuestion) -> InputInteractiveElement:
    """Return the list of channels or people, with the current choice."""
    chosen = field.value.rpartition("/")[2] or None
    if field.what is Referent.CHANNEL:
        channels = ConversationFilter(include=["public", "private"])
        return ConversationSelectElement(action_id=field.name, initial_conversation=chosen, filter=channels)
    return UserSelectElement(action_id=field.name, initial_user=chosen)


def _typed_id(field: ReferenceQuestion) -> InputInteractiveElement:
    """Return the field for a typed id, for a Slack that refuses the list."""
    example = "C0123456789" if field.what is Referent.CHANNEL else "U0123456789"
    return PlainTextInputElement(
        action_id=TYPED_ID,
        max_length=ID_LIMIT,
        initial_value=field.value.rpartition("/")[2] or None,
        placeholder=plain_text(f"Its id, such as {example}", PLACEHOLDER_LIMIT),
    )


def _text_input(field: Question) -> InputInteractiveElement:
    limit = min(field.limit, INPUT_LIMIT)
    value = typed(field.value) if field.markdown else field.value
    return PlainTextInputElement(
        action_id=MARKDOWN if field.markdown else field.name,
        multiline=field.lines > 1,
        max_length=limit,
        initial_value=value[:limit] or None,
        placeholder=plain_text(field.hint, PLACEHOLDER_LIMIT) if field.hint else None,
    )
