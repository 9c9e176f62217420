"""The direction of a text, character by character, by the Unicode bidirectional algorithm."""

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

from bidi import algorithm

# The classes of signs that make a text run leftwards somewhere: letters, Arabic digits, and what embeds.
_LEFTWARDS = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})

# Joiners and the like; and signs that are newer than this Python knows.
_UNDIRECTED = frozenset({"BN", ""})

_Run = TypeVar("_Run")


def runs_leftwards(text: str) -> bool:
    """Return whether a paragraph begins at the right."""
    return bool(algorithm.get_base_level(text))


def levels(text: str, *, leftwards: bool) -> tuple[int, ...]:
    """Return the embedding level of each sign: an odd one runs leftwards.

    `leftwards` is the paragraph's own direction.
    """
    if not leftwards and not any(unicodedata.bidirectional(sign) in _LEFTWARDS for sign in text):
        return (0,) * len(text)
    # The library takes nothing that has no direction at all; that goes with the sign before it.
    known = [sign for sign in text if unicodedata.bidirectional(sign) not in _UNDIRECTED]
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = (1, "R") if leftwards else (0, "L")
    algorithm.get_embedding_levels("".join(known), storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    found = iter([int(sign["level"]) for sign in storage["chars"]])
    level, resolved = int(leftwards), []
    for sign in text:
        if unicodedata.bidirectional(sign) not in _UNDIRECTED:
            level = next(found, level)
        resolved.append(level)
    return tuple(resolved)


def in_sight(runs: Sequence[tuple[int, _Run]]) -> tuple[_Run, ...]:
    """Return runs, each with its level, in the order in which they stand from left to right (UAX #9, rule L2)."""
    order = list(range(len(runs)))
    highest = max((level for level, _ in runs), default=0)
    for level in range(highest, 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and runs[order[end]][0] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return tuple(runs[place][1] for place in order)
