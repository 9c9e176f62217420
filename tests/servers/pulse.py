"""How long the event loop is kept from others, judged by processor time: waiting for a processor counts for nothing."""

import asyncio
import gc
from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time, thread_time

# Linux's nanoseconds of this thread on a processor and in the queue for one (proc(5)); other systems have no such file.
SCHEDULING = Path("/proc/thread-self/schedstat")
# A person does not notice less.
SECONDS = 0.25


class Pulse:
    """Beats while something is done; `worst` is for how long the loop was kept between two beats, in seconds.

    That is the processor time of the loop's own thread, and that of other threads while they held the interpreter. What
    earlier tests left in memory is set apart, since Python's garbage collector takes a while to look through it.
    """

    def __init__(self) -> None:
        self.worst = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Pulse":
        gc.freeze()
        self._task = asyncio.create_task(self._beat())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)
        gc.unfreeze()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _beat(self) -> None:
        last = _now()
        while True:
            await asyncio.sleep(0)
            now = _now()
            wall, process, own, queued = (after - before for after, before in zip(now, last, strict=True))
            # A thread that neither runs nor waits for a processor waits for the interpreter; whoever holds it works.
            self.worst, last = max(self.worst, own + max(0.0, min(wall - own - queued, process - own))), now


def _now() -> tuple[float, float, float, float]:
    """Give the time, the processor time of the process and of this thread, and how long this thread was in the queue."""
    queued = int(SCHEDULING.read_text().split()[1]) / 1e9 if SCHEDULING.exists() else 0.0
    return perf_counter(), process_time(), thread_time(), queued
