"""Upkeep while the bot runs: deleting what it promised not to keep, and writing its counts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.commands.usage_counts import UsageCounts
from knowledge.store.protocol import Store, StoreError

# Votes are forgotten after 90 days and events after two; a few hours more or less do not matter.
TIDY_SECONDS = 6 * 60 * 60
# A process that is killed loses the counts of this many seconds, and nothing else.
USAGE_SECONDS = 10
# How long a count stays in the store after it no longer matters to any limit.
LIMITS_SECONDS = 60

log = logging.getLogger(__name__)


async def keep_tidy(store: Store, now: Callable[[], datetime], every: float = TIDY_SECONDS) -> None:
    """Delete what is no longer needed, at once and then at intervals, until cancelled.

    If the database is away, the next round does it.
    """
    await again_and_again(lambda: store.expire(now()), "tidy up the store", every)


async def keep_limits(store: Store, now: Callable[[], datetime], every: float = LIMITS_SECONDS) -> None:
    """Delete counts that no limit needs any more, until cancelled. Return at once where they are kept in memory."""
    if store.is_shared:
        await again_and_again(lambda: store.end_limits(now()), "forget how much was asked", every)


async def again_and_again(work: Callable[[], Awaitable[object]], what: str, every: float) -> None:
    """Do work at this interval, in seconds, until cancelled. Log what fails while the store is away."""
    while True:
        try:
            await work()
        except StoreError as error:
            log.warning("Could not %s: %s", what, error)
        await asyncio.sleep(every)


async def keep_counting(usage: UsageCounts, store: Store, every: float = USAGE_SECONDS) -> None:
    """Write the counts at intervals, until cancelled; then once more."""
    try:
        while True:
            await asyncio.sleep(every)
            await _write(usage, store)
    finally:
        await _write(usage, store)


async def _write(usage: UsageCounts, store: Store) -> None:
    try:
        await usage.write(store)
    except StoreError as error:
        log.warning("Could not write the counts; they are kept for the next time: %s", error)
