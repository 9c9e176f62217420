"""CLINC150 (Larson et al., EMNLP 2019): 150 intents and questions out of scope, for our engine as it is and for rivals.

In-scope accuracy: of the in-scope test queries, those that get their intent (a query that is turned away counts as
wrong). Out-of-scope recall: of the out-of-scope test queries, those that are turned away. A query is turned away below a
threshold; of all, the one is taken that gives the best accuracy on the validation part, out-of-scope ones included, with
out of scope as an intent of its own (as in the paper); of several that are equally good the highest, which says less.
Both numbers hold at that same threshold. With only 100 queries out of scope in that part many thresholds are about as
good. So two more columns take our engine at its own word: a query is turned away if the verdict is that it is unknown,
as in a chat. And the last ones show the curve itself: the recall at which that share of the in-scope test queries is
right.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from knowledge.encoder import Encoder
from knowledge.matching import Search
from knowledge.matching.out_of_scope import OutOfScope
from knowledge.matching.search import SUGGEST_SCORE
from knowledge.pack.files import load_pack
from knowledge.pack.model import Entry
from tests.benchmarks.quality.rivals import Answer, Finder, embedded, svm
from tools.learn_matching import learn

OUT = "oos"
# Table 2 of the paper, full set: with a threshold, and with the out-of-scope training data as one more intent.
PUBLISHED = {
    "Rasa, threshold": (90.9, 31.2),
    "DialogFlow, threshold": (90.8, 26.7),
    "SVM, threshold": (88.2, 18.0),
    "BERT, threshold": (96.2, 52.3),
    "Rasa, trained on out of scope": (91.5, 45.3),
    "BERT, trained on out of scope": (96.9, 40.3),
}
# In-scope accuracies at which the curve is read.
READ_AT = (0.94, 0.96)


@dataclass(frozen=True, slots=True)
class Parts:
    """Queries with their intent, and those out of scope, of each part of the data."""

    train: list[tuple[str, str]]
    out: list[tuple[str, str]]
    validation: list[tuple[str, str]]
    test: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """How sure a finder was of a query's intent, whether it was right, and whether the query is out of scope."""

    scores: np.ndarray
    right: np.ndarray
    out: np.ndarray


def clinc_table(folder: Path, encoder: Encoder) -> Iterator[str]:
    """The published rows, the rivals and our engine."""
    read = " | ".join(f"recall at {accuracy:.0%}" for accuracy in READ_AT)
    yield f"| CLINC150, full set | in-scope accuracy | out-of-scope recall | by its own verdict: accuracy | recall | {read} |"
    yield f"|---|---|---|---|---|{'---|' * len(READ_AT)}"
    for name, (accuracy, recall) in PUBLISHED.items():
        yield f"| {name} (published) | {accuracy:.1f} % | {recall:.1f} % | | |{' |' * len(READ_AT)}"
    parts = load(folder / "data_full.json")
    texts, labels = [text for text, _ in parts.train], [label for _, label in parts.train]
    for name, rival in {"SVM, words and characters": svm, **embedded(encoder.encode)}.items():
        yield row(name, rival(texts, labels), parts, None)
    yield row("**ours**", ours(parts, encoder), parts, SUGGEST_SCORE)


def clinc_own_table(folder: Path, base: Search) -> Iterator[str]:
    """The intents as a community's own entries, beside all that ship, and as learned by rivals from the same texts."""
    parts, encoder = load(folder / "data_full.json"), base.encoder
    asked = [(text, label) for text, label in parts.test if label != OUT]
    yield "| intents as a community's own entries | 1 phrasing | 3 | 10 |"
    yield "|---|---|---|---|"
    rivals = {} if encoder is None else embedded(encoder.encode)
    rows: dict[str, list[str]] = {name: [] for name in (*rivals, "**ours**, beside the shipped ones")}
    for count in (1, 3, 10):
        entries = [
            replace(each, alternatives=each.alternatives[: count - 1], answer="", facts=())
            for each in entries_of(parts)
        ]
        texts = [(text, entry.id) for entry in entries for text in entry.phrasings]
        search = base.adapted((*base.entries, *entries))
        finders = {name: rival(*zip(*texts, strict=True)) for name, rival in rivals.items()}
        finders["**ours**, beside the shipped ones"] = finder_of(search)
        for name, find in finders.items():
            right = np.mean([find(text).label == label for text, label in asked])
            rows[name].append(f"{100 * right:.1f} %")
    for name, shares in rows.items():
        yield f"| {name} | {' | '.join(shares)} |"


