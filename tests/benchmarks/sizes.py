"""Matching at growing numbers of phrasings: time of a question, memory, time to build; beside plain rapidfuzz."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from rapidfuzz import fuzz, process, utils

from knowledge.matching import Search
from knowledge.matching.out_of_scope import load_out_of_scope
from knowledge.pack.files import load_pack, pack_folder
from knowledge.pack.model import Pack
from tests.benchmarks.figures import Figure, percentile, resident
from tests.benchmarks.load.apart import answer
from tests.benchmarks.quality.wordings import wordings

# Phrasings of the whole knowledge base: one for each entry that ships, then more and more.
SIZES = (31, 1_000, 10_000, 100_000)
# As many as an entry that ships has; more entries where these are not enough.
EACH = 160
QUESTIONS = 300
# The floor looks at every phrasing each time, so it is asked less.
FLOOR_QUESTIONS = 20
GOAL_MS = 10.0


def pack_of(pack: Pack, size: int) -> Pack:
    """A pack with that many phrasings in all."""
    texts = wordings(pack, size, seed=size)
    count = max(len(pack.entries), size // EACH)
    share = size // count
    made = []
    for number in range(count):
        first, *others = texts[share * number : share * (number + 1)] if number < count - 1 else texts[share * number :]
        entry = pack.entries[number % len(pack.entries)]
        made.append(replace(entry, id=f"entry-{number}", question=first, alternatives=tuple(others), related=()))
    return replace(pack, entries=tuple(made))


def timed(ask: Callable[[str], object], questions: list[str]) -> list[float]:
    """How long each question takes, in milliseconds."""
    taken = []
    for question in questions:
        begun = perf_counter()
        ask(question)
        taken.append(1000 * (perf_counter() - begun))
    return taken


def figures(size: int) -> dict[str, float]:
    """The numbers of this process."""
    shipped = load_pack()
    lines = (pack_folder() / "practice_questions" / "students.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["q"] for line in lines] + wordings(shipped, QUESTIONS, seed=-2)
    pack = pack_of(shipped, size)
    background = load_out_of_scope(pack_folder() / "unanswerable")
    before, begun = resident(), perf_counter()
    search = Search(pack.entries, background=background)
    built = perf_counter() - begun
    held = resident() - before
    timed(search.ask, questions[:50])
    ours = timed(search.ask, questions)
    choices = [utils.default_process(phrasing) for entry in pack.entries for phrasing in entry.phrasings]

    def floor(question: str) -> object:
        return process.extractOne(question, choices, scorer=fuzz.WRatio, processor=utils.default_process)

    theirs = timed(floor, questions[:FLOOR_QUESTIONS])
    return {
        "p50": percentile(ours, 0.5), "p99": percentile(ours, 0.99), "memory": held, "built": built,
        "floor p50": percentile(theirs, 0.5), "floor p99": percentile(theirs, 0.99),
    }  # fmt: skip


async def measure() -> list[Figure]:
    """The figures of all sizes, each from a process of its own."""
    rows = []
    for size in SIZES:
        found = await answer("tests.benchmarks.sizes", str(size))
        goal = f"p99 under {GOAL_MS:.0f} ms" if size == max(SIZES) else ""
        rows.append(
            Figure(
                f"Matching, {size:,} phrasings: p50 / p99",
                f"{found['p50']:.2f} / {found['p99']:.2f} ms",
                f"{found['floor p50']:.2f} / {found['floor p99']:.2f} ms",
                goal,
                found["p99"] < GOAL_MS if goal else None,
            )
        )
        rows.append(
            Figure(
                f"Matching, {size:,} phrasings: memory, to build", f"{found['memory']:.0f} MB, {found['built']:.1f} s"
            )
        )
    return rows


if __name__ == "__main__":
    print(json.dumps(figures(int(sys.argv[1]))))
