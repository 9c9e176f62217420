"""Learn knowledge/matching/learned.npz: which entry a question asks for, and how sure the bot may be.

    python -m tools.learn_matching [REAL_TEXT FEWSHOT]

REAL_TEXT is a folder with text files of ordinary messages, one a line, and FEWSHOT one with HWU64 (docs/matching.md).
Of the first only embeddings are kept, and of the second the confidence that was fitted on it, both in the numbers. So
neither is needed after a change of the entries: without them both are taken from the numbers that are there. The same
inputs give the same numbers on one kind of processor.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge.encoder import Encoder, load_encoder
from knowledge.encoder.shipped import SHIPPED
from knowledge.linear import LinearModel, PieceView, WordView, save_arrays
from knowledge.matching import Search
from knowledge.matching.confidence import Confidence, Signals, others
from knowledge.matching.entry_texts import STATED, statements
from knowledge.matching.kernel import RIDGE, Floats, centered, embedded, nearest, nearness
from knowledge.matching.learned import FILE, Learned, Seen, load_learned, quantized, restored
from knowledge.matching.out_of_scope import OutOfScope, load_out_of_scope
from knowledge.matching.practice import practice
from knowledge.matching.relearning import digests
from knowledge.matching.search import Probe
from knowledge.pack.files import load_pack, pack_folder
from knowledge.pack.model import Entry
from knowledge.plain.text import clean, spoken

# What shared words and shared pieces of words count beside meaning; chosen on held-out questions (docs/matching.md).
WORDS_COUNT, PIECES_COUNT = 0.5, 0.5
# N-grams that one text alone has tell nothing about another.
SEEN_TWICE = 2
# A word that no lexicon has and that so many texts have is a name, not an error.
NO_ERROR = 6
VECTORIZERS = (
    {"token_pattern": r"\S+", "ngram_range": (1, 2)},
    {"analyzer": "char_wb", "ngram_range": (2, 5)},
)
# Phrasings stand in their file in the order of their writers, so blocks of them are different people.
FOLDS = 4
ALWAYS = -1
# How many questions that no entry answers are expected for each that one does.
SILENCE = 2.0
# And how many for each that an entry of a community answers: on the same subject, and answered by what ships.
UNCOVERED, SHIPPED_ANSWERS = 2, 2
# As many candidates of a question as are shown train the confidence.
CANDIDATES = 3
# The words of an ordinary message, about.
ORDINARY_WORDS = 8
# Lines of ordinary text that are learned, examples of each entry that a community's are held against, and of silence.
ORDINARY, RIVALS, SILENT_RIVALS = 2_400, 4, 200
# How many phrasings the entries have on which the confidence in a community's own is fitted, and how many of the
# intents are entries: the first of so many.
COUNTS, EVERY = (1, 3, 8), (2, 5, 13, 32)
BLOCK = 1_000
# A question, and the place of the entry that answers it.
_Labeled = tuple[Probe, int | None]
# What is sure of nothing: it stands for a confidence that is not fitted yet.
UNSURE = Confidence(np.array([*np.zeros(len(Signals._fields)), -1.0]))


class _Held(NamedTuple):
    """An example as it is seen by what was learned of other writers: by all, and by words alone."""

    row: int
    scores: Floats
    near: Floats
    of_words: Floats


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

    def words_of(self, row: int) -> int:
        """How many words an example has; of ordinary messages only the vectors are kept."""
        return len(spoken(self.texts[row])) if row < len(self.texts) else ORDINARY_WORDS

    def solved(self, rows: NDArray[np.intp]) -> Floats:
        """Return the weights of examples for each label."""
        near = self.near[np.ix_(rows, rows)]
        near[np.diag_indices(len(rows))] += np.float32(RIDGE) / self.counts[rows]
        factor = cho_factor(near.T, overwrite_a=True, check_finite=False)
        found: Floats = cho_solve(factor, _wanted(self.labels[rows], self.silent), check_finite=False)
        return found


def learn(
    entries: Sequence[Entry],
    out_of_scope: OutOfScope,
    encoder: Encoder,
    ordinary: Floats,
    middle: Floats,
    lexicon: frozenset[str] = frozenset(),
    own: Confidence | Path = UNSURE,
) -> Learned:
    """Learn from entries and from what nothing answers, of which `ordinary` are vectors without their texts.

    `own` is the confidence in a community's own entries, or the folder with the public set to fit it on.
    """
    vectorizers = [TfidfVectorizer(min_df=SEEN_TWICE, lowercase=False, dtype=np.float32, **how) for how in VECTORIZERS]
    found = _examples(entries, out_of_scope, encoder, ordinary, middle, vectorizers)
    everything = np.arange(len(found.labels))
    weights = found.solved(everything)
    (words, in_words), (pieces, in_pieces) = WordView.of(vectorizers[0]), PieceView.of(vectorizers[1])
    columns = np.concatenate(
        (
            WORDS_COUNT * (found.words.T @ weights)[in_words],
            PIECES_COUNT * (found.pieces.T @ weights)[in_pieces],
        )
    )
    linear = LinearModel(words, pieces, columns.astype(np.float16), np.zeros(weights.shape[1], np.float32))
    held = tuple(_held_out(found))
    confidence, words_confidence = _confidences(found, held)
    learned = Learned(
        labels=(*(entry.id for entry in entries), "~"),
        digests=digests(entries, out_of_scope, practice()),
        words=linear,
        encoder=encoder.digest,
        middle=middle,
        vectors=quantized(found.vectors),
        starts=found.starts(everything),
        weights=weights,
        rivals=found.vectors[_rivals(found, everything)],
        practice=quantized(embedded(encoder, [each.q for each in practice()], middle)),
        ordinary=len(ordinary),
        subject=_subject(found.texts, lexicon),
        lexicon=lexicon,
        confidence=confidence,
        own_confidence=own if isinstance(own, Confidence) else UNSURE,
        words_confidence=words_confidence,
    )
    if isinstance(own, Confidence):
        return learned
    answered = [
        Probe(found.texts[each.row], found.vectors[each.row], Seen(each.scores, each.near, each.near[:0]))
        for each in held
        if found.labels[each.row] < found.silent
    ]
    return replace(learned, own_confidence=_own_confidence(Search(entries, learned, encoder), own, answered))


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


def _held_out(found: _Examples) -> Iterator[_Held]:
    """Yield the examples as they are seen by what is learned of the other folds."""
    for fold in range(FOLDS):
        kept, held = np.flatnonzero(found.folds != fold), np.flatnonzero(found.folds == fold)
        weights = found.solved(kept)
        near = nearest(found.vectors[held] @ found.vectors[kept].T, found.starts(kept))
        scores = found.near[np.ix_(held, kept)] @ weights
        of_words = WORDS_COUNT * (found.words[held] @ (found.words[kept].T @ weights))
        of_words += PIECES_COUNT * (found.pieces[held] @ (found.pieces[kept].T @ weights))
        yield from map(_Held, held.tolist(), scores, near, of_words)


def _confidences(found: _Examples, held: Sequence[_Held]) -> tuple[Confidence, Confidence]:
    """Return the confidence with embeddings, and of words alone, from examples held out by their writers."""
    with_meaning, words_alone = _Seen(), _Seen()
    for each in held:
        words, label = found.words_of(each.row), int(found.labels[each.row])
        with_meaning.add(each.scores, each.near, words, label, found.silent)
        if each.row < len(found.texts):
            words_alone.add(each.of_words, np.zeros_like(each.near), words, label, found.silent)
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

    def fitted(self, silence: float = SILENCE) -> Confidence:
        """Return the logistic model that explains best which candidates were right."""
        raw, right, silent = np.array(self._signals), np.array(self._right), np.array(self._silent)
        mean, spread = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-6)
        worth = np.where(silent, silence * (~silent).sum() / max(silent.sum(), 1), 1.0)
        model = LogisticRegression().fit((raw - mean) / spread, right, sample_weight=worth)
        weights = model.coef_[0] / spread
        return Confidence(np.append(weights, model.intercept_[0] - weights @ mean))


def _own_confidence(base: Search, fewshot: Path, answered: Sequence[Probe]) -> Confidence:
    """Fit the confidence in a community's own entries: intents of a public set, each with a few phrasings.

    The other intents are no entries: as many of their queries are about the same subjects, and nothing answers them.
    More questions are `answered` by what ships.
    """
    entries, seen = base.entries, _Seen()
    ways: defaultdict[str, list[str]] = defaultdict(list)
    for text, intent in _labeled(fewshot / "hwu64_train_10"):
        ways[intent].append(text)
    asked = _labeled(fewshot / "hwu64_test")
    texts = [text for text, _ in asked]
    probes = base.probes(texts, base.vectors(texts))
    for count, every, first in product(COUNTS, EVERY, (0, 1)):
        own = [
            replace(entries[0], id=intent, question=ways[intent][0], alternatives=tuple(ways[intent][1:count]))
            for intent in sorted(ways)[first::every]
        ]
        search = base.adapted((*entries, *(replace(each, answer="", facts=()) for each in own)))
        place = {each.id: number for number, each in enumerate(own)}
        labeled = [(probe, place.get(intent)) for probe, (_, intent) in zip(probes, asked, strict=True)]
        covered = [each for each in labeled if each[1] is not None]
        uncovered = [each for each in labeled if each[1] is None]
        shipped = [(probe, None) for probe in answered]
        beside = (*_some(uncovered, UNCOVERED * len(covered)), *_some(shipped, SHIPPED_ANSWERS * len(covered)))
        for probe, right in (*covered, *beside):
            _, ours = search.signals(probe)
            best = np.argsort(-ours.score[len(entries) :])[:CANDIDATES]
            seen.take(ours, len(entries) + best, -1 if right is None else len(entries) + right, right is None)
    return seen.fitted(UNCOVERED + SHIPPED_ANSWERS)


def _some(those: Sequence[_Labeled], count: int) -> Sequence[_Labeled]:
    """Return about so many of those, spread over all."""
    return those[:: max(1, len(those) // count)]


def _labeled(folder: Path) -> list[tuple[str, str]]:
    """The queries of a part of a public set, each with its intent."""
    texts, labels = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("seq.in", "label"))
    return list(zip(texts, labels, strict=True))


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


def _subject(texts: Sequence[str], lexicon: frozenset[str]) -> tuple[str, ...]:
    """The words of texts, the most frequent first, without those that may be their writers' errors."""
    counts = Counter(word for text in texts for word in set(spoken(text)) if word.isalpha())
    least = {word: count for word, count in counts.items() if count >= (SEEN_TWICE if word in lexicon else NO_ERROR)}
    return tuple(sorted(least, key=lambda word: (-least[word], word)))


