"""Every pattern of the product against texts that are made to keep one busy: `python -m tests.patterns`.

A process of its own, because a pattern that is kept busy can only be ended from outside.
"""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from time import process_time

import adapters
import bot
import knowledge

# What patterns are given at most: a longer text is cut before (`knowledge/plain/text.py`, `knowledge/pack/redaction.py`), or split.
LENGTH = 4_000
UNITS = (
    "a", "a.", "a-", "a@", "a ", " ", "1", "1 ", "1-", "1.", "1,", "(", "()", "[", "[]", "](", "<", "<@", "<a|", "<!a^",
    "`", "```", "`a", "*", "_", "a_", "*a", "~", "&", "&gt;", ">", "# ", "- ", "1. ", "\n", "\n ", " \n", "\t", ":",
    "https://", "http://a ", "www.", "a.a@", "@a", "+", "'", "a'", '"', 'a:"', "ijm ", "/ijm", "aA1", "1a", "é", "1) ",
)  # fmt: skip
ENDS = ("", "!", "a@a")


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


def main() -> None:
    """Try everything on everything; print how long each pattern took at most, the slowest last."""
    texts = [unit * (LENGTH // len(unit)) + end for unit, end in product(UNITS, ENDS)]
    taken: dict[str, float] = {}
    for name, pattern in patterns():
        for text in texts:
            begun = process_time()
            sum(1 for _ in pattern.finditer(text))
            pattern.fullmatch(text)
            taken[name] = max(taken.get(name, 0.0), process_time() - begun)
    for name, seconds in sorted(taken.items(), key=lambda each: each[1]):
        print(f"{1000 * seconds:8.1f} ms  {name}")


if __name__ == "__main__":
    main()
