"""What comes from outside, before anything is done with it."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from bot.chat.events import Complete, Event
from knowledge.plain.parsing import is_too_deep

__all__ = ["is_too_deep", "whole"]

_Event = TypeVar("_Event", bound=Event | Complete)


def whole(event: _Event) -> _Event:
    """Mend an event whose texts hold half a character, which JSON can carry and no database and no hash takes.

    Two halves that belong together become their character, a lone one U+FFFD.
    """
    changed: dict[str, Any] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, str) and not _is_whole(value):
            changed[field.name] = _mended(value)
        elif isinstance(value, Mapping) and not all(_is_whole(each) for each in value.values()):
            changed[field.name] = {name: _mended(each) for name, each in value.items()}
    return replace(event, **changed) if changed else event


def _is_whole(value: object) -> bool:
    return not isinstance(value, str) or value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def _mended(value: Any) -> Any:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value
