"""What there is to learn from, and what comes of it: plain values, which a later start can read from a file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from sys import intern
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.head import Head
from knowledge.matching.language.features import Features
from knowledge.matching.language.reading import Reading
from knowledge.matching.language.views import Floats, Pieces, Words
from knowledge.matching.language.vocabulary import Vocabulary
from knowledge.matching.postings import Postings
from knowledge.matching.senses import Senses

Arrays = Mapping[str, NDArray[Any]]
# No stem or concept has a line break in it.
_BREAK = "\n"
# Stands before the names of the arrays of the head over meanings.
_MEANT = "meant_"


def _none(_: object) -> tuple[tuple[str, str], ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts, each with its label as its mark, and how their words are read: with which vocabulary, by which function.

    `more` makes further ones of these, with their marks, when something is learnt. `compared` says that new texts will
    be compared with these, so that it has to be known which words are in which. With `senses` what the texts mean is
    learnt, too. Pieces of words that at most `rare` texts have are left out.
    """

    texts: tuple[str, ...]
    marks: tuple[str, ...]
    labels: tuple[str, ...]
    vocabulary: Vocabulary
    read: Callable[[tuple[str, ...]], Reading]
    more: "Callable[[Examples], Iterable[tuple[str, str]]]" = _none
    compared: bool = True
    senses: Senses | None = None
    rare: int = 1


@dataclass(frozen=True, slots=True)
class Meanings:
    """A head over what a text means, and of each example the part of its vector that tells how near the text is.

    The dimensions of the head are those of the vectors; with fine ones the nearness to each example stands before them.
    """

    head: Head
    telling: Floats


@dataclass(frozen=True, slots=True)
class Learnt:
    """The words of the examples by falling frequency, their dimensions, and a head over these.

    If it was wanted, which words are in which, and meanings.
    """

    words: tuple[str, ...]
    features: Features
    head: Head
    postings: Postings | None
    meanings: Meanings | None = None


Learner = Callable[[Examples], Learnt]


def learn(examples: Examples) -> Learnt:
    """Learn from examples, which takes a second or two for some thousands."""
    learnt: Learnt = import_module("knowledge.matching.learning").learn(examples)
    return learnt


def arrays_of(learnt: Learnt) -> Arrays:
    """All of it as arrays, by name."""
    words, pieces, head = learnt.features.words, learnt.features.pieces, learnt.head
    arrays: dict[str, NDArray[Any]] = {
        "words": _packed(learnt.words),
        "stems": _packed(words.stems),
        "pairs": words.pairs,
        "concepts": _packed(words.concepts),
        "word_weights": words.weights,
        "pieces": pieces.names,
        "piece_weights": pieces.weights,
        **_packed_head("", head),
    }
    if learnt.postings is not None:
        arrays |= learnt.postings.arrays
    if learnt.meanings is not None:
        arrays |= {"telling": learnt.meanings.telling, **_packed_head(_MEANT, learnt.meanings.head)}
    return arrays


def from_arrays(arrays: Arrays, labels: tuple[str, ...], *, compared: bool, meant: bool) -> Learnt:
    """What was made into arrays. Raises KeyError or ValueError if they are not such."""
    words = Words(arrays["word_weights"], _unpacked(arrays["stems"]), arrays["pairs"], _unpacked(arrays["concepts"]))
    pieces = Pieces(arrays["piece_weights"], arrays["pieces"], len(words.weights))
    postings = Postings.of(arrays) if compared else None
    meanings = Meanings(_unpacked_head(_MEANT, arrays, labels), arrays["telling"]) if meant else None
    said = _unpacked(arrays["words"])
    return Learnt(said, Features(words, pieces), _unpacked_head("", arrays, labels), postings, meanings)


def _packed_head(prefix: str, head: Head) -> dict[str, NDArray[Any]]:
    numbers = {"head": head.weights, "usual": head.usual, "own": np.array(head.own), "other": np.array(head.other)}
    return {prefix + name: array for name, array in numbers.items()}


def _unpacked_head(prefix: str, arrays: Arrays, labels: tuple[str, ...]) -> Head:
    weights, usual, own, other = (arrays[prefix + name] for name in ("head", "usual", "own", "other"))
    return Head(labels, weights, usual, float(own), float(other))


def _packed(names: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.frombuffer(_BREAK.join(names).encode(), np.uint8)


def _unpacked(packed: NDArray[Any]) -> tuple[str, ...]:
    text = packed.tobytes().decode()
    # Much of what is in one knowledge base is in another: the pieces of words above all.
    return tuple(map(intern, text.split(_BREAK))) if text else ()
