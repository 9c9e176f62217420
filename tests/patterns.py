"""Every pattern of the product against texts that are made to keep one busy: `python -m tests.patterns`.

A process of its own, because it ends a pattern that is kept busy by a timer of the whole process.
"""

import ast
import pkgutil
import re
import signal
import sys
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from itertools import chain, product
from operator import or_
from pathlib import Path
from time import thread_time

import adapters
import bot
import knowledge
from bot.chat.events import UPLOAD_LIMIT
from tests.fuzzing import LONGER

# The longest text that a pattern can meet, and the processor time that it may take for it.
LIMIT, SECONDS = UPLOAD_LIMIT, 1.0
# Work that grows with a text's length takes 8 times as long for the second length, and with its square 64 times. What
# takes less than FLOOR for the second takes less than SECONDS for LIMIT either way.
LENGTHS, GROWTH = (4_000, 32_000) if LONGER else (1_000, 8_000), 20
FLOOR = SECONDS * (LENGTHS[1] / LIMIT) ** 2
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
    """Every pattern that a module of the product holds or a function in it names, with its name."""
    for package in (bot, adapters, knowledge):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            yield from written(path)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" in found.name or found.name.endswith("__main__"):
                continue
            module = import_module(found.name)
            for name, value in vars(module).items():
                for each in _patterns(value):
                    yield f"{found.name}.{name}", each


def written(path: Path) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern that is given to a function of `re` in a source file, with its line; "x" for what is filled in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name)) if name != "escape":
                named = (getattr(re, each.attr, None) for each in ast.walk(node) if isinstance(each, ast.Attribute))
                flags = reduce(or_, (flag for flag in named if isinstance(flag, re.RegexFlag)), re.NOFLAG)
                yield f"{path.name}:{node.lineno}", re.compile(_text(node.args[0]), flags)


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(_text, parts))
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            return _text(left) + _text(right)
    return "x"


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


def is_busy(pattern: re.Pattern[str], unit: str, end: str = "") -> bool:
    """Whether a pattern takes more than SECONDS for a text of at most LIMIT characters that is made of a unit."""
    signal.signal(signal.SIGVTALRM, _give_up)
    if not all(_grows(pattern, unit, end, tries) for tries in (1, TRIES)):
        return False
    length = LENGTHS[1]
    while length < LIMIT:
        length = min(2 * length, LIMIT)
        if _least(pattern, unit, end, length, TRIES) > SECONDS:
            return True
    return False


def _grows(pattern: re.Pattern[str], unit: str, end: str, tries: int) -> bool:
    """Whether the work grows faster than a text does."""
    short = _least(pattern, unit, end, LENGTHS[0], tries)
    return short > SECONDS or _least(pattern, unit, end, LENGTHS[1], tries) > max(FLOOR, GROWTH * short)


def _least(pattern: re.Pattern[str], unit: str, end: str, length: int, tries: int) -> float:
    """The processor time, each time, for so long a text; what takes twice SECONDS is given up."""
    text = unit * (length // len(unit)) + end
    least = 2 * SECONDS
    for _ in range(tries):
        begun = thread_time()
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, 2 * SECONDS)
            sum(1 for _ in pattern.finditer(text))
            pattern.fullmatch(text)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        except TimeoutError:
            break
        least = min(least, thread_time() - begun)
    return least


def _give_up(*_: object) -> None:
    raise TimeoutError


def main() -> int:
    """Try everything on everything; name each pattern, and what keeps it busy."""
    busy = 0
    for pattern, name in {pattern: name for name, pattern in patterns()}.items():
        own = sorted({*UNITS, *units(pattern)} if LONGER else units(pattern))
        tried = chain(product(own, ENDS), product(() if LONGER else UNITS, ENDS[:1]))
        found = next((each for each in tried if is_busy(pattern, *each)), None)
        print(f"{name}: {'linear' if found is None else f'kept busy by {found}'}", flush=True)
        busy += found is not None
    return busy


if __name__ == "__main__":
    sys.exit(main())
