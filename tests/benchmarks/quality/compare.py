"""Prints how well questions are matched, ours beside other ways, all learnt in the same run (`make bench`)."""

import os
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import fmean
from time import perf_counter

from bot.operating.bootstrap import library
from knowledge.encoder import Encoder
from knowledge.linear import LinearModel
from knowledge.matching import Search
from knowledge.matching.learned import load_learned
from knowledge.matching.practice import Labelled, read_questions
from knowledge.pack.files import pack_folder
from knowledge.pack.model import Pack
from tests.benchmarks.quality.clinc150 import clinc_own_table, clinc_table
from tests.benchmarks.quality.firsts import first
from tests.benchmarks.quality.own_entries import chapter_table
from tests.benchmarks.quality.rivals import RIVALS, Answer, Finder, embedded
from tests.typing_errors import misspelt

# Shares of a question's words that are misspelt, and how often each question is.
MISSPELT = (0.0, 0.2, 0.5, 1.0)
TIMES = 3
SETS = {
    "first set": [pack_folder() / "practice_questions" / f"{name}.jsonl" for name in ("students", "others")],
    "second set": [Path(__file__).parents[2] / "questions" / "more-answerable.jsonl"],
}


def questions() -> dict[str, list[Labelled]]:
    """The answerable practice questions of each set."""
    return {name: [each for path in paths for each in read_questions(path)] for name, paths in SETS.items()}


def finder_of(search: Search) -> Finder:
    """Our search as a finder."""

    def find(question: str) -> Answer:
        matches = search.ask(question).matches
        return Answer(matches[0].entry.id, matches[0].score) if matches else Answer("", 0.0)

    return find


def practice_table(pack: Pack, search: Search, encoder: Encoder) -> Iterator[str]:
    """Right first on both sets, and the time that a question takes."""
    texts = [phrasing for entry in pack.entries for phrasing in entry.phrasings]
    labels = [entry.id for entry in pack.entries for _ in entry.phrasings]
    rivals = {**RIVALS, **embedded(encoder.encode)}
    asked = questions()
    yield f"| right entry first | {' | '.join(asked)} | median | p99 |"
    yield f"|---|{'---|' * (len(asked) + 2)}"
    for name, learn in rivals.items():
        yield _practice_row(name, learn(texts, labels), asked)
    yield _practice_row("**ours**", finder_of(search), asked)


def _practice_row(name: str, find: Finder, asked: dict[str, list[Labelled]]) -> str:
    times: list[float] = []
    shares = []
    for those in asked.values():
        right = 0
        for each in those:
            start = perf_counter()
            answer = find(each.q)
            times.append(1000 * (perf_counter() - start))
            right += answer.label in each.accept
        shares.append(f"{100 * right / len(those):.1f} %")
    return f"| {name} | {' | '.join(shares)} | {statistics.median(times):.2f} ms | {_p99(times):.2f} ms |"


def misspelt_table(searches: dict[str, Search]) -> Iterator[str]:
    """The practice questions with typing errors: right first, and answered right."""
    yield f"| words misspelt | {' | '.join(f'{name} right first | answered right | wrong' for name in searches)} |"
    yield f"|---|{'---|---|---|' * len(searches)}"
    asked = [each for those in questions().values() for each in those]
    for share in MISSPELT:
        random = Random(share)
        typed = [(misspelt(each.q, share, random), each.accept) for each in asked for _ in range(TIMES)]
        shares = [each for search in searches.values() for each in _understood(search, typed)]
        yield f"| {share:.0%} | {' | '.join(f'{100 * each:.1f} %' for each in shares)} |"


def _understood(search: Search, typed: Sequence[tuple[str, Sequence[str]]]) -> tuple[float, ...]:
    """Of questions with the entries that answer them: right first, answered right, answered wrong."""
    pairs = [first(search, text, accept) for text, accept in typed]
    return tuple(map(fmean, zip(*((ok, ok and said, said and not ok) for ok, said in pairs), strict=True)))


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def ablation_table(search: Search, encoder: Encoder) -> Iterator[str]:
    """The practice questions, clean and misspelt, without one part of the search each time."""
    learned = load_learned()
    arrays = learned.words.arrays()
    bare = LinearModel.from_arrays({**arrays, "weights": 0 * arrays["weights"]})
    without = {
        "everything": search,
        "without words and pieces": Search(search.entries, replace(learned, words=bare), encoder),
        "without embeddings": Search(search.entries, learned, None),
        "without mended words": Search(search.entries, replace(learned, subject=()), encoder),
    }
    asked = [(each.q, each.accept) for those in questions().values() for each in those]
    random = Random(5)
    typed = [(misspelt(text, MISSPELT[1], random), accept) for text, accept in asked]
    yield "| | right first | answered right | wrong | a fifth misspelt: right first | answered right | wrong |"
    yield "|---|---|---|---|---|---|---|"
    for name, each in without.items():
        shares = (*_understood(each, asked), *_understood(each, typed))
        yield f"| {name} | {' | '.join(f'{100 * share:.1f} %' for share in shares)} |"


def main() -> None:
    """Print the tables: the practice questions always, CLINC150 where its folder is named by CLINC150."""
    model, folder = os.environ.get("IJM_EMBEDDINGS"), os.environ.get("CLINC150")
    parts = library(embeddings=Path(model) if model else None)
    pack, search, encoder = parts.pack, parts.search, parts.search.encoder
    if encoder is None:
        raise SystemExit("The sentence encoder cannot be used; see: ijm-bot doctor")
    asked = [each for those in questions().values() for each in those]
    tables = [practice_table(pack, search, encoder), chapter_table(pack, asked, search)]
    tables += [misspelt_table({"ours:": search}), ablation_table(search, encoder)]
    if folder:
        tables += [clinc_own_table(Path(folder), search), clinc_table(Path(folder), encoder)]
    for table in tables:
        print()
        for line in table:
            print(line, flush=True)
    if not folder:
        print("\nCLINC150=/path/to/clinc150 measures on that public set, too.")


if __name__ == "__main__":
    main()
