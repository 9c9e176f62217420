"""Ids of entries, made from their questions."""

import re
from collections.abc import Collection

from knowledge.pack.lint import ID_LIMIT

# Room for a hyphen and a number after an id that is taken.
_ROOM = 4


def slug(question: str, taken: Collection[str]) -> str:
    """Return a unique id made from a question's words."""
    words = re.sub(r"[^a-z0-9]+", "-", question.casefold()).strip("-")[: ID_LIMIT - _ROOM].strip("-") or "entry"
    if words not in taken:
        return words
    return next(made for number in range(2, len(taken) + 3) if (made := f"{words}-{number}") not in taken)
