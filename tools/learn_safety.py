"""Learn knowledge/safety/danger.npz: what tells a message about somebody in danger from all others.

    python -m tools.learn_safety REAL_TEXT CLINC150 HWU64

REAL_TEXT is a folder with text files of ordinary messages, one a line; CLINC150 the folder of data_full.json, and HWU64
a file with one query a line (docs/safety.md names the sets and their licenses). Only numbers are learned from them, and
none of their texts is kept. The same inputs give the same numbers on one kind of processor.
"""

import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from knowledge.encoder import Encoder, load_encoder
from knowledge.linear import LinearModel, PieceView, WordView, save_arrays
from knowledge.matching.out_of_scope import load_out_of_scope
from knowledge.pack.files import load_pack, pack_folder
from knowledge.safety.danger import WEIGHTS
from knowledge.safety.examples import IN_DANGER, LOOKALIKE, digest, examples
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
SEEDS, WORTH = range(8), 0.7
# A vector of length one has values near 0.05: too small for the networks' first steps.
SCALE = 10
BATCH = 200
# What people say to any bot is short and looks like a plea ("can you help me", "how do i contact ijm"), so it counts
# more than once; who asks for a hotline is shown one.
# Who is sad or asks for help may be in danger; what such groups of talk.yaml say is not ordinary.
TALK_WEIGHT, NOT_ORDINARY = 3, frozenset({"referral", "sad"})


def learn(danger: Sequence[str], ordinary: Sequence[str], encoder: Encoder) -> Arrays:
    """Learn the weights of the check from messages of both kinds."""
    plain = [readable(text) for text in (*danger, *ordinary)]
    marks = np.repeat([1, 0], [len(danger), len(ordinary)])
    arrays = _words([spaced(text) for text in plain], marks).arrays()
    arrays |= _meaning(encoder.encode(plain), marks).arrays()
    return {**arrays, "encoder": np.frombuffer(encoder.digest.encode(), np.uint8)}


def _words(texts: Sequence[str], marks: NDArray[np.int64]) -> LinearModel:
    vectorizers = [TfidfVectorizer(**how, **AS_IT_STANDS) for how in (WORDS, PIECES)]
    matrix = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers], format="csr")
    fitted = LogisticRegression(C=CLOSENESS, solver="liblinear", max_iter=300).fit(matrix, marks)
    words, of_words = WordView.of(vectorizers[0])
    pieces, of_pieces = PieceView.of(vectorizers[1])
    weights = fitted.coef_[0][np.concatenate((of_words, of_pieces + len(of_words)))]
    return LinearModel(words, pieces, weights[:, None].astype(np.float16), fitted.intercept_.astype(np.float32))


def _meaning(vectors: NDArray[np.float32], marks: NDArray[np.int64]) -> MeaningModel:
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


def real_text(folder: Path) -> list[str]:
    """Read the lines of all text files in a folder."""
    return [line for path in sorted(folder.glob("*.txt")) for line in path.read_text("utf-8").splitlines() if line]


def own_examples(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read the project's own messages: of people in danger, and ordinary ones."""
    phrasings = [phrasing for entry in load_pack(folder).entries for phrasing in entry.phrasings]
    chat = load_out_of_scope(folder / "unanswerable").texts
    danger = examples(folder, IN_DANGER)
    talk = [said for group in read_groups(folder).values() if group.name not in NOT_ORDINARY for said in group.says]
    # What is in both is left to the examples of danger.
    talk = [said for said in talk if said not in set(danger)] * TALK_WEIGHT
    return danger, (*examples(folder, LOOKALIKE), *phrasings, *chat, *talk)


def main(real: Path, clinc150: Path, hwu64: Path) -> None:
    """Learn, and write the file that ships."""
    folder = pack_folder()
    danger, ordinary = own_examples(folder)
    queries = json.loads((clinc150 / "data_full.json").read_text("utf-8"))
    theirs = [text for part in ("train", "oos_train") for text, _ in queries[part]]
    theirs += hwu64.read_text("utf-8").splitlines() + real_text(real)
    arrays = learn(danger, (*ordinary, *theirs), load_encoder())
    save_arrays(WEIGHTS, {**arrays, "examples": digest(folder)})
    print(f"Learned from {len(danger)} messages about danger and {len(ordinary) + len(theirs)} ordinary ones.")


if __name__ == "__main__":
    if len(sys.argv) != len(("", "REAL_TEXT", "CLINC150", "HWU64")):
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
