"""Other ways to find the entry of a question, each learning from the same phrasings as ours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process, utils
from scipy.sparse import diags
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

# The usual constants of BM25.
_SATURATION, _LENGTH = 1.5, 0.75


@dataclass(frozen=True, slots=True)
class Answer:
    """The label that was found, and how sure of it the finder is (no scale is promised)."""

    label: str
    score: float


Finder = Callable[[str], Answer]
Learner = Callable[[Sequence[str], Sequence[str]], Finder]
Encoder = Callable[[Sequence[str]], Any]


def rapidfuzz_by(scorer: Callable[..., float]) -> Learner:
    """The label of the phrasing that RapidFuzz finds most alike."""

    def learn(texts: Sequence[str], labels: Sequence[str]) -> Finder:
        choices = [utils.default_process(text) for text in texts]

        def find(question: str) -> Answer:
            found = process.extractOne(question, choices, scorer=scorer, processor=utils.default_process)
            return Answer(labels[found[2]], found[1]) if found else Answer("", 0.0)

        return find

    return learn


def bm25(texts: Sequence[str], labels: Sequence[str]) -> Finder:
    """The label of the phrasing with the best BM25 score."""
    counter = CountVectorizer(token_pattern=r"\w+")
    counts = counter.fit_transform(texts).tocsr().astype(np.float64)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / lengths.mean())
    there = np.bincount(counts.indices, minlength=counts.shape[1])
    weights = np.log(1 + (len(texts) - there + 0.5) / (there + 0.5))
    counts.data = counts.data * (_SATURATION + 1) / (counts.data + np.repeat(norm, np.diff(counts.indptr)))
    index = (counts @ diags(weights)).tocsr()

    def find(question: str) -> Answer:
        scores = (index @ counter.transform([question]).T.minimum(1)).toarray().ravel()
        best = int(scores.argmax())
        return Answer(labels[best], float(scores[best]))

    return find


def tfidf(texts: Sequence[str], labels: Sequence[str]) -> Finder:
    """The label of the nearest neighbour by TF-IDF."""
    vectors = TfidfVectorizer(token_pattern=r"\w+", sublinear_tf=True)
    return _nearest(vectors.fit_transform(texts), vectors.transform, labels)


def svm(texts: Sequence[str], labels: Sequence[str]) -> Finder:
    """A linear SVM over the n-grams of words and of characters."""
    grams = make_union(
        TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    machine = make_pipeline(grams, LinearSVC()).fit(texts, labels)

    def find(question: str) -> Answer:
        scores = machine.decision_function([question])[0]
        best = int(scores.argmax())
        return Answer(str(machine.classes_[best]), float(scores[best]))

    return find


def embedded_nearest(encode: Encoder) -> Learner:
    """The label of the nearest neighbour by sentence embeddings."""
    return lambda texts, labels: _nearest(encode(texts), encode, labels)


def embedded_regression(encode: Encoder) -> Learner:
    """Logistic regression over sentence embeddings."""

    def learn(texts: Sequence[str], labels: Sequence[str]) -> Finder:
        model = LogisticRegression(C=10, max_iter=1_000).fit(encode(texts), labels)

        def find(question: str) -> Answer:
            odds = model.predict_proba(encode([question]))[0]
            best = int(odds.argmax())
            return Answer(str(model.classes_[best]), float(odds[best]))

        return find

    return learn


def _nearest(known: Any, vector_of: Encoder, labels: Sequence[str]) -> Finder:
    def find(question: str) -> Answer:
        alike = known @ vector_of([question]).T
        alike = np.asarray(alike.toarray() if hasattr(alike, "toarray") else alike).ravel()
        best = int(alike.argmax())
        return Answer(labels[best], float(alike[best]))

    return find


RIVALS: dict[str, Learner] = {
    "rapidfuzz WRatio": rapidfuzz_by(fuzz.WRatio),
    "rapidfuzz token_set_ratio": rapidfuzz_by(fuzz.token_set_ratio),
    "BM25": bm25,
    "TF-IDF nearest neighbour": tfidf,
    "SVM, words and characters": svm,
}


def embedded(encode: Encoder) -> dict[str, Learner]:
    """The ways by sentence embeddings."""
    return {
        "all-MiniLM-L6-v2, nearest neighbor": embedded_nearest(encode),
        "all-MiniLM-L6-v2, logistic regression": embedded_regression(encode),
    }
