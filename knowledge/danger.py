"""Telling a message about somebody in danger from one that only talks about the subject (docs/safety.md)."""

from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from cachetools import LRUCache

from knowledge.features import Features, Reader
from knowledge.files import pack_folder, read_examples
from knowledge.head import targets_of, train
from knowledge.text import spoken
from knowledge.vocabulary import Vocabulary, load_vocabulary

# From this score on the safety card is shown, and from the lower one on the normal answer carries a line with the
# way to help; chosen on held-out examples so that at most one ordinary question in a hundred gets the card.
CLEAR_SCORE = 0.45
UNSURE_SCORE = 0.3
# One text is judged up to three times on its way; so many are under way at once.
IN_FLIGHT = 64
_DANGER, _ORDINARY = "danger", "ordinary"


class Danger(Enum):
    """How surely a message is about a person in danger."""

    NONE = "none"
    UNSURE = "unsure"
    CLEAR = "clear"


class DangerCheck:
    """Learns once from examples of both kinds; keeps nothing of what it judges but what came of the last few texts.

    `ordinary` are messages in which nobody is in danger: what people ask and chat about.
    """

    def __init__(self, danger: Iterable[str], ordinary: Iterable[str], spellings: Vocabulary) -> None:
        # The field's synonyms would blur what matters here: who does what to whom.
        self._reader = Reader(Vocabulary(spellings.spellings, {}))
        texts = [(text, _DANGER) for text in danger] + [(text, _ORDINARY) for text in ordinary]
        self._features = Features([self._reader.read(spoken(text)) for text, _ in texts])
        labels = (_DANGER, _ORDINARY)
        targets = targets_of([(label,) for _, label in texts], labels)
        self._head = train(self._features.take_matrix(), targets, labels)
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
        """About 1 for a message of somebody in danger, about 0 for an ordinary one."""
        row = self._features.row(self._reader.read(spoken(text)))
        return float(self._head.scores(row)[0])


def _judgement(score: float) -> Danger:
    if score >= CLEAR_SCORE:
        return Danger.CLEAR
    return Danger.UNSURE if score >= UNSURE_SCORE else Danger.NONE


def load_danger_check(ordinary: Iterable[str], folder: Path | None = None) -> DangerCheck:
    """The check that ships with the bot. `ordinary` are the questions that the bot answers, and other chat."""
    here = folder or pack_folder()
    danger = _texts(here / "danger_examples" / "in-danger.yaml")
    lookalikes = _texts(here / "danger_examples" / "lookalike.yaml")
    return DangerCheck(danger, (*lookalikes, *ordinary), load_vocabulary(here / "vocabulary.yaml"))


def _texts(path: Path) -> tuple[str, ...]:
    return tuple(text for texts in read_examples(path).values() for text in texts)
