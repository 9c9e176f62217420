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

# Texts that are encoded before the next question is answered, which takes 0.3 s; more go to the background.
AT_ONCE = 100
# Texts that are encoded and stored together; at most this many are lost when the process ends.
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
    """The texts of an overlay with that number; those without a stored vector are `missing`."""

    number: int
    texts: tuple[str, ...]
    missing: tuple[str, ...]


class Embeddings:
    """Provides the vectors of communities' texts: stored ones from the database, and new ones. Without a pool, none."""

    def __init__(self, store: Store, pool: EncoderPool | None = None) -> None:
        self._store, self._pool = store, pool
        self._model = "" if pool is None else model_of(pool.encoder)
        self._waiting: dict[str, _Task] = {}
        self._progress: dict[str, Progress] = {}
        self._there_is_work = asyncio.Event()

    async def prepare(self, texts: Sequence[str], encoder: Encoder | None) -> None:
        """Encode texts off the event loop, so that their vectors are ready for what comes next."""
        if self._pool is not None and encoder is not None and texts:
            await self._pool.encode(texts, encoder)

    async def beside(self, work: Callable[[], _Result]) -> _Result:
        """Run work that encodes texts off the event loop."""
        return work() if self._pool is None else await self._pool.run(work)

    async def of(self, community: str, number: int, texts: Sequence[str]) -> Mapping[str, Floats]:
        """Find or make the vectors of a community's texts, which belong to the overlay with that number. A large number
        of new texts is left to `keep_encoding`; they have no vectors until then. Raises StoreError.
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
        """Return how far the encoding of a community's new texts is; None if there is nothing to do."""
        return self._progress.get(community)

    async def keep_encoding(self, done: Callable[[str], object]) -> None:
        """Encode waiting texts, one community after another, and call `done` for each, until cancelled."""
        while self._pool is not None:
            await self._there_is_work.wait()
            community, task = next(iter(self._waiting.items()))
            try:
                await self._encoded(self._pool, community, task)
            except (StoreError, EncoderError) as error:
                # The next question there tries again.
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
        """Encode and store what is missing, portion by portion, while the community's texts are still the same."""
        keys = {text: digest_of(text) for text in task.texts}
        needed, vectors = frozenset(keys.values()), dict[str, Floats]()
        for first in range(0, len(task.missing) or 1, PORTION):
            portion = task.missing[first : first + PORTION]
            made = await pool.encode_many(portion)
            halved = {text: packed(vector) for text, vector in zip(portion, made, strict=True)}
            # In the stored precision, so that matching is the same after a restart.
            vectors |= {text: unpacked(vector) for text, vector in halved.items()}
            new = {keys[text]: vector for text, vector in halved.items()}
            kept = await self._store.keep_embeddings(community, self._model, new, number=task.number, only=needed)
            if self._waiting.get(community) is task:
                self._progress[community] = Progress(len(vectors), len(task.missing))
                if not kept:
                    break
        return vectors
