"""Pictures made off the event loop, one at a time, and kept for whoever wants the same one next."""

import asyncio
from collections.abc import Callable

from cachetools import LRUCache

from bot.pictures.fact_card import FactCard, Shape, sheet_of
from bot.pictures.sheet import Sheet, png

# Pictures that are kept; one has about 50 kB, so all of them about 6 MB.
KEPT_LIMIT = 128


class Studio:
    """Makes pictures."""

    def __init__(self) -> None:
        self._kept: LRUCache[object, bytes] = LRUCache(KEPT_LIMIT)
        self._busy = asyncio.Lock()

    async def card(self, card: FactCard, shape: Shape) -> bytes:
        """A fact's card as a PNG file. Raises TooLong if it does not fit into the shape."""
        return await self.picture((card, shape), lambda: sheet_of(card, shape))

    async def picture(self, key: object, lay_out: Callable[[], Sheet]) -> bytes:
        """A picture as a PNG file; what has one key looks the same. Raises what `lay_out` raises."""
        # HarfBuzz's fonts are not to be used by two threads at once, and one at a time leaves a core to the answers.
        async with self._busy:
            made = self._kept.get(key)
            if made is None:
                made = self._kept[key] = await asyncio.to_thread(lambda: png(lay_out()))
        return made
