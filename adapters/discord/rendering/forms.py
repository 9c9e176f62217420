"""From a form to a modal, within Discord's limits."""

from typing import Any, assert_never

import discord
from discord import ui

from adapters.discord.rendering.components import OPTION_LABEL_LIMIT, label_of
from bot.chat.markup import Referent
from bot.chat.replies import ChoiceQuestion, Field, FileQuestion, Form, Question, ReferenceQuestion, short

# components/reference.mdx: modals and their inputs.
MODAL_TITLE_LIMIT = 45
INPUT_LABEL_LIMIT = 45
INPUT_LIMIT = 4000
INPUT_HINT_LIMIT = 100
# The channels in which members read posts.
_CHANNELS = [discord.ChannelType.text, discord.ChannelType.news]

_Choice = ui.ChannelSelect[Any] | ui.UserSelect[Any]


class Window(ui.Modal):
    """A modal whose submission comes to `events.py`: the SDK must not keep it, because most are closed unsent."""

    def is_finished(self) -> bool:
        """Say yes: the SDK stores only modals that are not."""
        return True


def modal(form: Form) -> ui.Modal:
    """Return a form as a modal; typed values come back under the fields' names."""
    shown = Window(title=short(form.title, MODAL_TITLE_LIMIT), custom_id=form.id, timeout=None)
    for field in form.fields:
        shown.add_item(ui.Label(text=short(field.label, INPUT_LABEL_LIMIT), component=_input(field)))
    return shown


def _input(field: Field) -> ui.TextInput[Any] | ui.Select[Any] | ui.FileUpload[Any] | _Choice:
    match field:
        case FileQuestion():
            return ui.FileUpload(custom_id=field.name, required=True, min_values=1, max_values=1)
        case ChoiceQuestion():
            return ui.Select(custom_id=field.name, options=[_option(field, *each) for each in field.options])
        case ReferenceQuestion():
            return _reference(field)
        case Question():
            return _text_input(field)
        case _:
            assert_never(field)


def _reference(field: ReferenceQuestion) -> _Choice:
    """Return the list of channels or people, with the current choice."""
    chosen = [discord.Object(int(number))] if (number := field.value.rpartition("/")[2]).isdecimal() else []
    if field.what is Referent.CHANNEL:
        return ui.ChannelSelect(
            custom_id=field.name, channel_types=_CHANNELS, required=True,
            default_values=[discord.SelectDefaultValue.from_channel(each) for each in chosen],
        )  # fmt: skip
    users = [discord.SelectDefaultValue.from_user(each) for each in chosen]
    return ui.UserSelect(custom_id=field.name, required=True, default_values=users)


def _option(field: ChoiceQuestion, value: str, label: str) -> discord.SelectOption:
    return discord.SelectOption(label=label_of(label, OPTION_LABEL_LIMIT), value=value, default=value == field.value)


def _text_input(field: Question) -> ui.TextInput[Any]:
    limit = min(field.limit, INPUT_LIMIT)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.long if field.lines > 1 else discord.TextStyle.short,
        required=field.required,
        max_length=limit,
        default=field.value[:limit] or None,
        placeholder=short(" ".join(field.hint.split()), INPUT_HINT_LIMIT) or None,
    )
