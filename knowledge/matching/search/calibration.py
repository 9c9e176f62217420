"""Fitting the confidence: cross-validation over entries and writers, never one wording on both sides."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.encoder import Encoder
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.search.background import NOTHING, Background
from knowledge.matching.search.candidates import Seen
from knowledge.matching.search.confidence import NAMES, Confidence
from knowledge.matching.search.index import Index
from knowledge.matching.search.verdict import SUGGESTIONS_LIMIT
from knowledge.pack.model import Entry
from knowledge.plain.text import spoken

# Phrasings stand in their file in the order of their writers, so blocks of them are different people.
FOLDS = 4
# How strongly large weights are held down while the model is fitted.
_RIDGE = 1.0
_STEPS = 12
# How many questions that no entry answers are expected for each that one does.
_SILENCE = 0.7
_ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Held:
    """An example that was held out: the candidates that the index saw, and the id of the entry that is right.

    `kind` is "entry", or the kind of what no entry answers; then no id is right.
    """

    kind: str
    seen: tuple[Seen, ...]
    right: str | None


def held_out(
    entries: tuple[Entry, ...], vocabulary: Vocabulary, background: Background, encoder: Encoder | None = None
) -> Iterator[Held]:
    """Every example, seen by an index that learnt from the other folds only."""
    folds = _folds(background)
    for fold in range(FOLDS):
        kept = (_without(entry, fold) for entry in entries)
        index = Index(kept, vocabulary, _kept(background, folds, fold), encoder)
        for entry in entries:
            for text in _block(entry.phrasings, fold):
                yield Held(_ENTRY, index.look(spoken(text)), entry.id)
        for text, kind, of in zip(background.texts, background.kinds, folds, strict=True):
            if of == fold:
                yield Held(kind, index.look(spoken(text)), None)


def fit(held: Sequence[Held]) -> Confidence:
    """The confidence that explains best which candidates of held-out examples were right."""
    shown = [(each, seen) for each in held for seen in each.seen[:SUGGESTIONS_LIMIT]]
    raw = np.array([seen.signals for _, seen in shown])
    mean, spread = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-9)
    inputs = np.column_stack(((raw - mean) / spread, np.ones(len(raw))))
    right = np.array([seen.entry.id == each.right for each, seen in shown], np.float64)
    worth = _worth(np.array([each.right is None for each, _ in shown]))
    held_down = np.append(np.full(raw.shape[1], _RIDGE), 0.0)
    found = np.zeros(inputs.shape[1])
    # Newton's method; a logistic model of a dozen weights is done in a few steps.
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        slope = inputs.T @ (worth * (likely - right)) + held_down * found
        bend = (inputs.T * (worth * likely * (1 - likely))) @ inputs + np.diag(held_down)
        found -= np.linalg.solve(bend, slope)
    scaled = found[:-1] / spread
    return Confidence(tuple(scaled.tolist()), float(found[-1] - scaled @ mean))


def _worth(unanswerable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each example counts: few examples of silence stand for as many questions as many of them would."""
    silent = int(unanswerable.sum())
    return np.where(unanswerable, _SILENCE * (len(unanswerable) - silent) / max(silent, 1), 1.0)


def table(held: Sequence[Held], confidence: Confidence) -> Iterator[str]:
    """What the held-out examples come to: how many are right, and what would be answered from which score on."""
    judged: defaultdict[str, list[tuple[float, bool, bool]]] = defaultdict(list)
    for each in held:
        ranked = sorted(((confidence.of(seen.signals), seen.entry.id) for seen in each.seen), key=lambda pair: -pair[0])
        score, first = ranked[0] if ranked else (0.0, "")
        among = each.right in {entry_id for _, entry_id in ranked[:SUGGESTIONS_LIMIT]}
        judged[each.kind].append((score, first == each.right, among))
    entries = judged.pop(_ENTRY)
    kinds = sorted(judged)
    yield f"right first {_percent([right for _, right, _ in entries])}"
    yield f"right in the top {SUGGESTIONS_LIMIT} {_percent([among for _, _, among in entries])}"
    yield f"{'from score':>10} {'right':>8} {'wrong':>8}" + "".join(f"{kind:>9}" for kind in kinds)
    for least in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        answered_right = _percent([score >= least and right for score, right, _ in entries])
        answered_wrong = _percent([score >= least and not right for score, right, _ in entries])
        others = (_percent([score >= least for score, _, _ in judged[kind]]) for kind in kinds)
        yield f"{least:>10.1f} {answered_right:>8} {answered_wrong:>8}" + "".join(f"{other:>9}" for other in others)


def written(confidence: Confidence) -> str:
    """The model as the YAML that `load_confidence` reads."""
    weights = {name: round(weight, 4) for name, weight in zip(NAMES, confidence.weights, strict=True)}
    content = {"weights": weights, "constant": round(confidence.constant, 4)}
    return "# Fitted by `ijm-bot calibrate --write`; see docs/matching.md.\n" + yaml.safe_dump(content, sort_keys=False)


def _without(entry: Entry, fold: int) -> Entry:
    held = set(_block(entry.phrasings, fold))
    question, *alternatives = [phrasing for phrasing in entry.phrasings if phrasing not in held]
    return replace(entry, question=question, alternatives=tuple(alternatives))


def _kept(background: Background, folds: Sequence[int], fold: int) -> Background:
    rows = zip(background.texts, background.kinds, background.groups, folds, strict=True)
    kept = [row[:3] for row in rows if row[3] != fold]
    return Background(*zip(*kept, strict=True)) if kept else NOTHING


def _block(texts: tuple[str, ...], fold: int) -> tuple[str, ...]:
    return texts[fold * len(texts) // FOLDS : (fold + 1) * len(texts) // FOLDS]


def _folds(background: Background) -> list[int]:
    """The fold of each text: a whole group's where its kind has several, so that a held-out group is new."""
    groups: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    for row, (kind, group) in enumerate(zip(background.kinds, background.groups, strict=True)):
        groups[kind].setdefault(group, []).append(row)
    folds = [0] * len(background.texts)
    for of_kind in groups.values():
        for place, rows in enumerate(of_kind.values()):
            for number, row in enumerate(rows):
                folds[row] = place % FOLDS if len(of_kind) >= FOLDS else number * FOLDS // len(rows)
    return folds


def _percent(hits: Sequence[bool]) -> str:
    return f"{100 * sum(hits) / max(len(hits), 1):.1f} %"
