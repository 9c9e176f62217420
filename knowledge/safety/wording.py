"""How the safety check reads a message: everything in it that a person can read."""

import re

from knowledge.plain.text import clean

# What chat platforms turn into bold, spoilers, code and strike-through, even within a word; and what parts words.
_MARKUP = re.compile(r"[*~|`]+")
_BETWEEN = re.compile(r"[_>\s]+")
_MARKS = re.compile(r"([.,!?;:\"()]+)")
# Chinese characters and Japanese syllables, which nothing parts into words.
_UNPARTED = re.compile("([\u3040-\u30ff\u3400-\u9fff])")
_LETTER = re.compile(r"[^\W_]")


def readable(text: str) -> str:
    """Return a message's plain text, with what stands in code, quotes, spoilers and strike-through.

    It is empty if there is no letter and no digit.
    """
    found = _BETWEEN.sub(" ", _MARKUP.sub("", clean(text, code=True))).strip()
    return found if _LETTER.search(found) else ""


def spaced(plain: str) -> str:
    """Part a text into what counts as a word: marks, too, for a mark says much, and each Chinese character."""
    return _UNPARTED.sub(r" \1 ", _MARKS.sub(r" \1 ", plain))
