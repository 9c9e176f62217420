"""The file `.env`: what is in it, and each line that would be silently ignored."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

# Where settings are read from beside the environment, which goes before it.
ENV_FILE = ".env"
_QUOTES = "\"'"
# The next setting, inside of a value.
_NEXT = re.compile(r"^[ \t]*+(?:export[ \t]++)?[A-Z][A-Z0-9_]++[ \t]*+=", re.MULTILINE)
# What it says of a line that it cannot read, `faults_in_file` says better.
logging.getLogger("dotenv").setLevel(logging.ERROR)
_EXAMPLE = "write NAME=value, such as IJM_LOG_LEVEL=info"


def written() -> dict[str, str]:
    """Return the file's values, by name in capitals; none if there is no file.

    Raises OSError or UnicodeDecodeError if it cannot be read.
    """
    path = Path(ENV_FILE)
    if not path.is_file():
        return {}
    return {name.upper(): value or "" for name, value in dotenv_values(path, encoding="utf-8").items()}


def faults_in_file() -> Iterator[str]:
    """Yield a sentence, with its line and without its value, for each statement that is not understood.

    A quote that takes the next setting into its value was not closed.
    Raises OSError or UnicodeDecodeError if the file cannot be read.
    """
    path = Path(ENV_FILE)
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as stream:
        for binding in parse_stream(stream):
            fault = _fault(binding)
            if fault:
                yield f"{ENV_FILE}, line {_line(binding)}: {fault}."


def _fault(binding: Binding) -> str:
    text = binding.original.string.strip()
    name, _, value = text.partition("=")
    quote = next((each for each in _QUOTES if value.lstrip().startswith(each)), "")
    if quote and (_NEXT.search(value) or (binding.error and not _is_closed(value.lstrip()))):
        return f"the quote after {_shown(name)}= is not closed; put a {quote} at the end of the line"
    if quote and binding.error:
        return f"there is something after the closing quote of {_shown(name)}; remove it"
    if binding.error or (binding.key is not None and binding.value is None):
        return f"this is not a setting; {_EXAMPLE}"
    return ""


def _is_closed(value: str) -> bool:
    """Return whether the quote that a value begins with is closed on its first line."""
    return re.match(r"(['\"])(?:\\.|(?!\1).)*\1", value) is not None


def _shown(name: str) -> str:
    """Return a name as it was written, if it is one; anything else may be a secret."""
    name = name.removeprefix("export").strip()
    return name if name.isidentifier() else "NAME"


def _line(binding: Binding) -> int:
    """Return the line that a statement begins in; dotenv counts the empty lines before it as its own."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
