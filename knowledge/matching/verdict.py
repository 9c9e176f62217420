"""What a search says of a question: its answer, the closest entry, a few to choose from, or nothing known."""

from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.pack.model import Entry

# As many as a person compares at a glance, and as fit one row of buttons.
SUGGESTIONS_LIMIT = 3


class Reason(StrEnum):
    """Which rule decided."""

    SAME_WORDING = "same-wording"  # the question is one of the entry's own phrasings
    CONFIDENT = "confident"  # the best entry is surely right
    LIKELY = "likely"  # the best entry is likely right
    SHARED_WORDS = "shared-words"  # several entries share these words (choices.yaml)
    UNSURE = "unsure"  # one of the best entries may be right
    SAID_UNANSWERED = "said-unanswered"  # a moderator said that nothing answers this, or what is nearly worded so
    OUT_OF_SCOPE = "out-of-scope"  # it reads like questions that no entry answers
    EMPTY = "empty"  # nothing is left of it but mentions, links, code, or emoji


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, how likely it answers the question (0 to 1), and its phrasing that means nearly the same."""

    entry: Entry
    score: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Found:
    """The first match surely answers the question; the others are the next best.

    `also` answers a second question in the same message; it is the second match then.
    """

    matches: tuple[Match, ...]
    reason: Reason
    also: tuple[Entry, ...] = field(default=())

    @property
    def entry(self) -> Entry:
        """The entry that answers."""
        return self.matches[0].entry


@dataclass(frozen=True, slots=True)
class Closest:
    """The first match likely answers the question, and the asker is told that it is only likely."""

    matches: tuple[Match, ...]
    reason: Reason = Reason.LIKELY
    also: tuple[Entry, ...] = field(default=())

    @property
    def entry(self) -> Entry:
        """The entry that likely answers."""
        return self.matches[0].entry


@dataclass(frozen=True, slots=True)
class Suggestions:
    """One of at most SUGGESTIONS_LIMIT matches may be meant; the asker has to say which."""

    matches: tuple[Match, ...]
    reason: Reason = Reason.UNSURE


@dataclass(frozen=True, slots=True)
class Unknown:
    """No entry answers this; the matches are only the nearest ones (none if nothing is near)."""

    matches: tuple[Match, ...]
    reason: Reason


Verdict = Found | Closest | Suggestions | Unknown
