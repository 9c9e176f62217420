"""What changed between two states of an entry, field by field."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from knowledge.pack.model import Entry, Fact, QuizQuestion

# Where a text is cut into pieces to compare: after a sentence, and at line ends.
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")


@dataclass(frozen=True, slots=True)
class Difference:
    """What was removed from a field and what was added, piece by piece, in the order of the text."""

    field: str
    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the difference as lines: `-` before what was removed, `+` before what was added."""
        return (*(f"- {piece}" for piece in self.gone), *(f"+ {piece}" for piece in self.come))


def differences(old: Entry | None, new: Entry | None) -> tuple[Difference, ...]:
    """Return all fields in which two states differ; None is a missing entry."""
    before, after = _fields(old), _fields(new)
    found = (_difference(name, before.get(name, []), after.get(name, [])) for name in dict.fromkeys([*before, *after]))
    return tuple(difference for difference in found if difference.gone or difference.come)


def _fields(entry: Entry | None) -> dict[str, list[str]]:
    if entry is None:
        return {}
    section = f", {entry.source.section}" if entry.source.section else ""
    return {
        "question": [entry.question],
        "phrasings": list(entry.alternatives),
        "answer": [piece for piece in _SENTENCES.split(entry.answer) if piece],
        "topic": [entry.topic],
        "source": [f"{entry.source.document}{section}"],
        "year": [str(entry.as_of)],
        "links": [f"{link.title} {link.url}" for link in entry.links],
        "facts": [fact.text for fact in entry.facts],
        "related": list(entry.related),
        "title": [entry.title] if entry.title else [],
        "quiz": [" / ".join((each.question, each.right, *each.wrong, each.why)) for each in entry.quiz],
        "translations": [f"{language}: {text}" for language, texts in entry.translations.items() for text in texts],
    }


def _difference(field: str, old: list[str], new: list[str]) -> Difference:
    gone: list[str] = []
    come: list[str] = []
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[first:last]
            come += new[begin:end]
    return Difference(field, tuple(gone), tuple(come))


def standing_facts(before: Entry, answer: str) -> tuple[Fact, ...]:
    """Return the facts of an entry that still hold with a new answer: those whose figures are all in it."""
    if answer == before.answer:
        return before.facts
    return tuple(fact for fact in before.facts if _figures(fact.text) <= _figures(answer))


def standing_quiz(before: Entry, answer: str) -> tuple[QuizQuestion, ...]:
    """Return the quiz questions of an entry that still hold with a new answer, as for facts."""
    if answer == before.answer:
        return before.quiz
    return tuple(each for each in before.quiz if _figures(f"{each.right} {each.why}") <= _figures(answer))


def _figures(text: str) -> set[str]:
    return set(_NUMBER.findall(text))
