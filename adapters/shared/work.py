"""Work under way on a platform: a failure stops nothing else, and all of it ends before a stop."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

import aiohttp

from bot.chat.platform import Platform
from bot.commands.context import Services
from bot.commands.metrics import Metrics, PlatformError

# How long answers under way may take when the process is asked to stop.
GRACE_SECONDS = 10

log = logging.getLogger(__name__)


class Work:
    """The answers under way on one platform. `lost` are its SDK's errors for a broken connection."""

    def __init__(self, platform: Platform, metrics: Metrics, *lost: type[Exception]) -> None:
        self._platform = platform
        self._metrics = metrics
        self._lost: tuple[type[Exception], ...] = (aiohttp.ClientError, TimeoutError, OSError, *lost)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Guard and time one piece of work: no Exception leaves it. The log says what broke, not what was written."""
        name, title = self._platform.name, self._platform.title
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            with self._metrics.under_way(name):
                yield
        except self._lost as error:
            self._metrics.platform_error(name, PlatformError.CONNECTION)
            log.warning("An answer did not reach %s: %s", title, type(error).__name__)
        except Exception:
            self._metrics.platform_error(name, PlatformError.BROKE)
            log.exception("Could not handle what %s sent", title)
        finally:
            if task is not None:
                self._tasks.discard(task)

    def begin(self, work: Coroutine[Any, Any, None], turn: str | None = None) -> asyncio.Task[None]:
        """Start work in its own task; tasks with the same `turn` run one after another."""
        lock = asyncio.Lock() if turn is None else self._turns.setdefault(turn, asyncio.Lock())
        task = asyncio.create_task(self._done(work, lock))
        # The loop keeps only weak references to tasks.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _done(self, work: Coroutine[Any, Any, None], turn: asyncio.Lock) -> None:
        with self.one():
            async with turn:
                await work

    async def finish(self) -> None:
        """Finish all work, once nothing new is taken; cancel what takes longer than GRACE_SECONDS."""
        if self._tasks:
            log.info("Finishing %d answers on %s.", len(self._tasks), self._platform.title)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def is_first(services: Services, community: str, *keys: str) -> bool:
    """Return whether no process has answered anything with one of these keys yet; True if there is no key.

    Without the database, return True: silence would be worse than a second answer.
    """
    if not keys:
        return True
    try:
        return await services.store.first_time(keys[0], services.now(), community=community, also=keys[1:])
    except Exception as error:  # noqa: BLE001 (whatever the store raises)
        log.warning("The store does not say whether this was answered: %s", type(error).__name__)
        return True
