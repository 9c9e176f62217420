"""Prints how well questions are matched, ours beside other ways, all learnt in the same run (`make bench`)."""

import os
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from time import perf_counter

from knowledge.encoder import Encoder, load_encoder
from knowledge.matching import Search
from knowledge.matching.practice import Labelled, read_questions
from knowledge.pack.files import load_pack, pack_folder
from knowledge.pack.model import Pack
from tests.benchmarks.quality.clinc150 import clinc_table
from tests.benchmarks.quality.firsts import first
from tests.benchmarks.quality.own_entries import chapter_table, few_table
from tests.benchmarks.quality.rivals import RIVALS, Answer, Finder, embedded_nearest, embedded_regression
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


def practice_table(pack: Pack, search: Search, semantic: Search | None, encoder: Encoder | None) -> Iterator[str]:
    """Right first on both sets, and the time that a question takes."""
    texts = [phrasing for entry in pack.entries for phrasing in entry.phrasings]
    labels = [entry.id for entry in pack.entries for _ in entry.phrasings]
    rivals = dict(RIVALS)
    if encoder is not None:
        rivals["embeddings, nearest neighbour"] = embedded_nearest(encoder.encode)
        rivals["embeddings, logistic regression"] = embedded_regression(encoder.encode)
    asked = questions()
    yield f"| right entry first | {' | '.join(asked)} | median | p99 |"
    yield f"|---|{'---|' * (len(asked) + 2)}"
    for name, learn in rivals.items():
        yield _practice_row(name, learn(texts, labels), asked)
    yield _practice_row("**ours**", finder_of(search), asked)
    if semantic is not None:
        yield _practice_row("**ours, semantic**", finder_of(semantic), asked)


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


def main() -> None:
    """Print the tables: the practice questions always, CLINC150 where its folder is named by CLINC150."""
    model, folder = os.environ.get("IJM_EMBEDDINGS"), os.environ.get("CLINC150")
    encoder = load_encoder(Path(model)) if model else None
    pack = load_pack()
    search = Search(pack.entries)
    semantic = Search(pack.entries, encoder=encoder) if encoder else None
    tables = [practice_table(pack, search, semantic, encoder)]
    asked = [each for those in questions().values() for each in those]
    encoders = {"**ours**": None} | ({"**ours, semantic**": encoder} if encoder else {})
    searches = {"**ours**": search} | ({"**ours, semantic**": semantic} if semantic else {})
    tables.append(few_table(pack, asked, encoders))
    tables.append(chapter_table(pack, asked, searches))
    tables.append(misspelt_table({"ours:": search} | ({"semantic:": semantic} if semantic else {})))
    if folder:
        tables.append(clinc_table(Path(folder), encoder))
    for table in tables:
        print()
        for line in table:
            print(line, flush=True)
    if not folder:
        print("\nCLINC150=/path/to/clinc150 measures on that public set, too.")


if __name__ == "__main__":
    main()
