"""How fast a question is matched and how well, beside plain rapidfuzz on the same phrasings in the same run."""

import json
import statistics
from collections.abc import Callable, Iterator
from itertools import cycle
from time import perf_counter

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from rapidfuzz import fuzz, process, utils

from bot.operating.bootstrap import library
from knowledge.matching import Search
from knowledge.pack.files import load_pack, pack_folder

QUESTIONS = pack_folder() / "practice_questions"
PACK = load_pack()
PHRASINGS = {phrasing: entry.id for entry in PACK.entries for phrasing in entry.phrasings}
CHOICES = list(PHRASINGS)
PROCESSED = [utils.default_process(phrasing) for phrasing in CHOICES]


def practice() -> list[tuple[str, list[str]]]:
    lines = [line for name in ("students", "others") for line in (QUESTIONS / f"{name}.jsonl").read_text().splitlines()]
    return [(row["q"], row["accept"]) for row in map(json.loads, lines)]


ASKED = practice()


@pytest.fixture(scope="module")
def search() -> Search:
    return library().search


def first_by_ours(search: Search) -> Callable[[str], str]:
    def first(question: str) -> str:
        matches = search.ask(question).matches
        return matches[0].entry.id if matches else ""

    return first


def first_by(scorer: Callable[..., float]) -> Callable[[str], str]:
    def first(question: str) -> str:
        found = process.extractOne(question, PROCESSED, scorer=scorer, processor=utils.default_process)
        return PHRASINGS[CHOICES[found[2]]] if found else ""

    return first


def measure(benchmark: BenchmarkFixture, first: Callable[[str], str]) -> None:
    """One round matches one practice question; every one gets its turn."""
    questions: Iterator[str] = cycle(question for question, _ in ASKED)
    right = sum(first(question) in accept for question, accept in ASKED)
    times = []
    for question, _ in ASKED:
        start = perf_counter()
        first(question)
        times.append(1000 * (perf_counter() - start))
    benchmark.extra_info["right first, %"] = round(100 * right / len(ASKED), 1)
    benchmark.extra_info["p99, ms"] = round(statistics.quantiles(times, n=100)[98], 2)
    benchmark.pedantic(first, setup=lambda: ((next(questions),), {}), rounds=2 * len(ASKED))


def test_ours(benchmark: BenchmarkFixture, search: Search) -> None:
    measure(benchmark, first_by_ours(search))


def test_rapidfuzz_wratio(benchmark: BenchmarkFixture) -> None:
    measure(benchmark, first_by(fuzz.WRatio))


def test_rapidfuzz_token_set_ratio(benchmark: BenchmarkFixture) -> None:
    measure(benchmark, first_by(fuzz.token_set_ratio))


def test_building_the_search(benchmark: BenchmarkFixture) -> None:
    benchmark.pedantic(library, rounds=3)
