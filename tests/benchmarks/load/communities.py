"""Communities with entries of their own in one process: memory, disk, time for a question and to build a knowledge."""

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

# How many, with how many entries each; the last one is the largest, whose times are told.
SIZES = ((10, 50), (100, 50), (2_000, 10), (1_000, 50))
PHRASINGS = 3
QUESTIONS = 2_000
# Different vectors; more than a community has texts.
VECTORS = 1_000
MEMORY_GOAL, BUILD_GOAL = 256, 0.06


def entries(base: Entry, texts: list[str]) -> list[Entry]:
    """Entries with a few phrasings each."""
    return [
        replace(
            base, id=f"own-{number}", question=texts[PHRASINGS * number][:100],
            alternatives=tuple(texts[PHRASINGS * number + 1 : PHRASINGS * (number + 1)]), facts=(), related=(),
        )
        for number in range(len(texts) // PHRASINGS)
    ]  # fmt: skip


async def figures(folder: Path, communities: int, each_has: int) -> dict[str, float]:
    """The numbers of this process."""
    base, file = library(), folder / f"{communities}-{each_has}.sqlite3"
    store = SqlStore(f"sqlite:///{file}")
    await store.migrate()
    names = [f"discord:guild/{number}" for number in range(communities)]
    encoder = base.search.encoder
    embeddings = Embeddings(store, None if encoder is None else EncoderPool(encoder))
    vectors = [] if encoder is None else _vectors(encoder.dimensions)
    for number, name in enumerate(names):
        own = entries(base.pack.entries[0], wordings(base.pack, each_has * PHRASINGS, seed=number))
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
        "disk": file.stat().st_size / 1e6,
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
    """The figures, each size from a process of its own."""
    rows: list[Figure] = []
    for communities, each_has in SIZES:
        found = await answer("tests.benchmarks.load.communities", str(folder), str(communities), str(each_has))
        what = f"{communities:,} communities with {each_has} entries"
        held, disk = found["all"], found["disk"]
        met = held < MEMORY_GOAL
        rows.append(
            Figure(f"{what}: memory, disk", f"{held:.0f} MB, {disk:.0f} MB", "", f"under {MEMORY_GOAL} MB", met)
        )
    return [
        *rows,
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

    print(json.dumps(asyncio.run(figures(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))))
