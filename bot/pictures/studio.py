"""Draw pictures off the event loop, one at a time, and keep each for the next request."""

import asyncio
from collections.abc import Callable, Hashable

from cachetools import LRUCache

# Pictures that are kept; one has about 50 kB, so all of them about 6 MB.
KEPT_LIMIT = 128


class Studio:
    """Has pictures made."""

    def __init__(self) -> None:
        self._kept: LRUCache[Hashable, bytes] = LRUCache(KEPT_LIMIT)
        self._busy = asyncio.Lock()

    async def picture(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return what `make` makes in a thread, or what it made for that key before. Raises what `make` raises."""
        # HarfBuzz's fonts are not to be used by two threads at once, and one at a time leaves a core to the answers.
        async with self._busy:
            made = self._kept.get(key)
            if made is None:
                made = self._kept[key] = await asyncio.to_thread(make)
        return made
