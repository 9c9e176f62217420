"""Rounds of quiz questions from the entries."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from knowledge.pack.model import Entry, Pack, QuizQuestion
from knowledge.plain.digests import digest

# How many questions a group plays without a break.
ROUND = 10
# Enough of a hash that no two questions of a pack share it.
_KEY_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a round, with its answers in the order shown. `key` depends on its text and answers, so an edited
    question has another.
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
    """Return the round of a seed: up to ROUND questions, of one topic if given. The same seed and pack give the same
    round. An entry's second question comes only after all first ones, because questions of one entry may give each
    other away.
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
        # True always comes before False, whichever is right.
        shown = _random(f"{seed} {key}").sample(options, len(options))
        found.append(Asked(key, entry, text, tuple(sorted(shown, key=lambda option: option == "False"))))
    return tuple(found)


def _random(seed: str) -> Random:
    return Random(seed)  # noqa: S311 (the order of questions is no secret)
