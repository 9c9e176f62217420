"""Prints whom the safety check helps, and whom it bothers (`make bench`): docs/safety.md says what the sets are.

With REAL_TEXT=folder also on the lines of each text file there, with CLINC150=folder on that set's test part. Of text
that the weights were learned from the figures say nothing.
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from knowledge.encoder import load_encoder
from knowledge.matching.practice import read_questions
from knowledge.safety.danger import Danger, DangerCheck, load_danger_check

QUESTIONS = Path(__file__).parents[2] / "questions"
IN_REPOSITORY = {
    "people in danger, first set": "danger-danger",
    "people in danger, second set": "stranger-danger",
    "look-alikes, first set": "danger-lookalike",
    "look-alikes, second set": "stranger-lookalike",
    "people in danger, third set": "third-danger",
    "look-alikes, third set": "third-lookalike",
    "ordinary, first set": "danger-ordinary",
    "ordinary, second set": "stranger-ordinary",
    "people in danger, other languages": "languages-danger",
    "ordinary, other languages": "languages-ordinary",
    "people in danger, other languages, second set": "languages-second-danger",
    "ordinary, other languages, second set": "languages-second-ordinary",
    "what no entry answers": "stranger-unanswerable",
    "what an entry answers": "more-answerable",
}


def sets() -> dict[str, Sequence[str]]:
    """The messages of each set."""
    found: dict[str, Sequence[str]] = {
        name: [question.q for question in read_questions(QUESTIONS / f"{file}.jsonl")]
        for name, file in IN_REPOSITORY.items()
    }
    if folder := os.environ.get("REAL_TEXT"):
        for path in sorted(Path(folder).glob("*.txt")):
            found[path.name] = [line for line in path.read_text("utf-8").splitlines() if line]
    if folder := os.environ.get("CLINC150"):
        queries = json.loads((Path(folder) / "data_full.json").read_text("utf-8"))
        found["CLINC150, test part"] = [text for part in ("test", "oos_test") for text, _ in queries[part]]
    return found


def quality_table(checks: dict[str, DangerCheck], texts: dict[str, Sequence[str]]) -> Iterator[str]:
    """Of each set, the share that gets the card, the card or the line, and the card though it is only overheard."""
    columns = [f"{what}, {name}" for name in checks for what in ("card", "card or line", "overheard")]
    yield f"| set | messages | {' | '.join(columns)} |"
    yield f"|---|{'---|' * (len(columns) + 1)}"
    for name, each in texts.items():
        shares = [share for check in checks.values() for share in _shares(check, each)]
        yield f"| {name} | {len(each):,} | {' | '.join(f'{100 * share:.1f} %' for share in shares)} |"


def _shares(check: DangerCheck, texts: Sequence[str]) -> tuple[float, float, float]:
    judged = [check.judge(text) for text in texts]
    card, nothing = judged.count(Danger.CLEAR), judged.count(Danger.NONE)
    overheard = sum(check.judge(text, overheard=True) is Danger.CLEAR for text in texts)
    return card / len(texts), 1 - nothing / len(texts), overheard / len(texts)


def times(check: DangerCheck, texts: Sequence[str], *, overheard: bool) -> str:
    """The median and the 99th percentile of the time that one message takes."""
    taken = []
    for text in texts:
        begun = perf_counter()
        check.judge(text, overheard=overheard)
        taken.append(1000 * (perf_counter() - begun))
    return f"{np.median(taken):.2f} ms (99 %: {np.quantile(taken, 0.99):.2f} ms)"


def main() -> None:
    """Print both tables."""
    check, words = load_danger_check(load_encoder()), load_danger_check(None)
    texts = sets()
    print("\n".join(quality_table({"as it ships": check, "words alone": words}, texts)))
    ordinary = texts["what no entry answers"]
    print(f"\nA message takes {times(load_danger_check(load_encoder()), ordinary, overheard=False)};")
    print(f"one that is overheard {times(load_danger_check(load_encoder()), ordinary, overheard=True)};")
    print(f"one that words alone decide {times(words, ordinary, overheard=False)}.")


if __name__ == "__main__":
    main()
