"""Serving platforms: all wanted ones at the same time, with the bot's background work, until it is told to stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

import click

from bot.chat.platform import Platform
from bot.commands.links import Links
from bot.commands.metrics import Metrics, PlatformError
from bot.operating import logs
from bot.operating.adapter import CannotReachError, CannotServeError
from knowledge.store.protocol import StoreError

# What tells the process to stop, where the system has it: Windows has no SIGHUP, which a terminal sends as it closes.
STOPPING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))

_Result = TypeVar("_Result")

# Seconds before a platform that failed is tried again: twice as many each time, up to 5 minutes. Discord allows 1000
# new sessions a day (events/gateway.mdx), which a pause of a minute would use up.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0

log = logging.getLogger(__name__)


def run_on_uvloop(main: Coroutine[object, object, _Result]) -> _Result:
    """Run as `asyncio.run` does, but on uvloop, which halves the event loop's own work; Windows has none."""
    if sys.platform == "win32":
        return asyncio.run(main)
    # Whoever only asks a question at the command line needs no uvloop.
    result: _Result = import_module("uvloop").run(main)
    return result


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do work in the background, and stop it at the end. If it breaks, log that, and go on."""

    async def guarded(one: Coroutine[Any, Any, None]) -> None:
        try:
            await one
        except Exception:
            log.exception("A background task of the bot broke")

    tasks = [asyncio.create_task(guarded(each)) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Served:
    """A platform, and the function that serves it until cancelled or until it fails; it can be called again."""

    platform: Platform
    serve: Callable[[], Coroutine[Any, Any, None]]


async def serve_all(platforms: Sequence[Served], links: Links, metrics: Metrics) -> None:
    """Serve platforms until cancelled, or until each has been refused: then ClickException with what each said.

    A platform that fails in another way is served again after a pause. `links` has all of them throughout.
    """
    refused: list[CannotServeError] = []

    async def one(served: Served) -> None:
        try:
            await _keep_serving(served, metrics)
        except CannotServeError as error:
            refused.append(error)
            if len(refused) < len(platforms):
                log.error("%s The rest goes on.", error)

    with ExitStack() as around:
        for served in platforms:
            around.enter_context(links.served(served.platform.name))
        async with asyncio.TaskGroup() as group:
            for served in platforms:
                group.create_task(one(served))
    if refused:
        raise click.ClickException("\n".join(map(str, refused)))


async def _keep_serving(served: Served, metrics: Metrics) -> None:
    """Serve a platform, again after each failure. Raises CannotServeError if only the operator can help."""
    title, clock, pause = served.platform.title, asyncio.get_running_loop().time, FIRST_PAUSE
    while True:
        began = clock()
        try:
            await served.serve()
        except (CannotReachError, StoreError) as error:
            why, broken, kind = str(error), None, PlatformError.CONNECTION
        except CannotServeError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the other platforms go on)
            why, broken, kind = f"{title} failed ({type(error).__name__}).", error, PlatformError.BROKE
        else:
            return
        if clock() - began > LONGEST_PAUSE:
            pause = FIRST_PAUSE
        metrics.platform_error(served.platform.name, kind)
        log.error("%s %s is tried again in %g s.", why, title, pause, exc_info=broken)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Run something until it ends or the process is told to stop (`STOPPING`), and let it finish its work.

    Told a second time, it no longer waits for that. A signal that is ignored stays so, as `nohup` wants SIGHUP.
    """
    asyncio.get_running_loop().set_exception_handler(logs.unretrieved)
    task = asyncio.ensure_future(work)

    def stop(which: signal.Signals) -> None:
        log.info("Stopping (%s).", which.name)
        # A task group passes on the first cancellation only.
        for each in asyncio.all_tasks() if task.cancelling() else {task}:
            each.cancel()

    # On Windows no loop takes handlers; there `asyncio.run` cancels this on Ctrl+C.
    with suppress(NotImplementedError):
        for which in STOPPING:
            if signal.getsignal(which) is not signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(which, stop, which)
    try:
        await task
    except asyncio.CancelledError:
        log.info("Stopped.")
