"""Fits knowledge/talk.npz: which group of talk.yaml a message belongs to.

    python -m tools.learn_talk REAL_TEXT CLINC150

REAL_TEXT is a folder with `sms.txt` (SMS Spam Collection, CC BY 4.0) and `irc-ubuntu.txt` (irc-disentanglement, CC BY
4.0), a message a line; CLINC150 is one with `data_full.json` (Larson et al. 2019, CC BY 3.0), whose training part is
used. They say how people talk about anything else; only weights of their words are kept. The seed is fixed.
"""

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge.encoder import load_encoder
from knowledge.linear import LinearModel, PieceView, WordView, save_arrays
from knowledge.linear.tfidf import BETWEEN_SPACES
from knowledge.matching.out_of_scope import load_out_of_scope
from knowledge.pack.files import load_pack, pack_folder
from knowledge.talk.groups import read_groups
from knowledge.talk.recognizer import OTHER, WEIGHTS, digest_of, said_key

SEED = 1
# The intents of CLINC150 that are small talk, and the groups they belong to. The rest is about anything else.
SMALL_TALK = {
    "greeting": "greeting",
    "goodbye": "goodbye",
    "thank_you": "thanks",
    "who_made_you": "maker",
    "are_you_a_bot": "machine",
    "what_is_your_name": "identity",
    "how_old_are_you": "identity",
    "where_are_you_from": "identity",
    "who_do_you_work_for": "identity",
    "what_are_your_hobbies": "personal",
    "do_you_have_pets": "personal",
    "tell_joke": "personal",
    "meaning_of_life": "personal",
    "flip_coin": "personal",
    "roll_dice": "personal",
    "what_can_i_ask_you": "welcome",
    "cancel": "apology",
}
# Intents whose wordings mean one thing to an assistant and another to this bot.
LEFT_OUT = {"repeat", "fun_fact", "user_name", "change_ai_name", "change_language", "yes", "no", "maybe"}
# Lines of each source of other talk.
QUERIES, MESSAGES, CHAT = 4_000, 2_300, 3_000
# How much an example counts beside a line of other talk, and a vector beside the words.
EXAMPLE_WEIGHT, VARIANT_WEIGHT, MEANING_WEIGHT = 3.0, 1.0, 2.0
# What people type around anything they say to a bot, and how they shorten it.
BEFORE = (
    "hey",
    "hi",
    "ok",
    "so",
    "um",
    "well",
    "lol",
    "omg",
    "bot",
    "hey bot",
    "can you",
    "please",
    "just",
    "no",
    "yes",
)
# What people type before a question for an entry; it makes no small talk of it.
AROUND = (
    "can you tell me",
    "could you explain",
    "do you know",
    "i want to know",
    "i need to know",
    "hey bot",
    "hi",
    "quick question",
    "please tell me",
    "thanks and",
    "ok so",
    "help me understand",
    "i have a question",
    "for my paper",
)
BEHIND = (
    "please",
    "pls",
    "lol",
    "bot",
    "now",
    "again",
    "thanks",
    "man",
    "today",
    "tho",
    "then",
    "haha",
    "right now",
    "ijm",
)
SHORT = {"you": "u", "your": "ur", "you're": "ur", "are": "r", "please": "pls", "what's": "whats", "who's": "whos"}


