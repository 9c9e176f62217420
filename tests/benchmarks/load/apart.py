"""A bench in a process of its own, so that its memory is its own; it prints one JSON object."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE

from tests.program import ROOT

SECONDS = 600


async def answer(module: str, *arguments: str) -> dict[str, float]:
    """What a module prints. Raises RuntimeError with what it complains of."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    said, complained = await asyncio.wait_for(process.communicate(), SECONDS)
    if process.returncode:
        raise RuntimeError(complained.decode())
    found: dict[str, float] = json.loads(said)
    return found
