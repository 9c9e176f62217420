"""What the bot does for itself while it runs: throwing away what it promised not to keep."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from knowledge.store import Store, StoreError

# Votes are forgotten after 90 days and events after two; a few hours more or less do not matter.
TIDY_SECONDS = 6 * 60 * 60

log = logging.getLogger(__name__)


async def keep_tidy(store: Store, now: Callable[[], datetime], every: float = TIDY_SECONDS) -> None:
    """Throw away what has outlived its use, at once and then again and again, until cancelled.

    A database that is away for a while is no reason to stop: the next time will do.
    """
    while True:
        try:
            await store.expire(now())
        except StoreError as error:
            log.warning("Could not tidy up the store: %s", error)
        await asyncio.sleep(every)
