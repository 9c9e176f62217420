"""Serving platforms: all that are wanted at the same time, with what the bot does for itself beside, until it is told
to stop."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, TypeVar

import click

from bot.operating import logs
from bot.operating.adapter import CannotServeError
from knowledge.store.protocol import StoreError

_Result = TypeVar("_Result")

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
    """Do work beside, which is told to stop at the end. What of it breaks is logged, and the rest goes on."""

    async def guarded(one: Coroutine[Any, Any, None]) -> None:
        try:
            await one
        except Exception:
            log.exception("Something that the bot does for itself broke")

    tasks = [asyncio.create_task(guarded(each)) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def serve_all(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Serve platforms until cancelled, or until the last one has failed: then ClickException with all that did."""
    failed: list[Exception] = []

    async def one(serving: Coroutine[Any, Any, None]) -> None:
        try:
            await serving
        except (CannotServeError, StoreError) as error:
            failed.append(error)
            if len(failed) < len(work):
                log.error("%s The rest goes on.", error)

    async with asyncio.TaskGroup() as group:
        for serving in work:
            group.create_task(one(serving))
    if failed:
        raise click.ClickException("\n".join(map(str, failed)))


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do it until it ends or the process is told to stop (SIGTERM, SIGINT), and let it finish what is under way.

    Told a second time, it does not wait for that any more.
    """
    asyncio.get_running_loop().set_exception_handler(logs.unretrieved)
    task = asyncio.ensure_future(work)

    def stop(which: signal.Signals) -> None:
        log.info("Stopping (%s).", which.name)
        # A task group passes on the first cancellation only.
        for each in asyncio.all_tasks() if task.cancelling() else {task}:
            each.cancel()

    for which in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(which, stop, which)
    try:
        await task
    except asyncio.CancelledError:
        log.info("Stopped.")
