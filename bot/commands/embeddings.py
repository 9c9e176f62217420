"""Sentence embeddings while people are served: of questions, and of what communities added."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from knowledge.encoder import Encoder, EncoderError, Floats
from knowledge.encoder.pool import EncoderPool
from knowledge.encoder.stored import digest_of, model_of, packed, unpacked
from knowledge.store.protocol import Store, StoreError

# Texts that are encoded before the next question is answered, which takes 0.3 s; more are encoded beside.
AT_ONCE = 100
# Texts that are encoded and kept together: as many are lost at most when the process ends or the texts change.
PORTION = 250

_Result = TypeVar("_Result")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a community's new texts are encoded."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Task:
    """Texts of the overlay with that number; those without a kept vector are `missing`."""

    number: int
    texts: tuple[str, ...]
    missing: tuple[str, ...]


class Embeddings:
    """Gives communities' texts their vectors: those that the database keeps, and new ones. Without a pool, none."""

    def __init__(self, store: Store, pool: EncoderPool | None = None) -> None:
        self._store, self._pool = store, pool
        self._model = "" if pool is None else model_of(pool.encoder)
        self._waiting: dict[str, _Task] = {}
        self._progress: dict[str, Progress] = {}
        self._there_is_work = asyncio.Event()

    async def prepare(self, texts: Sequence[str], encoder: Encoder | None) -> None:
        """Encode texts beside the event loop, so that what looks at them in a moment finds their vectors made."""
        if self._pool is not None and encoder is not None and texts:
            await self._pool.encode(texts, encoder)

    async def beside(self, work: Callable[[], _Result]) -> _Result:
        """Do work that encodes as it goes, beside the event loop."""
        return work() if self._pool is None else await self._pool.run(work)

    async def of(self, community: str, number: int, texts: Sequence[str]) -> Mapping[str, Floats]:
        """Find or make the vectors of a community's texts, which are those of the overlay with that number.

        Many new ones are left to `keep_encoding`, and are not there until then. Raises StoreError.
        """
        if self._pool is None or not texts:
            return {}
        kept = await self._store.embeddings(community, self._model)
        keys = {text: digest_of(text) for text in texts}
        vectors = {text: unpacked(kept[key]) for text, key in keys.items() if key in kept}
        missing = tuple(text for text in keys if text not in vectors)
        task = _Task(number, tuple(keys), missing)
        if len(missing) > AT_ONCE:
            self._wait(community, task)
            return vectors
        if missing or len(kept) > len(keys):
            vectors |= await self._encoded(self._pool, community, task)
        return vectors

    def progress(self, community: str) -> Progress | None:
        """Say how far the encoding of a community's new texts is; None if there is nothing to do."""
        return self._progress.get(community)

    async def keep_encoding(self, done: Callable[[str], object]) -> None:
        """Encode what waits, one community after the other, and tell `done` each one that is; until cancelled."""
        while self._pool is not None:
            await self._there_is_work.wait()
            community, task = next(iter(self._waiting.items()))
            try:
                await self._encoded(self._pool, community, task)
            except (StoreError, EncoderError) as error:
                # At the next question there it is tried again.
                log.warning("The new texts of %s could not be encoded: %s", community, error)
            if self._waiting.get(community) is task:
                del self._waiting[community]
                self._progress.pop(community, None)
            if not self._waiting:
                self._there_is_work.clear()
            done(community)

    def _wait(self, community: str, task: _Task) -> None:
        if self._waiting.get(community) != task:
            self._waiting[community] = task
            self._progress[community] = Progress(0, len(task.missing))
            self._there_is_work.set()

    async def _encoded(self, pool: EncoderPool, community: str, task: _Task) -> dict[str, Floats]:
        """Encode what is missing and keep it, portion by portion, as long as the community's texts are still these."""
        keys = {text: digest_of(text) for text in task.texts}
        needed, vectors = frozenset(keys.values()), dict[str, Floats]()
        for first in range(0, len(task.missing) or 1, PORTION):
            portion = task.missing[first : first + PORTION]
            made = await pool.encode_many(portion)
            halved = {text: packed(vector) for text, vector in zip(portion, made, strict=True)}
            # As they will be read again, so that nothing is matched otherwise after a restart.
            vectors |= {text: unpacked(vector) for text, vector in halved.items()}
            new = {keys[text]: vector for text, vector in halved.items()}
            kept = await self._store.keep_embeddings(community, self._model, new, number=task.number, only=needed)
            if self._waiting.get(community) is task:
                self._progress[community] = Progress(len(vectors), len(task.missing))
                if not kept:
                    break
        return vectors