def finder_of(search: Search) -> Finder:
    """Our search as a finder."""

    def find(query: str) -> Answer:
        matches = search.ask(query).matches
        return Answer(matches[0].entry.id, matches[0].score) if matches else Answer(OUT, 0.0)

    return find


def load(path: Path) -> Parts:
    """The data as published."""
    data = {name: [(text, label) for text, label in rows] for name, rows in json.loads(path.read_text()).items()}
    return Parts(data["train"], data["oos_train"], data["val"] + data["oos_val"], data["test"] + data["oos_test"])


def ours(parts: Parts, encoder: Encoder) -> Finder:
    """Our search over intents as entries, learned as what ships is, from the training part alone."""
    texts = tuple(text for text, _ in parts.out)
    out_of_scope = OutOfScope(texts, (OUT,) * len(texts), (OUT,) * len(texts))
    middle = encoder.encode(texts).mean(axis=0)
    entries, none = entries_of(parts), np.zeros((0, encoder.dimensions), np.float32)
    learned = learn(entries, out_of_scope, encoder, none, middle)
    return finder_of(Search(entries, learned, encoder))


def entries_of(parts: Parts) -> tuple[Entry, ...]:
    """An entry for each intent; only its phrasings matter to the search."""
    form = load_pack().entries[0]
    texts = defaultdict(list)
    for text, label in parts.train:
        texts[label].append(text)
    return tuple(
        replace(form, id=label, question=first, alternatives=tuple(more), answer="", facts=())
        for label, (first, *more) in texts.items()
    )


def row(name: str, find: Finder, parts: Parts, own: float | None) -> str:
    """A finder's row of the table; `own` is the threshold below which it turns a query away by itself."""
    validation, test = judged(find, parts.validation), judged(find, parts.test)
    by_itself = (None, None) if own is None else shares_at(own, test)
    points = curve(test)
    read = (recall_at(accuracy, points) for accuracy in READ_AT)
    return f"| {name} | {' | '.join(map(_shown, (*shares_at(tuned(validation), test), *by_itself, *read)))} |"


def _shown(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def recall_at(accuracy: float, points: Sequence[tuple[float, float, float]]) -> float | None:
    """The most out-of-scope recall at which so much of what is in scope is right; None if it never is."""
    return max((recall for _, right, recall in points if right >= accuracy), default=None)


def curve(seen: Judged) -> list[tuple[float, float, float]]:
    """Each threshold that makes a difference, the lowest first, with its in-scope accuracy and out-of-scope recall."""
    return [(each, *shares_at(each, seen)) for each in np.unique(seen.scores).tolist()]


def shares_at(threshold: float, seen: Judged) -> tuple[float, float]:
    """In-scope accuracy and out-of-scope recall at a threshold."""
    inside = ~seen.out
    accuracy = np.mean(seen.right[inside] & (seen.scores[inside] >= threshold))
    return float(accuracy), float(np.mean(seen.scores[seen.out] < threshold))


def judged(find: Finder, queries: Sequence[tuple[str, str]]) -> Judged:
    """What a finder makes of queries."""
    answers = [find(text) for text, _ in queries]
    labels = [label for _, label in queries]
    return Judged(
        np.array([answer.score for answer in answers]),
        np.array([answer.label == label for answer, label in zip(answers, labels, strict=True)]),
        np.array([label == OUT for label in labels]),
    )


def tuned(seen: Judged) -> float:
    """The highest threshold with the best accuracy over all queries."""
    inside, outside = int(np.sum(~seen.out)), int(np.sum(seen.out))
    return max(curve(seen), key=lambda point: (round(inside * point[1] + outside * point[2]), point[0]))[0]