def lexicon_of(tokenizer: Path) -> frozenset[str]:
    """The whole words among the pieces of a tokenizer: the most frequent words of its language."""
    pieces = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(piece for piece in pieces if piece.isalpha() and piece.islower() and piece.isascii())


def ordinary_lines(folder: Path) -> tuple[str, ...]:
    """The lines of all text files in a folder. Raises SystemExit if there are none."""
    files = [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in sorted(folder.glob("*.txt"))]
    lines = tuple(dict.fromkeys(clean(line) for of in files for line in of if spoken(line)))
    if not lines:
        raise SystemExit(f"{folder} has no text file; name a folder with .txt files, one message a line.")
    return lines


def _telling(ordinary: Floats, asked: Floats) -> Floats:
    """The vectors that tell most of what is ordinary: half are those that come nearest to what is asked."""
    near = np.concatenate([(ordinary[at : at + BLOCK] @ asked.T).max(axis=1) for at in range(0, len(ordinary), BLOCK)])
    order = np.argsort(-near, kind="stable")
    nearest_half, rest = order[: ORDINARY // 2], order[ORDINARY // 2 :]
    size = min(ORDINARY - len(nearest_half), len(rest))
    return ordinary[np.sort(np.concatenate((nearest_half, rest[np.arange(size) * len(rest) // max(size, 1)])))]


def main(arguments: Sequence[str]) -> None:
    """Learn and write the numbers."""
    encoder = load_encoder()
    pack, out_of_scope = load_pack(), load_out_of_scope(pack_folder() / "unanswerable")
    if len(arguments) == 2:
        raw = encoder.encode(ordinary_lines(Path(arguments[0])))
        middle = raw.mean(axis=0)
        asked = embedded(encoder, [phrasing for entry in pack.entries for phrasing in entry.phrasings], middle)
        ordinary = _telling(restored(quantized(centered(raw, middle))), asked)
    else:
        before = load_learned()
        middle, ordinary = before.middle, restored(before.vectors[len(before.vectors) - before.ordinary :])
    lexicon = lexicon_of(SHIPPED / "tokenizer.json")
    own = Path(arguments[1]) if len(arguments) == 2 else load_learned().own_confidence
    learned = learn(pack.entries, out_of_scope, encoder, ordinary, middle, lexicon, own)
    save_arrays(FILE, learned.arrays())
    print(f"{FILE.name}: {len(learned.labels) - 1} entries, {len(learned.vectors):,} examples")


if __name__ == "__main__":
    main(sys.argv[1:])
