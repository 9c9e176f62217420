"""A thousand communities with fifty entries of their own each, in one process: memory, time for a question, for a shelf."""

import asyncio
import random
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from bot.community.community_knowledge import Shelves
from bot.operating.bootstrap import library
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
    for number, name in enumerate(names):
        own = entries(base.pack.entries[0], wordings(base.pack, ENTRIES * PHRASINGS, seed=number))
        await store.revise(name, [Draft(each.id, Change.ADDED, each) for each in own], by="u", now=NOW)
    shelves = Shelves(base, store)
    before, built = resident(), []
    for name in names:
        begun = perf_counter()
        await shelves.of(name)
        built.append(perf_counter() - begun)
    held = resident() - before
    chance, taken = random.Random(1), []
    asked = wordings(base.pack, QUESTIONS, seed=-1)
    for question in asked:
        begun = perf_counter()
        shelf = await shelves.of(chance.choice(names))
        shelf.library.search.ask(question)
        taken.append(perf_counter() - begun)
    await store.close()
    return {
        "each": held / COMMUNITIES,
        "all": held,
        "built": percentile(built, 0.5),
        "built p99": percentile(built, 0.99),
        "median": percentile(taken, 0.5),
        "p99": percentile(taken, 0.99),
    }


async def measure(folder: Path) -> list[Figure]:
    """The figures, from a process of its own."""
    found = await answer("tests.benchmarks.load.communities", str(folder))
    what = f"{COMMUNITIES:,} communities with {ENTRIES} entries"
    return [
        Figure(f"{what}: memory", f"{found['all']:.0f} MB, {1000 * found['each']:.0f} kB each"),
        Figure(f"{what}: a question, p50 / p99", f"{1000 * found['median']:.2f} / {1000 * found['p99']:.2f} ms"),
        Figure(f"{what}: to build one, p50 / p99", f"{1000 * found['built']:.0f} / {1000 * found['built p99']:.0f} ms"),
    ]


if __name__ == "__main__":
    import json
    import sys

    print(json.dumps(asyncio.run(figures(Path(sys.argv[1])))))
