"""Telling messages about somebody in danger from those that only discuss the subject (docs/safety.md)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from math import exp, inf
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from knowledge.encoder import Encoder
from knowledge.linear import LinearModel, load_arrays
from knowledge.safety.meaning import MeaningModel
from knowledge.safety.wording import readable, spaced

# Of a text with more words than LONG, each thought is scored, too, and the surest counts: a sentence, or, of one longer
# than THOUGHT_LIMIT, so many of its words in a row. A thought needs this much more, for a long text has many.
LONG, THOUGHT_LIMIT, THOUGHT, DOUBT = 30, 20, 16, 2.0
_SENTENCE_END = re.compile(r"(?<![.!?;])[.!?;]++(?:\s|$)")
WEIGHTS = Path(__file__).parent / "danger.npz"


class Danger(Enum):
    """How surely a message is about a person in danger."""

    NONE = "none"
    UNSURE = "unsure"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The scores at which a message gets the extra line, the card, and the card if it was not addressed to the bot."""

    unsure: float
    clear: float
    overheard: float


# Chosen on messages that nothing was learned from (docs/safety.md).
WITH_MEANING = Thresholds(unsure=-6.75, clear=-1.8, overheard=4.5)
WORDS_ALONE = Thresholds(unsure=-2.5, clear=-0.4, overheard=3.0)
NOT_ENGLISH = Thresholds(unsure=-3.5, clear=-1.2, overheard=3.5)
# What nobody addressed to the bot is not encoded if its words alone score less: nearly all of what people say.
WORTH_ENCODING = 0.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """The logarithm of the odds that a message is about somebody in danger, and what such a score means."""

    score: float
    thresholds: Thresholds


class DangerCheck:
    """Scores messages with numbers that were learned once; keeps nothing of them.

    `arrays` are those of the weights' file. The words decide alone on what is not in English, which the encoder does
    not read, and on everything without an encoder, or with another than was learned with. Raises KeyError or ValueError
    if the arrays are not what `make learn` writes.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], encoder: Encoder | None) -> None:
        self._words = LinearModel.from_arrays(arrays)
        self._meaning = MeaningModel.from_arrays(arrays)
        fits = encoder is not None and encoder.digest == arrays["encoder"].tobytes().decode()
        self._encoder = encoder if fits else None

    def judge(self, text: str, *, overheard: bool = False) -> Danger:
        """Say how certainly a text of any length is about somebody in danger. An overheard one is clear only beyond
        doubt, and takes a tenth of the time.
        """
        plain = readable(text)
        if not plain or (overheard and self._of_words(plain)[0] < WORTH_ENCODING):
            return Danger.NONE
        weighed = self._weigh(plain)
        thresholds = weighed.thresholds
        if weighed.score >= (thresholds.overheard if overheard else thresholds.clear):
            return Danger.CLEAR
        return Danger.UNSURE if weighed.score >= thresholds.unsure else Danger.NONE

    @property
    def encoder(self) -> Encoder | None:
        """The encoder of messages; None if words alone decide."""
        return self._encoder

    def prepared(self, text: str) -> tuple[str, ...]:
        """Return the texts that `judge` encodes of what is addressed to the bot, so that it can be done before."""
        plain = readable(text)
        if self._encoder is None or not plain or self._of_words(plain)[1] >= 0:
            return ()
        return tuple(dict.fromkeys((plain, *_parts(plain))))

    def weigh(self, text: str) -> Weighed:
        """Score a text as `judge` does."""
        return self._weigh(readable(text))

    def _weigh(self, plain: str) -> Weighed:
        if not plain:
            return Weighed(-inf, WORDS_ALONE)
        danger, foreign = self._of_words(plain)
        encoder = self._encoder if foreign < 0 else None
        parts = [self._of_words(part)[0] + self._of_meaning(part, encoder) - DOUBT for part in _parts(plain)]
        score = max(danger + self._of_meaning(plain, encoder), *parts, -inf)
        return Weighed(score, NOT_ENGLISH if foreign >= 0 else WITH_MEANING if encoder is not None else WORDS_ALONE)

    def _of_meaning(self, plain: str, encoder: Encoder | None) -> float:
        return self._meaning.score(encoder.encode([plain])[0]) if encoder is not None else 0.0

    def _of_words(self, plain: str) -> tuple[float, float]:
        danger, foreign = self._words.scores(self._words.tfidf.row(spaced(plain))).tolist()
        return danger, foreign


def likelihood(score: float) -> float:
    """Return the probability for a score."""
    return 1 / (1 + exp(-score))


def _parts(plain: str) -> Iterator[str]:
    """Yield the sentences of a text that is long; a long sentence is cut into overlapping runs of words."""
    if len(plain.split()) <= LONG:
        return
    for sentence in _SENTENCE_END.split(plain):
        said = sentence.split()
        if 0 < len(said) <= THOUGHT_LIMIT:
            yield sentence
        else:
            for first in range(0, len(said) - THOUGHT // 2, THOUGHT // 2):
                yield " ".join(said[first : first + THOUGHT])


def load_danger_check(encoder: Encoder | None) -> DangerCheck:
    """Load the check that ships with the bot. Raises ValueError with what to do if its weights cannot be read."""
    return DangerCheck(load_arrays(WEIGHTS), encoder)
