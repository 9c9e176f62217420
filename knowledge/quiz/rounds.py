"""Rounds of the quiz questions that people have written into the entries."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from knowledge.pack.model import Entry, Pack, QuizQuestion
from knowledge.plain.digests import digest

# As many questions as a group plays through without a break.
ROUND = 10
# Enough of a hash that no two questions of a pack share it.
_KEY_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked in a round, with its answers in the order they are shown.

    `key` stands for its text and its answers, so a question that was edited since has another.
    """

    key: str
    entry: Entry
    text: QuizQuestion
    options: tuple[str, ...]

    @property
    def right(self) -> int:
        """Return the place of the right answer among the options, from 0."""
        return self.options.index(self.text.right)


def questions(pack: Pack, seed: str, topic: str = "") -> tuple[Asked, ...]:
    """Return the round that a seed stands for: up to ROUND questions, of one topic if it is given.

    The same seed and pack give the same round. An entry has its second question only after all have had their first,
    for the questions of one entry tell something about each other.
    """
    everything = [asked for entry in pack.entries if topic in {"", entry.topic} for asked in _asked(entry, seed)]
    mixed = _random(seed).sample(everything, len(everything))
    turn: Counter[str] = Counter()
    ordered: list[tuple[int, Asked]] = []
    for asked in mixed:
        turn[asked.entry.id] += 1
        ordered.append((turn[asked.entry.id], asked))
    return tuple(asked for _, asked in sorted(ordered, key=lambda pair: pair[0])[:ROUND])


def question(pack: Pack, seed: str, key: str) -> Asked | None:
    """Return the question with that key as the seed's round has it, or None if it was removed or edited."""
    return next((asked for entry in pack.entries for asked in _asked(entry, seed) if asked.key == key), None)


def _asked(entry: Entry, seed: str) -> tuple[Asked, ...]:
    found = []
    for text in entry.quiz:
        key = digest("\n".join((entry.id, text.question, text.right, *text.wrong)), _KEY_DIGITS)
        options = (text.right, *text.wrong)
        # True stands before False, wherever the truth lies.
        shown = _random(f"{seed} {key}").sample(options, len(options))
        found.append(Asked(key, entry, text, tuple(sorted(shown, key=lambda option: option == "False"))))
    return tuple(found)


def _random(seed: str) -> Random:
    return Random(seed)  # noqa: S311 (the order of questions is no secret)
