"""Fitting the confidence: cross-validation over entries and writers, never one wording on both sides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from knowledge.files import read_examples
from knowledge.model import Entry
from knowledge.search.background import Background
from knowledge.search.confidence import NAMES, Confidence, Signals, values_of
from knowledge.search.index import Index
from knowledge.search.verdict import SUGGESTIONS_LIMIT
from knowledge.text import spoken
from knowledge.vocabulary import Vocabulary

# Phrasings stand in their file in the order of their writers, so blocks of them are different people.
FOLDS = 4
# How strongly large weights are held down while the model is fitted.
_RIDGE = 1.0
_STEPS = 12
_ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Held:
    """An example that was held out: what the index saw of it, and whether its best entry was right.

    `kind` is "entry", or the kind of what no entry answers.
    """

    kind: str
    signals: Signals
    right: bool
    among: bool


def held_out(entries: tuple[Entry, ...], vocabulary: Vocabulary, unanswerable: Path) -> Iterator[Held]:
    """Every example, seen by an index that learnt from the other folds only."""
    texts = [(text, path.stem, fold) for path in sorted(unanswerable.glob("*.yaml")) for text, fold in _folds(path)]
    for fold in range(FOLDS):
        kept = tuple(_without(entry, fold) for entry in entries)
        others = [(text, kind) for text, kind, of in texts if of != fold]
        index = Index(kept, vocabulary, Background(tuple(t for t, _ in others), tuple(k for _, k in others)))
        for entry in entries:
            for text in _block(entry.phrasings, fold):
                yield from _held(index, text, _ENTRY, entry.id)
        for text, kind, of in texts:
            if of == fold:
                yield from _held(index, text, kind, None)


def fit(held: Sequence[Held]) -> Confidence:
    """The confidence that explains best which held-out examples were matched right."""
    raw = np.array([values_of(each.signals) for each in held])
    mean, spread = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-9)
    inputs = np.column_stack(((raw - mean) / spread, np.ones(len(raw))))
    right = np.array([each.right for each in held], np.float64)
    held_down = np.append(np.full(raw.shape[1], _RIDGE), 0.0)
    found = np.zeros(inputs.shape[1])
    # Newton's method; a logistic model of a dozen weights is done in a few steps.
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        slope = inputs.T @ (likely - right) + held_down * found
        bend = (inputs.T * (likely * (1 - likely))) @ inputs + np.diag(held_down)
        found -= np.linalg.solve(bend, slope)
    scaled = found[:-1] / spread
    return Confidence(tuple(scaled.tolist()), float(found[-1] - scaled @ mean))


def table(held: Sequence[Held], confidence: Confidence) -> Iterator[str]:
    """What the held-out examples come to: how many are right, and what would be answered from which score on."""
    entries = [each for each in held if each.kind == _ENTRY]
    kinds = sorted({each.kind for each in held} - {_ENTRY})
    yield f"right first {_percent([each.right for each in entries])}"
    yield f"right in the top {SUGGESTIONS_LIMIT} {_percent([each.among for each in entries])}"
    yield f"{'from score':>10} {'right':>8} {'wrong':>8}" + "".join(f"{kind:>9}" for kind in kinds)
    scores = {id(each): confidence.of(each.signals) for each in held}
    for score in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        answered = [scores[id(each)] >= score for each in entries]
        right = _percent([over and each.right for over, each in zip(answered, entries, strict=True)])
        wrong = _percent([over and not each.right for over, each in zip(answered, entries, strict=True)])
        others = (_percent([scores[id(each)] >= score for each in held if each.kind == kind]) for kind in kinds)
        yield f"{score:>10.1f} {right:>8} {wrong:>8}" + "".join(f"{other:>9}" for other in others)


def written(confidence: Confidence) -> str:
    """The model as the YAML that `load_confidence` reads."""
    weights = {name: round(weight, 4) for name, weight in zip(NAMES, confidence.weights, strict=True)}
    content = {"weights": weights, "constant": round(confidence.constant, 4)}
    return "# Fitted by `ijm-bot calibrate --write`; see docs/matching.md.\n" + yaml.safe_dump(content, sort_keys=False)


def _held(index: Index, text: str, kind: str, right: str | None) -> Iterator[Held]:
    seen = index.look(spoken(text), SUGGESTIONS_LIMIT)
    if seen:
        ids = [each.entry.id for each in seen]
        yield Held(kind, seen[0].signals, ids[0] == right, right in ids)


def _without(entry: Entry, fold: int) -> Entry:
    held = set(_block(entry.phrasings, fold))
    question, *alternatives = [phrasing for phrasing in entry.phrasings if phrasing not in held]
    return replace(entry, question=question, alternatives=tuple(alternatives))


def _block(texts: tuple[str, ...], fold: int) -> tuple[str, ...]:
    return texts[fold * len(texts) // FOLDS : (fold + 1) * len(texts) // FOLDS]


def _folds(path: Path) -> Iterator[tuple[str, int]]:
    """The texts of a file with their fold: whole groups where there are several, so that a group is new."""
    groups = read_examples(path)
    for place, texts in enumerate(groups.values()):
        for fold in range(FOLDS):
            for text in _block(texts, fold):
                yield text, place % FOLDS if len(groups) >= FOLDS else fold


def _percent(hits: Sequence[bool]) -> str:
    return f"{100 * sum(hits) / max(len(hits), 1):.1f} %"
