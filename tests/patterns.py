"""Every pattern of the product against texts that are made to keep one busy: `python -m tests.patterns`.

A process of its own, because a pattern that is kept busy can only be ended from outside.
"""

import pkgutil
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from time import process_time

import adapters
import bot
import knowledge

# Long enough to tell a pattern whose work grows with the text's length, which takes a few milliseconds of processor
# time for so many characters, from one whose work grows with its square, which takes a second and more. Most are told
# apart by a shorter text already.
LENGTH, SECONDS = 16_000, 0.1
SHORT_LENGTH, SHORT_SECONDS = 2_000, 0.002
# The least of so many tries is taken, since a processor that is shared has slow moments.
TRIES = 3
UNITS = (
    "a", "a.", "a-", "a@", "a ", " ", "1", "1 ", "1-", "1- ", "1.", "1,", "(", "()", "[", "[]", "](", "<", "<@", "<a|",
    "<!a^", "`", "```", "`a", "*", "_", "a_", "*a", "~", "&", "&gt;", ">", "# ", "- ", "1. ", "\n", "\n ", " \n", "\t",
    ":", "https://", "http://a ", "www.", "a.a@", "@a", "+", "'", "a'", '"', 'a:"', "ijm ", "/ijm", "aA1", "1a", "é",
    "1) ", "19", "2012 ", "\\",
)  # fmt: skip
ENDS = ("", "!", "a@a", "\n")
# A character of each class, as a pattern may name it.
_CLASSES = {"CATEGORY_DIGIT": "1", "CATEGORY_NOT_DIGIT": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "a",
            "CATEGORY_WORD": "a", "CATEGORY_NOT_WORD": "-"}  # fmt: skip


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern that a module of the product holds, with its name."""
    for package in (bot, adapters, knowledge):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" in found.name or found.name.endswith("__main__"):
                continue
            module = import_module(found.name)
            for name, value in vars(module).items():
                for each in _patterns(value):
                    yield f"{found.name}.{name}", each


def _patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _patterns(each)


def units(pattern: re.Pattern[str]) -> set[str]:
    """Texts that parts of a pattern match, for each part that it has: repeated, they lead it on and disappoint it."""
    from re import _parser  # type: ignore[attr-defined]  # noqa: PLC0415

    found: set[str] = set()
    _sample(_parser.parse(pattern.pattern, pattern.flags), found)
    return {each for each in found if each}


def _sample(tree: object, found: set[str]) -> str:
    """A text that a part matches; those of all its own parts are added to `found`."""
    text = ""
    parts = []
    for op, argument in tree:  # type: ignore[attr-defined]
        one = _one(str(op), argument, found)
        parts.append(one)
        text += one
    found.update(parts)
    found.update("".join(parts[first : first + 2]) for first in range(len(parts)))
    found.add(text)
    return text


def _one(op: str, argument: object, found: set[str]) -> str:
    match op, argument:
        case "LITERAL", int(code):
            return chr(code)
        case "NOT_LITERAL", int(code):
            return "a" if chr(code) != "a" else "b"
        case "ANY", _:
            return "a"
        case "IN", list(options):
            return _of_class(options)
        case "CATEGORY", category:
            return _CLASSES.get(str(category), "a")
        case (("MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT"), (least, _, inner)):
            return _sample(inner, found) * max(1, least)
        case "SUBPATTERN", (_, _, _, inner):
            return _sample(inner, found)
        case "ATOMIC_GROUP", inner:
            return _sample(inner, found)
        case "BRANCH", (_, branches):
            return next(iter([_sample(branch, found) for branch in branches]))
        case (("ASSERT" | "ASSERT_NOT"), (_, inner)):
            _sample(inner, found)
    return ""


def _of_class(options: list[tuple[object, object]]) -> str:
    if str(options[0][0]) == "NEGATE":
        taken = {chr(value) for op, value in options[1:] if str(op) == "LITERAL" and isinstance(value, int)}
        return next(each for each in "a1 -." if each not in taken)
    _, value = options[0]
    if isinstance(value, tuple):
        return chr(value[0])
    return chr(value) if isinstance(value, int) else _CLASSES.get(str(value), "a")


def is_busy(pattern: re.Pattern[str], unit: str, end: str, length: int, seconds: float) -> bool:
    """Whether a pattern takes so much processor time, each time, for so long a text made of a unit."""
    text = unit * (length // len(unit)) + end
    for _ in range(TRIES):
        begun = process_time()
        sum(1 for _ in pattern.finditer(text))
        pattern.fullmatch(text)
        if process_time() - begun < seconds:
            return False
    return True


def main() -> int:
    """Try everything on everything; name each pattern, and what keeps it busy."""
    busy = 0
    for pattern, name in {pattern: name for name, pattern in patterns()}.items():
        found = next(
            (
                (unit, end)
                for unit, end in product(sorted({*UNITS, *units(pattern)}), ENDS)
                if is_busy(pattern, unit, end, SHORT_LENGTH, SHORT_SECONDS)
                and is_busy(pattern, unit, end, LENGTH, SECONDS)
            ),
            None,
        )
        print(f"{name}: {'linear' if found is None else f'kept busy by {found}'}", flush=True)
        busy += found is not None
    return busy


if __name__ == "__main__":
    sys.exit(main())
