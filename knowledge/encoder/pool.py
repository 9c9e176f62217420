"""Encode off the event loop: questions at once, and many texts in the background."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from knowledge.encoder.protocol import Encoder, Floats

_Result = TypeVar("_Result")

# Questions that are encoded at the same time, and one step of what runs beside them.
WORKERS = 2
# How many texts one step encodes: about 10 ms, so no question waits long.
STEP = 4


class EncoderPool:
    """Runs an encoder in a few threads of its own."""

    def __init__(self, encoder: Encoder, workers: int = WORKERS) -> None:
        self.encoder = encoder
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="encoder")
        # Bulk work takes at most one thread, so that the others are free for questions.
        self._many = asyncio.Semaphore(1)

    async def encode(self, texts: Sequence[str], encoder: Encoder | None = None) -> Floats:
        """Encode the texts of a question into one row each, with another encoder if given."""
        encode = (encoder or self.encoder).encode
        return await asyncio.get_running_loop().run_in_executor(self._threads, encode, texts)

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Run work that encodes texts."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def encode_many(self, texts: Sequence[str]) -> Floats:
        """Encode any number of texts in steps, so that questions are not held up."""
        vectors = np.empty((len(texts), self.encoder.dimensions), np.float32)
        async with self._many:
            for first in range(0, len(texts), STEP):
                step = texts[first : first + STEP]
                vectors[first : first + len(step)] = await self.encode(step)
        return vectors
