"""Learn knowledge/safety/danger.npz: what tells a message about somebody in danger from all others.

    python -m tools.learn_safety REAL_TEXT CLINC150 HWU64 LANGUAGES

REAL_TEXT is a folder with text files of ordinary messages, one a line; LANGUAGES is another, of messages that are not
in English. CLINC150 is the folder of data_full.json, and HWU64 a file with one query a line (docs/safety.md names the
sets and their licenses). Only numbers are learned from them, and none of their texts is kept. The same inputs give the
same numbers on one kind of processor.
"""

import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from knowledge.encoder import Encoder, load_encoder
from knowledge.linear import LinearModel, PieceView, WordView, save_arrays
from knowledge.matching.out_of_scope import load_out_of_scope
from knowledge.pack.files import load_pack, pack_folder, read_examples
from knowledge.safety.danger import WEIGHTS
from knowledge.safety.examples import IN_DANGER, LOOKALIKE, digest
from knowledge.safety.meaning import MeaningModel
from knowledge.safety.wording import readable, spaced
from knowledge.talk.groups import read_groups

Arrays = dict[str, NDArray[Any]]
WORDS = {"analyzer": "word", "token_pattern": r"\S+", "ngram_range": (1, 3), "min_df": 4}
PIECES = {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 6}
AS_IT_STANDS = {"binary": True, "lowercase": False}
# All chosen on messages that nothing was learned from: how closely the words' weights follow the examples; the units of
# each network, how often it sees the examples, and how strongly its weights are held down; which networks are
# averaged, by their seeds, and what they count beside the words.
CLOSENESS = 10
UNITS, EPOCHS, HELD_DOWN = 128, 12, 0.01
SEEDS, WORTH = range(8), 0.85
# A vector of length one has values near 0.05: too small for the networks' first steps.
SCALE = 10
BATCH = 200
# How much a message counts, chosen likewise. What people say to any bot is short and looks like a plea ("can you help
# me", "how do i contact ijm"). Of look-alikes, of text messages, and of danger in other languages there are few.
TALK_WEIGHT, LOOKALIKE_WEIGHT, SMS_WEIGHT, LANGUAGE_WEIGHT = 3, 3, 2, 3
# Few phrasings of entries are in other languages, so each counts for more.
TRANSLATION_WEIGHT = 5
# People who are sad or ask for help may be in danger, so what these groups of talk.yaml say is not ordinary.
NOT_ORDINARY = frozenset({"referral", "sad"})
# The groups of examples that are not in English have one of these in their names.
LANGUAGES = (
    "language",
    "foreign",
    "arabic",
    "chinese",
    "french",
    "hindi",
    "portuguese",
    "spanish",
    "swahili",
    "tagalog",
)
SMS = "sms.txt"


@dataclass(frozen=True, slots=True)
class Lot:
    """Messages of one kind; each counts as often as `weight` says. The encoder reads those in English alone."""

    texts: Sequence[str]
    danger: bool = False
    weight: int = 1
    english: bool = True


def learn(lots: Sequence[Lot], encoder: Encoder) -> Arrays:
    """Learn the weights of the check from messages of both kinds."""
    sizes = [len(lot.texts) for lot in lots]
    plain = [readable(text) for lot in lots for text in lot.texts]
    danger = np.repeat([lot.danger for lot in lots], sizes)
    english = np.repeat([lot.english for lot in lots], sizes)
    weights = np.repeat([lot.weight for lot in lots], sizes)
    vectors = encoder.encode([text for text, read in zip(plain, english, strict=True) if read])
    often = weights[english]
    arrays = _words([spaced(text) for text in plain], (danger, ~english), weights).arrays()
    arrays |= _meaning(np.repeat(vectors, often, axis=0), np.repeat(danger[english], often)).arrays()
    return {**arrays, "encoder": np.frombuffer(encoder.digest.encode(), np.uint8)}


