"""Each community's knowledge: the base with its own changes, rebuilt when they change."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from sys import getsizeof
from typing import NamedTuple
from weakref import WeakValueDictionary

from cachetools import LRUCache

from bot.commands.community_settings import CommunitySettings, read_settings
from bot.commands.context import KNOWLEDGE_BYTES, Library
from bot.commands.embeddings import Embeddings
from knowledge.pack.model import Pack
from knowledge.pack.overlay import Overlay, effective, shown
from knowledge.store.protocol import Outline, Store, StoreError

# How many communities' overlay numbers and settings are remembered, for when the store is away.
OUTLINES_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class CommunityKnowledge:
    """A community's knowledge and settings.

    `number` is that of its overlay; `lost`: the store is away, and nothing is known about the community.
    """

    library: Library
    number: int = 0
    settings: CommunitySettings = field(default_factory=CommunitySettings)
    lost: bool = False
    left_at: datetime | None = None


class _Decided(NamedTuple):
    """The settings of a community on which its knowledge depends."""

    pinned: frozenset[str] = frozenset()  # the phone numbers that its entries may hold
    unanswerable: tuple[str, ...] = ()  # the wordings that nothing answers


@dataclass(frozen=True, slots=True)
class _Built:
    """The knowledge built from an overlay with this number and from settings. `bytes` is the memory that it takes
    beyond what it shares with the base.
    """

    number: int
    decided: _Decided
    library: Library
    bytes: int = 0


class KnowledgeCache:
    """The knowledge of all communities on top of one base. `help_line` is the operator's. At most `limit` bytes of what
    communities added are kept ready. The community that asked longest ago is dropped first, and rebuilt when it asks.
    """

    def __init__(
        self,
        base: Library,
        store: Store,
        help_line: str = "",
        limit: int = KNOWLEDGE_BYTES,
        embeddings: Embeddings | None = None,
    ) -> None:
        self._base = _Built(0, _Decided(), base)
        self._store = store
        self._help_line = help_line
        self._embeddings = embeddings or Embeddings(store)
        self._outlines: LRUCache[str, Outline] = LRUCache(OUTLINES_LIMIT)
        self._built: LRUCache[str, _Built] = LRUCache(limit, getsizeof=lambda built: min(built.bytes, limit))
        # A lock lives as long as somebody builds or waits.
        self._building: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def of(self, community: str) -> CommunityKnowledge:
        """Return the community's knowledge as the store has it now.

        While the store is away, it is the last known one, or one that is `lost`.
        """
        try:
            outline = await self._store.outline(community)
            built = await self._as_of(community, outline)
        except StoreError:
            return self._known(community)
        self._outlines[community] = outline
        return _known_as(built, outline)

    async def keep_encoding(self) -> None:
        """Encode the many new texts that communities have brought, beside all else, until cancelled."""
        await self._embeddings.keep_encoding(lambda community: self._built.pop(community, None))

    def _known(self, community: str) -> CommunityKnowledge:
        outline = self._outlines.get(community)
        if outline is None:
            return CommunityKnowledge(self._base.library, lost=True)
        unanswerable = read_settings(outline.settings).unanswerable_questions
        built = self._base if _is_base(outline.number, unanswerable) else self._built.get(community)
        return CommunityKnowledge(self._base.library, lost=True) if built is None else _known_as(built, outline)

    async def _as_of(self, community: str, outline: Outline) -> _Built:
        """Return the knowledge for the store's current overlay, or a newer one."""
        settings = read_settings(outline.settings)
        unanswerable = settings.unanswerable_questions
        if _is_base(outline.number, unanswerable):
            # Also when an overlay was deleted: nothing of it stays in memory.
            self._built.pop(community, None)
            return self._base
        decided = _Decided(settings.pinned(self._help_line), unanswerable)
        if (known := self._ready(community, outline.number, decided)) is not None:
            return known
        async with self._building.setdefault(community, asyncio.Lock()):
            if (known := self._ready(community, outline.number, decided)) is not None:
                return known
            overlay = await self._store.overlay(community)
            if _is_base(overlay.number, unanswerable):
                return self._base
            # Numbers do not tell which overlay is newer: after a deletion they start again anywhere.
            built = self._ready(community, overlay.number, decided)
            if built is None:
                built = self._built[community] = await self._build(community, overlay, decided)
            return built

    async def _build(self, community: str, overlay: Overlay, decided: _Decided) -> _Built:
        base = self._base.library
        pack = await asyncio.to_thread(self._pack, overlay, decided)
        texts = base.search.texts(pack.entries, decided.unanswerable)
        vectors = await self._embeddings.of(community, overlay.number, texts)
        search = await asyncio.to_thread(base.search.adapted, pack.entries, decided.unanswerable, vectors)
        own = [entry for entry in pack.entries if entry is not base.pack.entry(entry.id)]
        return _Built(
            overlay.number, decided, Library(pack, search, base.danger, base.talk), search.bytes + _bytes(own, set())
        )

    def _ready(self, community: str, number: int, decided: _Decided) -> _Built | None:
        known = self._built.get(community)
        return known if known is not None and (known.number, known.decided) == (number, decided) else None

    def _pack(self, overlay: Overlay, decided: _Decided) -> Pack:
        base = self._base.library.pack
        return shown(effective(base, overlay), base, decided.pinned)


def _bytes(value: object, counted: set[int]) -> int:
    """Return the memory that plain values take: texts, numbers, and tuples and dataclasses of them.

    What is there more than once counts once; `counted` are the ids of what was counted.
    """
    if id(value) in counted:
        return 0
    counted.add(id(value))
    parts: Iterable[object] = ()
    if is_dataclass(value):
        parts = (getattr(value, each.name) for each in fields(value))
    elif isinstance(value, Mapping):
        parts = (*value.keys(), *value.values())
    elif isinstance(value, list | tuple):
        parts = value
    return getsizeof(value) + sum(_bytes(part, counted) for part in parts)


def _is_base(number: int, unanswerable: tuple[str, ...]) -> bool:
    """Return whether a community with that overlay has changed nothing that ships."""
    return number == 0 and not unanswerable


def _known_as(built: _Built, outline: Outline) -> CommunityKnowledge:
    return CommunityKnowledge(built.library, built.number, read_settings(outline.settings), left_at=outline.left_at)
