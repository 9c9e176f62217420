"""Waiting until something is true of the local Discord, without sleeping."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tests.servers.patience import WAIT_SECONDS

Found = TypeVar("Found")


class Changes:
    """Wakes everybody who waits whenever the state may have changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def happened(self) -> None:
        """Tell all who wait to look again."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def until(
        self,
        find: Callable[[], Found | None],
        what: str | Callable[[], str],
        seconds: float = WAIT_SECONDS,
    ) -> Found:
        """What `find` finds, as soon as it is neither None nor False. Raises TimeoutError, which says `what`."""
        try:
            async with asyncio.timeout(seconds):
                while (found := find()) is None or found is False:
                    await self._event.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"no {what() if callable(what) else what} within {seconds:g} s") from None
