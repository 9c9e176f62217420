"""Learn knowledge/matching/learned.npz: which entry a question asks for, and how sure the bot may be.

    python -m tools.learn_matching [REAL_TEXT]

REAL_TEXT is a folder with text files of ordinary messages, one a line. Only their embeddings are kept, in the numbers,
so that it is needed no more: without it those are taken from the numbers that are there. The same inputs give the same
numbers on one kind of processor.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge.encoder import Encoder, load_encoder
from knowledge.linear import LinearModel, Pieces, Words, save_arrays
from knowledge.matching.confidence import Confidence, Signals, others
from knowledge.matching.embeddings import centered, embedded
from knowledge.matching.entry_texts import STATED, statements
from knowledge.matching.kernel import RIDGE, Floats, nearest, nearness
from knowledge.matching.learned import FILE, Learned, load_learned, quantized, restored
from knowledge.matching.out_of_scope import OutOfScope, load_out_of_scope
from knowledge.matching.own_entries import Group, OwnEntries
from knowledge.matching.practice import practice
from knowledge.matching.staleness import digests
from knowledge.pack.files import load_pack, pack_folder
from knowledge.pack.model import Entry
from knowledge.plain.text import clean, spoken

# What shared words and shared pieces of words count beside meaning; chosen on held-out questions (docs/matching.md).
WORDS_COUNT, PIECES_COUNT = 0.5, 0.5
# N-grams that one text alone has tell nothing about another.
SEEN_TWICE = 2
VECTORIZERS = (
    {"token_pattern": r"\S+", "ngram_range": (1, 2)},
    {"analyzer": "char_wb", "ngram_range": (2, 5)},
)
# Phrasings stand in their file in the order of their writers, so blocks of them are different people.
FOLDS = 4
ALWAYS = -1
# How many questions that no entry answers are expected for each that one does.
SILENCE = 0.7
# As many candidates of a question as are shown train the confidence.
CANDIDATES = 3
# Lines of ordinary text that are learned, examples of each entry that a community's are held against, and of silence.
ORDINARY, RIVALS, SILENT_RIVALS = 2_400, 4, 200
# How many phrasings the entries have on which the confidence in a community's own is fitted.
COUNTS = (1, 3, 8)
BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class _Examples:
    """Texts by label, entries first; ordinary vectors without text stand last. Beside each its fold and its worth."""

    texts: tuple[str, ...]
    vectors: Floats
    labels: NDArray[np.intp]
    folds: NDArray[np.intp]
    counts: Floats
    words: csr_matrix
    pieces: csr_matrix
    near: Floats
    silent: int

    def starts(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where each label begins among rows."""
        return np.searchsorted(self.labels[rows], np.arange(self.silent + 1))

    def solved(self, rows: NDArray[np.intp]) -> Floats:
        """Return the weights of examples for each label."""
        near = self.near[np.ix_(rows, rows)]
        near[np.diag_indices(len(rows))] += np.float32(RIDGE) / self.counts[rows]
        factor = cho_factor(near.T, overwrite_a=True, check_finite=False)
        found: Floats = cho_solve(factor, _wanted(self.labels[rows], self.silent), check_finite=False)
        return found


def learn(
    entries: Sequence[Entry], out_of_scope: OutOfScope, encoder: Encoder, ordinary: Floats, middle: Floats
) -> Learned:
    """Learn from entries and from what nothing answers, of which `ordinary` are vectors without their texts."""
    vectorizers = [TfidfVectorizer(min_df=SEEN_TWICE, lowercase=False, dtype=np.float32, **how) for how in VECTORIZERS]
    found = _examples(entries, out_of_scope, encoder, ordinary, middle, vectorizers)
    everything = np.arange(len(found.labels))
    weights = found.solved(everything)
    (words, in_words), (pieces, in_pieces) = Words.of(vectorizers[0]), Pieces.of(vectorizers[1])
    columns = np.concatenate(
        (
            WORDS_COUNT * (found.words.T @ weights)[in_words],
            PIECES_COUNT * (found.pieces.T @ weights)[in_pieces],
        )
    )
    linear = LinearModel(words, pieces, columns.astype(np.float16), np.zeros(weights.shape[1], np.float32))
    confidence, words_confidence = _confidences(found)
    return Learned(
        labels=(*(entry.id for entry in entries), "~"),
        digests=digests(entries, out_of_scope, practice()),
        words=linear,
        encoder=encoder.digest,
        middle=middle,
        vectors=found.vectors,
        starts=found.starts(everything),
        weights=weights,
        rivals=found.vectors[_rivals(found, everything)],
        practice=embedded(encoder, [each.q for each in practice()], middle),
        ordinary=len(ordinary),
        confidence=confidence,
        own_confidence=_own_confidence(entries, found),
        words_confidence=words_confidence,
    )


