"""A thousand communities with fifty entries of their own each, in one process: memory, time for a question, for a knowledge."""

import asyncio
import random
import struct
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from time import perf_counter

from bot.commands.embeddings import Embeddings
from bot.community.community_knowledge import KnowledgeCache
from bot.operating.bootstrap import library
from knowledge.encoder.pool import EncoderPool
from knowledge.encoder.stored import digest_of, model_of
from knowledge.pack.model import Entry
from knowledge.pack.overlay import Change, Draft
from knowledge.store.sql.store import SqlStore
from tests.benchmarks.figures import Figure, percentile, resident
from tests.benchmarks.load.apart import answer
from tests.benchmarks.quality.wordings import wordings
from tests.conftest import NOW

COMMUNITIES = 1_000
ENTRIES = 50
PHRASINGS = 3
QUESTIONS = 2_000
# Different vectors; more than a community has texts.
VECTORS = 1_000
MEMORY_GOAL, BUILD_GOAL = 256, 0.06


def entries(base: Entry, texts: list[str]) -> list[Entry]:
    """Fifty entries with a few phrasings each."""
    return [
        replace(
            base, id=f"own-{number}", question=texts[PHRASINGS * number][:100],
            alternatives=tuple(texts[PHRASINGS * number + 1 : PHRASINGS * (number + 1)]), facts=(), related=(),
        )
        for number in range(ENTRIES)
    ]  # fmt: skip


async def figures(folder: Path) -> dict[str, float]:
    """The numbers of this process."""
    base = library()
    store = SqlStore(f"sqlite:///{folder / 'communities.sqlite3'}")
    await store.migrate()
    names = [f"discord:guild/{number}" for number in range(COMMUNITIES)]
    encoder = base.search.encoder
    embeddings = Embeddings(store, None if encoder is None else EncoderPool(encoder))
    vectors = [] if encoder is None else _vectors(encoder.dimensions)
    for number, name in enumerate(names):
        own = entries(base.pack.entries[0], wordings(base.pack, ENTRIES * PHRASINGS, seed=number))
        await store.revise(name, [Draft(each.id, Change.ADDED, each) for each in own], by="u", now=NOW)
        if encoder is not None:
            await _keep(store, name, model_of(encoder), vectors, base.search.texts(own))
    knowledge = KnowledgeCache(base, store, embeddings=embeddings)
    before, built = resident(), []
    for name in names:
        begun = perf_counter()
        await knowledge.of(name)
        built.append(perf_counter() - begun)
    held = resident() - before
    chance, taken = random.Random(1), []
    asked = wordings(base.pack, QUESTIONS, seed=-1)
    for question in asked:
        begun = perf_counter()
        community = await knowledge.of(chance.choice(names))
        community.library.search.ask(question)
        taken.append(perf_counter() - begun)
    await store.close()
    return {
        "all": held,
        "built": percentile(built, 0.5),
        "built p99": percentile(built, 0.99),
        "median": percentile(taken, 0.5),
        "p99": percentile(taken, 0.99),
    }


async def _keep(store: SqlStore, name: str, model: str, vectors: Sequence[bytes], texts: Sequence[str]) -> None:
    """Put vectors for a community's texts into the database."""
    kept = {digest_of(text): vector for text, vector in zip(texts, cycle(vectors), strict=False)}
    number = (await store.outline(name)).number
    await store.keep_embeddings(name, model, kept, number=number, only=kept)


def _vectors(dimensions: int) -> list[bytes]:
    """Any vectors of about length one, as they are kept: to encode all texts would take an hour."""
    chance, size = random.Random(0), dimensions**-0.5
    return [struct.pack(f"<{dimensions}e", *(chance.gauss(0, size) for _ in range(dimensions))) for _ in range(VECTORS)]


async def measure(folder: Path) -> list[Figure]:
    """The figures, from a process of its own."""
    found = await answer("tests.benchmarks.load.communities", str(folder))
    what = f"{COMMUNITIES:,} communities with {ENTRIES} entries"
    return [
        Figure(f"{what}: memory", f"{found['all']:.0f} MB", "", f"under {MEMORY_GOAL} MB", found["all"] < MEMORY_GOAL),
        Figure(f"{what}: a question, p50 / p99", f"{1000 * found['median']:.2f} / {1000 * found['p99']:.2f} ms"),
        Figure(
            f"{what}: to build one, p50 / p99",
            f"{1000 * found['built']:.0f} / {1000 * found['built p99']:.0f} ms",
            "",
            f"p50 under {1000 * BUILD_GOAL:.0f} ms",
            found["built"] < BUILD_GOAL,
        ),
    ]


if __name__ == "__main__":
    import json
    import sys

    print(json.dumps(asyncio.run(figures(Path(sys.argv[1])))))
