"""Telling a message about somebody in danger from one that only talks about the subject (docs/safety.md)."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from math import exp, log
from pathlib import Path

from cachetools import LRUCache

from knowledge.matching.language.reading import Reader, Reading
from knowledge.matching.language.spelling import Speller
from knowledge.matching.language.vocabulary import Vocabulary, load_concepts, load_vocabulary
from knowledge.matching.learnt import Examples, Learner, learn
from knowledge.matching.scorer import Scorer
from knowledge.pack.files import pack_folder, read_examples
from knowledge.plain.text import clean, spoken, words
from knowledge.safety.danger_parts import Parts

# From this score on the safety card is shown, and from the lower one on the normal answer carries a line with the
# way to help; chosen on held-out examples so that at most one ordinary question in a hundred gets the card.
CLEAR_SCORE = 0.43
UNSURE_SCORE = 0.28
# One text is judged up to three times on its way; so many are under way at once.
IN_FLIGHT = 64
# One word alone ("house", "called") tells no story, whatever was learnt of it: it may get the line, but not the card.
ALONE_SCORE = 0.4
# A long text touches on so much that something in it sounds like danger: of one with more words than LONG, the
# logarithm of the odds is lowered by so much for each time that it is longer by e. So that a story with its danger in
# one clause is not missed, each of its thoughts is judged as well, and lowered by THOUGHT_DOUBT. A thought is a
# sentence, or, of one longer than LONG, so many words of it in a row. All chosen on held-out examples.
LONG = 20
LONG_DOUBT = 0.8
THOUGHT_DOUBT = 1.0
THOUGHT = 16
_SENTENCE_END = re.compile(r"[.!?;]+(?:\s|$)")
# Of each ordinary text a piece of one to so many words is learnt, too, so that few words alone make no danger; but none
# that plays one of these parts: "i can't get out" is a piece of "i can't get out of this contract", and a cry for help.
PIECE = 4
GRAVE = frozenset({"hit", "hold", "threat", "plead", "die", "fear", "forced", "sell", "track"})
# A piece of a word that at most so many of the texts have tells danger no better from what is ordinary.
RARE_PIECE = 2
# Any large prime: it moves the place of the piece from text to text.
_STEP = 7919
_DANGER, _ORDINARY = "danger", "ordinary"


class Danger(Enum):
    """How surely a message is about a person in danger."""

    NONE = "none"
    UNSURE = "unsure"
    CLEAR = "clear"


class DangerCheck:
    """Learns once from examples of both kinds.

    Of what it judges it keeps in memory what came of the last few texts, and words that it met, one by one.

    `ordinary` are messages in which nobody is in danger: what people ask and chat about. The vocabulary's concepts
    are the parts that words play when somebody is in danger.
    """

    def __init__(
        self, danger: Iterable[str], ordinary: Iterable[str], vocabulary: Vocabulary, learn: Learner = learn
    ) -> None:
        self._reader = Reader(Vocabulary(vocabulary.spellings, {}))
        self._parts = Parts(vocabulary.concepts, self._reader)
        people, chat = tuple(danger), tuple(ordinary)
        marks = (_DANGER,) * len(people) + (_ORDINARY,) * len(chat)
        labels = (_DANGER, _ORDINARY)
        texts = (*people, *chat)
        examples = Examples(
            texts, marks, labels, vocabulary, self._reading, self._harmless, compared=False, rare=RARE_PIECE
        )
        learnt = learn(examples)
        self._speller = Speller(learnt.words, vocabulary)
        self._features = learnt.features
        self._scorer = Scorer(learnt.features, learnt.head)
        # By Python's own hash, which is salted at each start, so that no text can be told from it.
        self._judged: LRUCache[int, Danger] = LRUCache(IN_FLIGHT)

    def judge(self, text: str) -> Danger:
        """How surely a text of any length is about somebody in danger."""
        key = hash(text)
        judged = self._judged.get(key)
        if judged is None:
            judged = self._judged[key] = _judgement(self.score(text))
        return judged

    def score(self, text: str) -> float:
        """Near 1 for a message of somebody in danger, near 0 for an ordinary one."""
        cleaned = clean(text)
        said = self._speller.mended(words(cleaned))
        if not said:
            return 0.0
        odds = self._odds(said)
        if len(said) > LONG:
            odds -= LONG_DOUBT * log(len(said) / LONG)
            thoughts = map(self._speller.mended, _thoughts(cleaned))
            odds = max(odds, *(self._odds(thought) - THOUGHT_DOUBT for thought in thoughts))
        likely = 1 / (1 + exp(-odds))
        return likely if len(said) > 1 else min(likely, ALONE_SCORE)

    def _odds(self, said: tuple[str, ...]) -> float:
        """The logarithm of the odds that words are about somebody in danger."""
        reading = self._reading(said)
        danger, ordinary = self._scorer.scores(reading, self._features.row(reading)).tolist()
        return float(danger - ordinary)

    def _reading(self, said: tuple[str, ...]) -> Reading:
        """The stems of words, and the parts that they play."""
        stems = self._reader.read(said).stems
        return Reading(stems, self._parts.of(stems))

    def _harmless(self, examples: Examples) -> Iterator[tuple[str, str]]:
        """Pieces of the ordinary texts in which nothing sounds grave."""
        ordinary = (text for text, mark in zip(examples.texts, examples.marks, strict=True) if mark == _ORDINARY)
        for piece in _pieces(ordinary):
            if GRAVE.isdisjoint(self._parts.played(self._reader.read(spoken(piece)).stems)):
                yield piece, _ORDINARY


def _thoughts(cleaned: str) -> Iterator[tuple[str, ...]]:
    """The sentences of a text; one without an end is cut into overlapping runs of words."""
    for sentence in _SENTENCE_END.split(cleaned):
        said = words(sentence)
        if len(said) > LONG:
            yield from (said[first : first + THOUGHT] for first in range(0, len(said) - THOUGHT // 2, THOUGHT // 2))
        elif said:
            yield said


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    """Of each text that is longer than that, a few words in a row from somewhere in it."""
    for number, text in enumerate(texts):
        said, size = text.split(), 1 + number % PIECE
        if len(said) > PIECE:
            first = number * _STEP % (len(said) - size + 1)
            yield " ".join(said[first : first + size])


def _judgement(score: float) -> Danger:
    if score >= CLEAR_SCORE:
        return Danger.CLEAR
    return Danger.UNSURE if score >= UNSURE_SCORE else Danger.NONE


def load_danger_check(ordinary: Iterable[str], folder: Path | None = None, learn: Learner = learn) -> DangerCheck:
    """The check that ships with the bot. `ordinary` are the questions that the bot answers, and other chat."""
    here = folder or pack_folder()
    danger = _texts(here / "danger_examples" / "in-danger.yaml")
    lookalikes = _texts(here / "danger_examples" / "lookalike.yaml")
    return DangerCheck(danger, (*lookalikes, *ordinary), danger_vocabulary(here), learn)


def danger_vocabulary(folder: Path | None = None) -> Vocabulary:
    """The spellings of chat, and the parts that words play when somebody is in danger."""
    here = folder or pack_folder()
    spellings = load_vocabulary(here / "vocabulary.yaml").spellings
    return Vocabulary(spellings, load_concepts(here / "danger_vocabulary.yaml"))


def _texts(path: Path) -> tuple[str, ...]:
    return tuple(text for texts in read_examples(path).values() for text in texts)