def _words(texts: Sequence[str], labels: Sequence[NDArray[np.bool_]], weights: NDArray[np.int64]) -> LinearModel:
    vectorizers = [TfidfVectorizer(**how, **AS_IT_STANDS) for how in (WORDS, PIECES)]
    matrix = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers], format="csr")
    logistic = LogisticRegression(C=CLOSENESS, solver="liblinear", max_iter=300)
    fitted = [clone(logistic).fit(matrix, label, sample_weight=weights) for label in labels]
    words, of_words = WordView.of(vectorizers[0])
    pieces, of_pieces = PieceView.of(vectorizers[1])
    learned = np.vstack([each.coef_ for each in fitted]).T[np.concatenate((of_words, of_pieces + len(of_words)))]
    intercepts = np.concatenate([each.intercept_ for each in fitted])
    return LinearModel(words, pieces, learned.astype(np.float16), intercepts.astype(np.float32))


def _meaning(vectors: NDArray[np.float32], marks: NDArray[np.bool_]) -> MeaningModel:
    """Learn some networks that begin differently; side by side they are one, whose output is their average."""
    how = {"alpha": HELD_DOWN, "max_iter": EPOCHS, "batch_size": BATCH}
    with warnings.catch_warnings():
        # They are stopped on purpose before they fit the examples as closely as they could.
        warnings.simplefilter("ignore", ConvergenceWarning)
        nets = [MLPClassifier(UNITS, random_state=n, **how).fit(vectors * SCALE, marks) for n in SEEDS]
    hidden = np.hstack([net.coefs_[0] for net in nets]) * SCALE
    bias = np.concatenate([net.intercepts_[0] for net in nets])
    output = np.concatenate([net.coefs_[1][:, 0] for net in nets]) * WORTH / len(SEEDS)
    output_bias = sum(float(net.intercepts_[1][0]) for net in nets) * WORTH / len(SEEDS)
    return MeaningModel(hidden, bias.astype(np.float32), output.astype(np.float32), output_bias)


def real_text(folder: Path) -> dict[str, list[str]]:
    """Read the lines of all text files in a folder, by file."""
    files = sorted(folder.glob("*.txt"))
    return {path.name: [line for line in path.read_text("utf-8").splitlines() if line.strip()] for path in files}


def own_lots(folder: Path) -> Iterator[Lot]:
    """Read the project's own messages: of people in danger, and ordinary ones."""
    in_danger = read_examples(folder / IN_DANGER)
    for name, texts in in_danger.items():
        english = _english(name)
        yield Lot(texts, danger=True, weight=1 if english else LANGUAGE_WEIGHT, english=english)
    for name, texts in read_examples(folder / LOOKALIKE).items():
        yield Lot(texts, weight=LOOKALIKE_WEIGHT, english=_english(name))
    entries = load_pack(folder).entries
    yield Lot([phrasing for entry in entries for phrasing in entry.phrasings])
    translated = [said for entry in entries for texts in entry.translations.values() for said in texts]
    yield Lot(translated, weight=TRANSLATION_WEIGHT, english=False)
    yield Lot(load_out_of_scope(folder / "unanswerable").texts)
    # What is in both is left to the examples of danger.
    danger = {text for texts in in_danger.values() for text in texts}
    talk = [said for group in read_groups(folder).values() if group.name not in NOT_ORDINARY for said in group.says]
    yield Lot([said for said in talk if said not in danger], weight=TALK_WEIGHT)


def _english(group: str) -> bool:
    return not any(language in group for language in LANGUAGES)


def their_lots(real: Path, clinc150: Path, hwu64: Path, languages: Path) -> Iterator[Lot]:
    """Read what other people said, all of it ordinary."""
    queries = json.loads((clinc150 / "data_full.json").read_text("utf-8"))
    yield Lot([text for part in ("train", "oos_train") for text, _ in queries[part]])
    yield Lot(hwu64.read_text("utf-8").splitlines())
    for name, lines in real_text(real).items():
        yield Lot(lines, weight=SMS_WEIGHT if name == SMS else 1)
    for lines in real_text(languages).values():
        yield Lot(lines, english=False)


def main(*theirs: Path) -> None:
    """Learn, and write the file that ships."""
    folder = pack_folder()
    lots = (*own_lots(folder), *their_lots(*theirs))
    save_arrays(WEIGHTS, {**learn(lots, load_encoder()), "examples": digest(folder)})
    danger = sum(len(lot.texts) for lot in lots if lot.danger)
    print(f"Learned from {danger} messages about danger and {sum(len(lot.texts) for lot in lots) - danger} others.")


if __name__ == "__main__":
    if len(sys.argv) != len(("", "REAL_TEXT", "CLINC150", "HWU64", "LANGUAGES")):
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
