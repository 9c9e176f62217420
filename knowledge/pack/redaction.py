"""Removing from a text what could reveal its author or subject, before it is kept for moderators."""

import re

from knowledge.plain.phones import without_phones

# Longer texts are stories, not questions; the beginning says what was asked.
KEPT_LIMIT = 300
# So much is looked at, without a word that is cut there.
READ_LIMIT = 2_000

_REDACTED = (
    (re.compile(r"<[@#!][^<>]*+>|(?<!\S)@[\w.-]+"), "[name]"),
    (re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++"), "[e-mail]"),
    (re.compile(r"https?://\S+"), "[link]"),
    # A longer run of digits may be an account, a student number, somebody's id; years and amounts are shorter.
    (re.compile(r"\d(?:[ -]?\d){6,}"), "[number]"),
)


def redacted(text: str) -> str:
    """Return one line of at most KEPT_LIMIT characters, without mentions, addresses, links, and long numbers."""
    if len(text) > READ_LIMIT:
        text = "".join(text[:READ_LIMIT].rsplit(maxsplit=1)[:-1]) or "…"
    text = without_phones(text, "[number]")
    for pattern, word in _REDACTED:
        text = pattern.sub(word, text)
    line = " ".join(text.split())
    return line if len(line) <= KEPT_LIMIT else f"{line[: KEPT_LIMIT - 1]}…"
