"""Matching with growing numbers of a community's own phrasings: time of a question, memory, time to build."""

import json
import sys
from dataclasses import replace
from time import perf_counter, process_time

from bot.operating.bootstrap import library
from knowledge.pack.files import pack_folder
from knowledge.pack.model import Entry, Pack
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.load.apart import answer
from tests.benchmarks.quality.wordings import wordings

# Phrasings of a community's own: none, fifty entries as a form gives them, and the most that are taken.
SIZES = (0, 150, 3_000)
EACH = 3
GOAL_MS = 8.0


def own(pack: Pack, size: int) -> list[Entry]:
    """Entries with that many phrasings in all."""
    texts = wordings(pack, size, seed=size) if size else []
    return [
        replace(pack.entries[0], id=f"own-{at}", question=texts[at], alternatives=tuple(texts[at + 1 : at + EACH]))
        for at in range(0, size, EACH)
    ]


def figures(size: int) -> dict[str, float]:
    """The numbers of this process."""
    parts = library()
    base, encoder = parts.search, parts.search.encoder
    entries = (*parts.pack.entries, *own(parts.pack, size))
    texts = base.texts(entries)
    vectors = {} if encoder is None else dict(zip(texts, encoder.encode(texts), strict=True))
    begun = process_time()
    search = base.adapted(entries, (), vectors)
    built = process_time() - begun
    lines = (pack_folder() / "practice_questions" / "students.jsonl").read_text(encoding="utf-8").splitlines()
    taken = []
    for line in lines:
        begun = perf_counter()
        search.ask(json.loads(line)["q"])
        taken.append(1000 * (perf_counter() - begun))
    return {
        "p50": percentile(taken, 0.5), "p99": percentile(taken, 0.99), "memory": search.bytes / 1e6, "built": built,
    }  # fmt: skip


async def measure() -> list[Figure]:
    """The figures of all sizes, each from a process of its own."""
    rows = []
    for size in SIZES:
        found = await answer("tests.benchmarks.sizes", str(size))
        name = f"Matching, {size:,} own phrasings"
        met = found["p50"] <= GOAL_MS
        rows += [
            Figure(
                f"{name}: p50 / p99", f"{found['p50']:.1f} / {found['p99']:.1f} ms", "", f"p50 in {GOAL_MS:.0f} ms", met
            ),
            Figure(f"{name}: memory, to build", f"{found['memory']:.2f} MB, {1000 * found['built']:.0f} ms"),
        ]
    return rows


if __name__ == "__main__":
    print(json.dumps(figures(int(sys.argv[1]))))