def examples(real_text: Path, clinc150: Path) -> Iterator[tuple[str, str, float]]:
    """Every text to learn from, its label, and its weight."""
    folder, pick = pack_folder(), random.Random(SEED)  # noqa: S311 (a sample is no secret)
    for group in read_groups(folder).values():
        yield from ((said, group.name, EXAMPLE_WEIGHT) for said in group.says)
        yield from ((written, group.name, VARIANT_WEIGHT) for said in group.says for written in variants(said, pick))
    read = json.loads((clinc150 / "data_full.json").read_text(encoding="utf-8"))
    other = []
    for text, intent in (*read["train"], *read["oos_train"]):
        if intent in SMALL_TALK:
            asks = intent == "greeting" and ("how" in text or "what" in text)
            yield text, "mood" if asks else SMALL_TALK[intent], 1.0
        elif intent not in LEFT_OUT:
            other.append(text)
    sources = [(other, QUERIES)]
    for name, most in (("sms.txt", MESSAGES), ("irc-ubuntu.txt", CHAT)):
        sources.append(((real_text / name).read_text(encoding="utf-8").splitlines(), most))
    for lines, most in sources:
        yield from ((text, OTHER, 1.0) for text in pick.sample(lines, min(most, len(lines))))
    pack = load_pack()
    yield "ijm", OTHER, EXAMPLE_WEIGHT
    yield from ((titled.title, OTHER, EXAMPLE_WEIGHT) for titled in pack.topics)
    for entry in pack.entries:
        yield entry.label, OTHER, EXAMPLE_WEIGHT
        for phrasing in entry.phrasings:
            yield phrasing, OTHER, EXAMPLE_WEIGHT
            yield f"{pick.choice(AROUND)} {phrasing}", OTHER, 1.0
    background = load_out_of_scope(folder / "unanswerable")
    small_talk = {"chat", "near"}  # the one is small talk itself; much of the other has a fixed line
    kinds = zip(background.texts, background.kinds, strict=True)
    yield from ((text, OTHER, 1.0) for text, kind in kinds if kind not in small_talk)


def variants(said: str, pick: random.Random) -> Iterator[str]:
    """Write an example as other people type it: shorter, longer, and around other words."""
    short = " ".join(SHORT.get(word, word) for word in said.split())
    yield short
    yield f"{pick.choice(BEFORE)} {short}"
    yield f"{said} {pick.choice(BEHIND)}"
    yield f"{pick.choice(BEFORE)} {said} {pick.choice(BEHIND)}"


def main() -> None:
    """Fit the weights, and write them beside talk.yaml."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real_text", type=Path)
    parser.add_argument("clinc150", type=Path)
    given = parser.parse_args()
    folder = pack_folder()
    groups = read_groups(folder)
    known = {said_key(said): group.name for group in groups.values() for said in group.says}
    # Examples come first; the same words said by somebody about anything else teach nothing.
    rows: dict[str, tuple[str, float]] = {}
    for text, label, weight in examples(given.real_text, given.clinc150):
        key = said_key(text)
        if key and known.get(key, label) == label:
            rows.setdefault(key, (label, weight))
    texts = list(rows)
    labels = np.array([label for label, _ in rows.values()])
    words = TfidfVectorizer(
        analyzer="word",
        ngram_range=(1, 2),
        token_pattern=BETWEEN_SPACES,
        lowercase=False,
        min_df=2,
        max_features=10_000,
    )
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), lowercase=False, min_df=3, max_features=16_000)
    vectors = load_encoder().encode(texts)
    table = hstack([words.fit_transform(texts), pieces.fit_transform(texts), csr_matrix(vectors * MEANING_WEIGHT)])
    fitted = LogisticRegression(C=10, max_iter=300, random_state=SEED)
    fitted.fit(table.tocsr(), labels, sample_weight=[weight for _, weight in rows.values()])
    kept_words, word_order = WordView.of(words)
    kept_pieces, piece_order = PieceView.of(pieces)
    weights = fitted.coef_.T
    linear = np.concatenate([weights[word_order], weights[len(word_order) + piece_order]])
    model = LinearModel(kept_words, kept_pieces, linear.astype(np.float16), fitted.intercept_.astype(np.float32))
    meaning = weights[len(word_order) + len(piece_order) :] * MEANING_WEIGHT
    own = {
        "labels": np.frombuffer("\n".join(fitted.classes_).encode(), np.uint8),
        "meaning": meaning.astype(np.float16),
        "digest": np.frombuffer(digest_of(groups.values()).encode(), np.uint8),
    }
    save_arrays(folder / WEIGHTS, model.arrays() | own)
    print(f"{WEIGHTS}: {len(texts):,} texts, {len(fitted.classes_)} groups")


if __name__ == "__main__":
    main()
