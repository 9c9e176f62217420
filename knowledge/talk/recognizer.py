"""Recognizing what a message says to the bot, by its examples and by weights that `make learn` fits to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Encoder
from knowledge.linear import LinearModel, load_arrays
from knowledge.pack.files import Fault, PackError
from knowledge.plain.text import clean
from knowledge.talk.groups import Group, read_groups

WEIGHTS = "talk.npz"
# The label of whatever is in no group: questions for entries, and all other talk.
OTHER = "other"
# A message is taken for what a group says when it is at least this likely to be in some group.
SAID_SCORE = 0.5
# A message with more words than this is more than small talk.
WORDS_LIMIT = 25


@dataclass(frozen=True, slots=True)
class Said:
    """The group that a message belongs to, and how likely it belongs to any (0 to 1; 1 for an example's own words)."""

    group: Group
    score: float


class Recognizer:
    """Finds the group of a message. Without weights it knows the examples' own words alone."""

    def __init__(
        self, groups: Mapping[str, Group], weights: Path | None = None, encoder: Encoder | None = None
    ) -> None:
        """Take the groups, the file that was fitted to them, and the encoder that ships.

        Without the encoder fewer wordings are recognized. Raises ValueError if the file is broken or older.
        """
        self.groups = groups
        self.encoder = encoder
        self._known = {said_key(text): group for group in groups.values() for text in group.says}
        self._model: LinearModel | None = None
        if weights is None:
            return
        arrays = load_arrays(weights)
        try:
            if bytes(arrays["digest"]).decode() != digest_of(groups.values()):
                raise ValueError(f"{weights.name} is older than talk.yaml. Run: make learn")
            labels = bytes(arrays["labels"]).decode().split("\n")
            self._meaning: NDArray[np.float32] = arrays["meaning"].astype(np.float32)
            self._model = LinearModel.from_arrays(arrays)
        except KeyError as error:
            raise ValueError(f"{weights} has no {error}. Fetch it again from the repository.") from error
        self._labels = tuple(labels)
        self._other = self._labels.index(OTHER)

    def prepared(self, text: str) -> tuple[str, ...]:
        """Return the texts that `recognize` encodes, so that they can be encoded beforehand, elsewhere."""
        key = said_key(text)
        return () if key in self._known or self._is_long(key) else (key,)

    def _is_long(self, key: str) -> bool:
        return not key or len(key.split()) > WORDS_LIMIT

    def recognize(self, text: str, least: float = SAID_SCORE) -> Said | None:
        """Find the group of a message, or None if it is less likely than `least` to be in any."""
        key = said_key(text)
        if (known := self._known.get(key)) is not None:
            return Said(known, 1.0)
        if self._model is None or self._is_long(key):
            return None
        scores = self._model.scores(self._model.tfidf.row(key))
        if self.encoder is not None:
            scores = scores + self.encoder.encode([key])[0] @ self._meaning
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        score = 1 - float(likely[self._other])
        if score < least:
            return None
        likely[self._other] = 0
        return Said(self.groups[self._labels[int(likely.argmax())]], score)


def load_recognizer(folder: Path, encoder: Encoder | None) -> Recognizer:
    """Read a pack's groups and the weights beside them. Raises PackError or ValueError if they cannot be used."""
    return Recognizer(read_groups(folder), folder / WEIGHTS, encoder)


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Return every fault of a pack's talk, weights that are older than the examples among them."""
    try:
        load_recognizer(folder, None)
    except PackError as error:
        return error.faults
    except ValueError as error:
        return (Fault(WEIGHTS, "file", str(error)),)
    return ()


def said_key(text: str) -> str:
    """Return a message as groups compare it: plain, without punctuation at its ends and without the bot's name."""
    return " ".join(word for part in clean(text).split() if (word := part.strip(".,!?;:…\"'()[]*_~-")))


def digest_of(groups: Iterable[Group]) -> str:
    """Return a digest of all examples, to tell whether weights were fitted to them."""
    lines = (f"{group.name}\t{text}" for group in groups for text in group.says)
    return sha256("\n".join(lines).encode()).hexdigest()
