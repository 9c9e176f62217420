"""How the safety check reads a message: everything in it that a person can read, wherever it stands."""

import re

from knowledge.plain.text import clean

# What chat platforms turn into bold, spoilers, code and strike-through, even within a word; and what parts words.
_MARKUP = re.compile(r"[*~|`]+")
_BETWEEN = re.compile(r"[_>\s]+")
_MARKS = re.compile(r"([.,!?;:\"()]+)")
_LETTER = re.compile(r"[^\W_]")


def readable(text: str) -> str:
    """Give a message's plain text, with what stands in code, quotes, spoilers and strike-through.

    It is empty if nothing is left to read: no letter and no digit.
    """
    found = _BETWEEN.sub(" ", _MARKUP.sub("", clean(text, code=True))).strip()
    return found if _LETTER.search(found) else ""


def spaced(plain: str) -> str:
    """Put a space on each side of the marks between words, for a mark says much: of a question, of haste."""
    return _MARKS.sub(r" \1 ", plain)