def _examples(
    entries: Sequence[Entry],
    out_of_scope: OutOfScope,
    encoder: Encoder,
    ordinary: Floats,
    middle: Floats,
    vectorizers: Sequence[TfidfVectorizer],
) -> _Examples:
    rows: list[tuple[str, int, int, float]] = []
    for label, entry in enumerate(entries):
        ways = entry.phrasings
        rows += [(text, label, number * FOLDS // len(ways), 1.0) for number, text in enumerate(ways)]
        rows += [(text, label, ALWAYS, STATED) for text in statements(entry)]
    silent = len(entries)
    rows += [(text, silent, fold, 1.0) for text, fold in zip(out_of_scope.texts, _folds(out_of_scope), strict=True)]
    texts, labels, folds, counts = zip(*rows, strict=True)
    more = np.arange(len(ordinary))
    vectors = np.concatenate((restored(quantized(embedded(encoder, texts, middle))), ordinary))
    plain = [" ".join(spoken(text)) for text in texts]
    views = [vectorizer.fit_transform(plain) for vectorizer in vectorizers]
    words, pieces = (vstack((view, csr_matrix((len(more), view.shape[1]), dtype=np.float32)), "csr") for view in views)
    near = nearness(vectors @ vectors.T)
    for view, count in ((words, WORDS_COUNT), (pieces, PIECES_COUNT)):
        across = view.T.tocsc()
        for first in range(0, len(near), BLOCK):
            block = slice(first, first + BLOCK)
            near[block] += np.float32(count) * (view[block] @ across).toarray()
    return _Examples(
        texts,
        vectors,
        np.concatenate((labels, np.full(len(more), silent))).astype(np.intp),
        np.concatenate((folds, more % FOLDS)).astype(np.intp),
        np.concatenate((counts, np.ones(len(more)))).astype(np.float32),
        words,
        pieces,
        near,
        silent,
    )


def _confidences(found: _Examples) -> tuple[Confidence, Confidence]:
    """Return the confidence with embeddings, and of words alone, from examples held out by their writers."""
    with_meaning, words_alone = _Seen(), _Seen()
    for fold in range(FOLDS):
        kept, held = np.flatnonzero(found.folds != fold), np.flatnonzero(found.folds == fold)
        weights, starts = found.solved(kept), found.starts(kept)
        near = nearest(found.vectors[held] @ found.vectors[kept].T, starts)
        scores = found.near[np.ix_(held, kept)] @ weights
        of_words = WORDS_COUNT * (found.words[held] @ (found.words[kept].T @ weights))
        of_words += PIECES_COUNT * (found.pieces[held] @ (found.pieces[kept].T @ weights))
        for place, row in enumerate(held.tolist()):
            if row >= len(found.texts):
                words, wordless = 8, True
            else:
                words, wordless = len(spoken(found.texts[row])), False
            label = int(found.labels[row])
            with_meaning.add(scores[place], near[place], words, label, found.silent)
            if not wordless:
                words_alone.add(of_words[place], np.zeros_like(near[place]), words, label, found.silent)
    return with_meaning.fitted(), words_alone.fitted()


class _Seen:
    """Signals of candidates, and which of them were right."""

    def __init__(self) -> None:
        self._signals: list[Floats] = []
        self._right: list[bool] = []
        self._silent: list[bool] = []

    def add(self, scores: Floats, near: Floats, words: int, label: int, silent: int) -> None:
        """Add the best candidates of a text with that label, seen by what ships."""
        mine, best = scores[:silent], near[:silent]
        ones = np.ones(silent, np.float32)
        signals = Signals(
            mine,
            others(mine),
            ones * scores[silent],
            best,
            others(best),
            ones * near[silent],
            ones * np.float32(np.log1p(words)),
            ones * 0,
        )
        self.take(signals, np.argsort(-mine)[:CANDIDATES], label, label == silent)

    def take(self, signals: Signals, candidates: NDArray[np.intp], right: int, silent: bool) -> None:
        """Add candidates, given as places; `silent` says that none is right because nothing answers."""
        stacked = np.stack(signals, axis=-1)
        for place in candidates.tolist():
            self._signals.append(stacked[place])
            self._right.append(place == right)
            self._silent.append(silent)

    def fitted(self) -> Confidence:
        """Return the logistic model that explains best which candidates were right."""
        raw, right, silent = np.array(self._signals), np.array(self._right), np.array(self._silent)
        mean, spread = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
        worth = np.where(silent, SILENCE * (~silent).sum() / max(silent.sum(), 1), 1.0)
        model = LogisticRegression().fit((raw - mean) / spread, right, sample_weight=worth)
        weights = model.coef_[0] / spread
        return Confidence(np.append(weights, model.intercept_[0] - weights @ mean))


def _own_confidence(entries: Sequence[Entry], found: _Examples) -> Confidence:
    """Return the confidence in a community's entries: shipped ones, taken away and added again with few phrasings.

    Of those that are taken away every other one is not added again: its questions are about the same subject, and no
    entry answers them.
    """
    seen = _Seen()
    for fold in range(FOLDS):
        taken = np.arange(fold, len(entries), FOLDS)
        gone = np.isin(found.labels, taken)
        silence_gone = (found.labels == found.silent) & (found.folds == fold)
        kept = np.flatnonzero(~gone & ~silence_gone)
        weights, starts = found.solved(kept), found.starts(kept)
        # An entry without examples has no start of its own.
        there = np.setdiff1d(np.arange(found.silent + 1), taken)
        starts = starts[there]
        rivals = found.vectors[_rivals(found, kept)]
        asked = np.flatnonzero((gone | silence_gone | (found.folds == fold)) & (found.counts == 1))[::2]
        base_scores = (found.near[np.ix_(asked, kept)] @ weights)[:, there]
        base_near = nearest(found.vectors[asked] @ found.vectors[kept].T, starts)
        for count in COUNTS:
            for parity in (0, 1):
                own = taken[parity::2]
                groups = [Group(_few(entries[label].phrasings, count), statements(entries[label])) for label in own]
                vectors = _known(found)
                model = OwnEntries(rivals, groups, vectors)
                used = {text for group in groups for text in group.phrasings}
                place = {int(label): number for number, label in enumerate(own)}
                texts = np.full(len(own), np.log1p(count), np.float32)
                for number, row in enumerate(asked.tolist()):
                    text = found.texts[row] if row < len(found.texts) else ""
                    if text in used:
                        continue
                    scores, near = model.see(text, found.vectors[row])
                    words = len(spoken(text)) if text else 8
                    ones = np.ones(len(own), np.float32)
                    signals = Signals(
                        scores,
                        np.maximum(others(scores), base_scores[number, :-1].max()),
                        ones * base_scores[number, -1],
                        near,
                        np.maximum(others(near), base_near[number, :-1].max()),
                        ones * base_near[number, -1],
                        ones * np.float32(np.log1p(words)),
                        texts,
                    )
                    right = place.get(int(found.labels[row]), -1)
                    seen.take(signals, np.argsort(-scores)[:CANDIDATES], right, right < 0)
    return seen.fitted()


def _known(found: _Examples) -> dict[str, Floats]:
    return {clean(text): vector for text, vector in zip(found.texts, found.vectors, strict=False)}


def _few(phrasings: Sequence[str], count: int) -> tuple[str, ...]:
    """Return the question and others by as many writers, who stand in the file one after the other."""
    ways = phrasings[1:]
    return (phrasings[0], *(ways[number * len(ways) // count] for number in range(1, count)))


def _rivals(found: _Examples, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return some of the rows: of each entry as many, spread over its phrasings, and some that nothing answers."""
    chosen: list[int] = []
    for label in range(found.silent + 1):
        of = rows[(found.labels[rows] == label) & (found.counts[rows] == 1)]
        size = min(RIVALS if label < found.silent else SILENT_RIVALS, len(of))
        chosen += of[np.arange(size) * len(of) // max(size, 1)].tolist()
    return np.array(chosen, np.intp)


def _wanted(labels: NDArray[np.intp], silent: int) -> Floats:
    return np.eye(silent + 1, dtype=np.float32)[labels]


def _folds(out_of_scope: OutOfScope) -> list[int]:
    """Return the fold of each text: a whole group's where its kind has several, so that a held-out group is new."""
    groups: defaultdict[str, dict[str, list[int]]] = defaultdict(dict)
    for row, (kind, group) in enumerate(zip(out_of_scope.kinds, out_of_scope.groups, strict=True)):
        groups[kind].setdefault(group, []).append(row)
    folds = [0] * len(out_of_scope.texts)
    for of_kind in groups.values():
        for place, rows in enumerate(of_kind.values()):
            for number, row in enumerate(rows):
                folds[row] = place % FOLDS if len(of_kind) >= FOLDS else number * FOLDS // len(rows)
    return folds


def ordinary_lines(folder: Path) -> tuple[str, ...]:
    """Return some lines of each text file in a folder, spread over it. Raises SystemExit if there are none."""
    files = [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in sorted(folder.glob("*.txt"))]
    lines = [[line for line in of if spoken(line)] for of in files]
    if not any(lines):
        raise SystemExit(f"{folder} has no text file; name a folder with .txt files, one message a line.")
    size = ORDINARY // len(lines)
    return tuple(of[number * len(of) // size] for of in lines for number in range(min(size, len(of))))


def main(arguments: Sequence[str]) -> None:
    """Learn and write the numbers."""
    encoder = load_encoder()
    pack, out_of_scope = load_pack(), load_out_of_scope(pack_folder() / "unanswerable")
    if arguments:
        raw = encoder.encode([" ".join(spoken(line)) for line in ordinary_lines(Path(arguments[0]))])
        middle = raw.mean(axis=0)
        ordinary = restored(quantized(centered(raw, middle)))
    else:
        before = load_learned()
        middle, ordinary = before.middle, before.vectors[len(before.vectors) - before.ordinary :]
    learned = learn(pack.entries, out_of_scope, encoder, ordinary, middle)
    save_arrays(FILE, learned.arrays())
    print(f"{FILE.name}: {len(learned.labels) - 1} entries, {len(learned.vectors):,} examples")


if __name__ == "__main__":
    main(sys.argv[1:])
