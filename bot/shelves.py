"""What each community answers from: the base knowledge with its own changes, built anew when it changes them."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cachetools import LRUCache

from bot.context import Library
from knowledge.overlay import Overlay, effective
from knowledge.store import Json, Store, StoreError

# Communities whose knowledge is kept ready; that of the one that asked longest ago is built again when it asks.
SHELVES_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A community's knowledge and settings. `number` is that of its overlay; `lost` says that the store is away and
    nothing is known of the community."""

    library: Library
    number: int = 0
    settings: Mapping[str, Json] = field(default_factory=dict)
    lost: bool = False
    left_at: datetime | None = None


class Shelves:
    """The knowledge of all communities on top of one base."""

    def __init__(self, base: Library, store: Store) -> None:
        self._base = base
        self._store = store
        self._built: LRUCache[str, Shelf] = LRUCache(SHELVES_LIMIT)
        self._building: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, community: str) -> Shelf:
        """The community's shelf as the store has it now.

        While the store is away it is the one that was known last; where none was, one that says so (`lost`).
        """
        try:
            outline = await self._store.outline(community)
            if outline.number == 0:
                library = self._base
            else:
                library = await self._library(community, outline.number)
        except StoreError:
            return self._built.get(community) or Shelf(self._base, lost=True)
        shelf = self._built[community] = Shelf(library, outline.number, outline.settings, left_at=outline.left_at)
        return shelf

    async def _library(self, community: str, number: int) -> Library:
        known = self._built.get(community)
        if known is not None and known.number == number:
            return known.library
        lock = self._building[community]
        async with lock:
            known = self._built.get(community)
            if known is not None and known.number >= number:
                return known.library
            overlay = await self._store.overlay(community)
            library = await asyncio.to_thread(self._adapted, overlay)
            self._built[community] = Shelf(library, overlay.number)
        if not lock.locked():
            self._building.pop(community, None)
        return library

    def _adapted(self, overlay: Overlay) -> Library:
        pack = effective(self._base.pack, overlay)
        return Library(pack, self._base.search.adapted(pack.entries), self._base.danger)
