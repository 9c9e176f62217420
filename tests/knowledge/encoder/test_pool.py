"""Encoding off the event loop."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from knowledge.encoder import Floats
from knowledge.encoder.pool import STEP, EncoderPool


class Lengths:
    """An encoder of texts' lengths, which waits for `go` and says in which threads it ran, and what of."""

    digest, dimensions = "lengths", 1

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.ran: list[tuple[str, tuple[str, ...]]] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.ran.append((threading.current_thread().name, tuple(texts)))
        self.begun.release()
        assert self.go.wait(30)
        return np.array([[len(text)] for text in texts], np.float32)


@pytest.fixture
def lengths() -> Lengths:
    return Lengths()


@pytest.fixture
def pool(lengths: Lengths) -> Iterator[EncoderPool]:
    yield EncoderPool(lengths)
    lengths.go.set()


async def test_a_question_is_encoded_beside_the_event_loop(lengths: Lengths, pool: EncoderPool) -> None:
    encoding = asyncio.create_task(pool.encode(["what", "is it"]))
    await asyncio.to_thread(lengths.begun.acquire)
    assert not encoding.done()  # and this task runs all the same
    lengths.go.set()
    assert (await encoding).tolist() == [[4], [5]]
    assert lengths.ran[0][0].startswith("encoder")


async def test_many_texts_leave_a_thread_to_questions(lengths: Lengths, pool: EncoderPool) -> None:
    texts = ["x" * number for number in range(10)]
    many = [asyncio.create_task(pool.encode_many(texts)) for _ in range(3)]
    await asyncio.to_thread(lengths.begun.acquire)
    question = asyncio.create_task(pool.encode(["a question"]))
    await asyncio.to_thread(lengths.begun.acquire)
    # Both of what runs now wait for each other's leave: one step of the many, and the question.
    assert [texts for _, texts in lengths.ran] == [tuple(texts[:STEP]), ("a question",)]
    lengths.go.set()
    assert (await question).tolist() == [[10]]
    for each in await asyncio.gather(*many):
        assert each.ravel().tolist() == list(range(10))


async def test_any_number_of_texts_gets_its_rows(lengths: Lengths, pool: EncoderPool) -> None:
    lengths.go.set()
    assert (await pool.encode_many(["a"] * (2 * STEP + 1))).shape == (2 * STEP + 1, 1)
    assert (await pool.encode_many([])).shape == (0, 1)
