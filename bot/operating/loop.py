"""The event loop that platforms are served on."""

import asyncio
import sys
from collections.abc import Coroutine
from importlib import import_module
from typing import TypeVar

_Result = TypeVar("_Result")


def run(main: Coroutine[object, object, _Result]) -> _Result:
    """As `asyncio.run`, on uvloop, which takes half of its time for what comes and goes; there is none for Windows."""
    if sys.platform == "win32":
        return asyncio.run(main)
    # Who only asks a question here needs none.
    result: _Result = import_module("uvloop").run(main)
    return result
