"""What each community answers from: the base knowledge with its own changes, built anew when it changes them."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cachetools import LRUCache

from bot.context import Library, Services
from bot.helpline import pinned
from knowledge.overlay import Overlay, effective, shown
from knowledge.store import Json, StoreError

# Communities whose knowledge is kept ready; that of the one that asked longest ago is built again when it asks.
SHELVES_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A community's knowledge and settings. `number` is that of its overlay, `pinned` are the phone numbers that its
    entries may hold; `lost` says that the store is away and nothing is known of the community."""

    library: Library
    number: int = 0
    settings: Mapping[str, Json] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()
    lost: bool = False
    left_at: datetime | None = None


class Shelves:
    """The knowledge of all communities on top of one base."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._base: Library = services
        self._store = services.store
        self._built: LRUCache[str, Shelf] = LRUCache(SHELVES_LIMIT)
        self._building: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, community: str) -> Shelf:
        """The community's shelf as the store has it now.

        While the store is away it is the one that was known last; where none was, one that says so (`lost`).
        """
        try:
            outline = await self._store.outline(community)
            allowed = pinned(outline.settings, self._services)
            library = await self._library(community, outline.number, allowed) if outline.number else self._base
        except StoreError:
            return self._built.get(community) or Shelf(self._base, lost=True)
        shelf = Shelf(library, outline.number, outline.settings, allowed, left_at=outline.left_at)
        self._built[community] = shelf
        return shelf

    async def _library(self, community: str, number: int, allowed: frozenset[str]) -> Library:
        if (built := self._ready(community, number, allowed)) is not None:
            return built
        lock = self._building[community]
        async with lock:
            if (built := self._ready(community, number, allowed)) is not None:
                return built
            overlay = await self._store.overlay(community)
            library = await asyncio.to_thread(self._adapted, overlay, allowed)
            self._built[community] = Shelf(library, overlay.number, pinned=allowed)
        if not lock.locked():
            self._building.pop(community, None)
        return library

    def _ready(self, community: str, number: int, allowed: frozenset[str]) -> Library | None:
        """What was built for exactly this number: a community that was deleted may begin anew at a lower one."""
        known = self._built.get(community)
        return known.library if known is not None and (known.number, known.pinned) == (number, allowed) else None

    def _adapted(self, overlay: Overlay, allowed: frozenset[str]) -> Library:
        pack = shown(effective(self._base.pack, overlay), self._base.pack, allowed)
        return Library(pack, self._base.search.adapted(pack.entries), self._base.danger)
