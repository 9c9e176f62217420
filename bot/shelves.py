"""What each community answers from: the base knowledge with its own changes, built anew when it changes them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakValueDictionary

from cachetools import LRUCache

from bot.context import Library
from knowledge.overlay import Overlay, effective
from knowledge.store import Json, Outline, Store, StoreError

# Communities whose own knowledge is kept ready; that of the one that asked longest ago is built again when it asks.
SHELVES_LIMIT = 2_000
# Communities of which it is remembered whether they have any, and what they have set, for when the store is away.
OUTLINES_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A community's knowledge and settings. `number` is that of its overlay; `lost` says that the store is away and
    nothing is known of the community."""

    library: Library
    number: int = 0
    settings: Mapping[str, Json] = field(default_factory=dict)
    lost: bool = False
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Built:
    """The knowledge that came of an overlay with this number."""

    number: int
    library: Library


class Shelves:
    """The knowledge of all communities on top of one base."""

    def __init__(self, base: Library, store: Store, limit: int = SHELVES_LIMIT) -> None:
        self._base = _Built(0, base)
        self._store = store
        self._outlines: LRUCache[str, Outline] = LRUCache(OUTLINES_LIMIT)
        self._built: LRUCache[str, _Built] = LRUCache(limit)
        # A lock lives as long as somebody builds or waits for it.
        self._building: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def of(self, community: str) -> Shelf:
        """The community's shelf as the store has it now.

        While the store is away it is the one that was known last; where none was, one that says so (`lost`).
        """
        try:
            outline = await self._store.outline(community)
            built = await self._as_of(community, outline.number)
        except StoreError:
            return self._known(community)
        self._outlines[community] = outline
        return _shelf(built, outline)

    def _known(self, community: str) -> Shelf:
        outline = self._outlines.get(community)
        if outline is None:
            return Shelf(self._base.library, lost=True)
        built = self._built.get(community) if outline.number else self._base
        return Shelf(self._base.library, lost=True) if built is None else _shelf(built, outline)

    async def _as_of(self, community: str, number: int) -> _Built:
        """The knowledge that belongs to that number, or newer."""
        if number == 0:
            # Also where an overlay was deleted: nothing of it stays in memory.
            self._built.pop(community, None)
            return self._base
        known = self._built.get(community)
        if known is not None and known.number == number:
            return known
        async with self._building.setdefault(community, asyncio.Lock()):
            known = self._built.get(community)
            if known is not None and known.number == number:
                return known
            overlay = await self._store.overlay(community)
            if overlay.number == 0:
                return self._base
            # Numbers do not say which overlay is newer: one that was deleted begins anew with any number.
            if known is None or known.number != overlay.number:
                known = _Built(overlay.number, await asyncio.to_thread(self._adapted, overlay))
                self._built[community] = known
            return known

    def _adapted(self, overlay: Overlay) -> Library:
        base = self._base.library
        pack = effective(base.pack, overlay)
        return Library(pack, base.search.adapted(pack.entries), base.danger)


def _shelf(built: _Built, outline: Outline) -> Shelf:
    return Shelf(built.library, built.number, outline.settings, left_at=outline.left_at)
