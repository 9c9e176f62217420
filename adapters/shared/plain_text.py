"""From a reply to plain text, and from that to short lines."""

import textwrap

from bot.chat.markup import visible
from bot.chat.replies import Reply

# A character has at most this many bytes (UTF-8).
_WIDEST = 4
_MORE = "…"


def numbered(reply: Reply) -> str:
    """Return a reply as plain text with numbered choices."""
    blocks = Reply(reply.blocks).plain
    choices = "\n".join(f"  {number}. {button.label}" for number, button in enumerate(reply.choices, start=1))
    return visible("\n\n".join(part for part in (blocks, choices) if part))


def lines_of(text: str, bytes_limit: int, lines_limit: int) -> list[str]:
    """Return the lines of a text, each with at most this many bytes, and none empty. If there are too many, the middle
    is left out, because the end has the source and the choices.
    """
    lines = [line for each in text.splitlines() for line in _wrapped(visible(each).rstrip(), bytes_limit)]
    half = lines_limit // 2
    return lines if len(lines) <= lines_limit else [*lines[: lines_limit - half - 1], _MORE, *lines[-half:]]


def _wrapped(line: str, limit: int) -> list[str]:
    if len(line.encode()) <= limit:
        return [line] if line else []
    return textwrap.wrap(line, limit if line.isascii() else limit // _WIDEST)
