"""What comes from outside, checked and cut before anything else happens."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from bot.chat.events import Complete, Event, Submit
from knowledge.plain.parsing import ParseError, is_too_deep, parse_yaml

__all__ = ["LENGTH_LIMIT", "ParseError", "is_too_deep", "parse_yaml", "too_long", "whole"]

# Slack's longest message, the longest text of all platforms: https://docs.slack.dev/reference/methods/chat.postMessage
LENGTH_LIMIT = 40_000

_Event = TypeVar("_Event", bound=Event | Complete)


def whole(event: _Event) -> _Event:
    """Repair an event's texts, and cut one with more than LENGTH_LIMIT characters to its beginning and its end.

    JSON can carry half a character, which no database and no hash accepts. It becomes U+FFFD, and two halves that
    belong together become their character. What was typed into a form is not cut (see `too_long`).
    """
    changed: dict[str, Any] = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, str) and not _is_fine(value):
            changed[field.name] = _mended(_cut(value))
        elif isinstance(value, Mapping) and not all(_is_fine(each) for each in value.values()):
            texts = value if isinstance(event, Submit) else {name: _cut(each) for name, each in value.items()}
            changed[field.name] = {name: _mended(each) for name, each in texts.items()}
    return replace(event, **changed) if changed else event


def too_long(form: Submit) -> str:
    """Return the name of a form's field that has more than LENGTH_LIMIT characters; empty if none has."""
    return next((name for name, value in form.values.items() if len(value) > LENGTH_LIMIT), "")


def _is_fine(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if len(value) > LENGTH_LIMIT:
        return False
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def _cut(value: Any) -> Any:
    half = LENGTH_LIMIT // 2
    return f"{value[:half]} {value[-half:]}" if isinstance(value, str) and len(value) > LENGTH_LIMIT else value


def _mended(value: Any) -> Any:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value
