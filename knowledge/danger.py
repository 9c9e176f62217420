"""Telling a message about somebody in danger from one that only talks about the subject (docs/safety.md)."""

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from itertools import combinations
from math import exp
from pathlib import Path
from sys import intern

from cachetools import LRUCache

from knowledge.files import pack_folder, read_examples
from knowledge.learnt import Examples, Learner, learn
from knowledge.reading import Reader, Reading
from knowledge.scorer import Scorer
from knowledge.text import spoken
from knowledge.vocabulary import Vocabulary, load_concepts, load_vocabulary

# From this score on the safety card is shown, and from the lower one on the normal answer carries a line with the
# way to help; chosen on held-out examples so that at most one ordinary question in a hundred gets the card.
CLEAR_SCORE = 0.45
UNSURE_SCORE = 0.28
# One text is judged up to three times on its way; so many are under way at once.
IN_FLIGHT = 64
# One word alone ("house", "called") tells no story, whatever was learnt of it: it may get the line, but not the card.
ALONE_SCORE = 0.4
_DANGER, _ORDINARY = "danger", "ordinary"


class Danger(Enum):
    """How surely a message is about a person in danger."""

    NONE = "none"
    UNSURE = "unsure"
    CLEAR = "clear"


class DangerCheck:
    """Learns once from examples of both kinds; keeps nothing of what it judges but what came of the last few texts.

    `ordinary` are messages in which nobody is in danger: what people ask and chat about. The vocabulary's concepts
    are the parts that words play when somebody is in danger.
    """

    def __init__(
        self, danger: Iterable[str], ordinary: Iterable[str], vocabulary: Vocabulary, learn: Learner = learn
    ) -> None:
        self._reader = Reader(vocabulary)
        texts = [(text, _DANGER) for text in danger] + [(text, _ORDINARY) for text in ordinary]
        marks = tuple(label for _, label in texts)
        labels = (_DANGER, _ORDINARY)
        said = tuple(text for text, _ in texts)
        learnt = learn(Examples(said, marks, labels, vocabulary, self._read, compared=False))
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
        reading = self._read(text)
        if not reading.stems:
            return 0.0
        danger, ordinary = self._scorer.scores(reading, self._features.row(reading)).tolist()
        likely = 1 / (1 + exp(ordinary - danger))
        return likely if len(reading.stems) > 1 else min(likely, ALONE_SCORE)

    def _read(self, text: str) -> Reading:
        """A text's stems and parts, and which parts it has together: "he", "hold" and "me" tell little, alone."""
        reading = self._reader.read(spoken(text))
        return Reading(reading.stems, _together(tuple(sorted(set(reading.concepts)))))


@lru_cache(maxsize=10_000)
def _together(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts, and every two of them."""
    return (*parts, *(intern(f"{one}+{two}") for one, two in combinations(parts, 2)))


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
