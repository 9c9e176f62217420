"""What a search says of a question: one entry found, a few to choose from, or nothing known."""

from dataclasses import dataclass
from enum import StrEnum

from knowledge.pack.model import Entry

# As many as a person compares at a glance, and as fit one row of buttons.
SUGGESTIONS_LIMIT = 3


class Reason(StrEnum):
    """Which rule decided."""

    SAME_WORDING = "same-wording"  # the question is one of the entry's own phrasings
    CONFIDENT = "confident"  # the best entry is likely enough to be right
    UNSURE = "unsure"  # one of the best entries may be right
    SAID_UNANSWERED = "said-unanswered"  # a moderator said that nothing answers these words
    OUT_OF_SCOPE = "out-of-scope"  # it reads like questions that no entry answers
    NO_KNOWN_WORDS = "no-known-words"  # nothing in it was ever said about the subject
    EMPTY = "empty"  # nothing is left of it but mentions, links, code or emoji


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, how likely it answers the question (0 to 1), and its phrasing that is most alike."""

    entry: Entry
    score: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Found:
    """The first match answers the question; the others are the next best."""

    matches: tuple[Match, ...]
    reason: Reason

    @property
    def entry(self) -> Entry:
        """The entry that answers."""
        return self.matches[0].entry


@dataclass(frozen=True, slots=True)
class Suggestions:
    """One of at most SUGGESTIONS_LIMIT matches may be meant; the asker has to say which."""

    matches: tuple[Match, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Unknown:
    """No entry answers this; the matches are only the nearest ones (none if nothing is near)."""

    matches: tuple[Match, ...]
    reason: Reason


Verdict = Found | Suggestions | Unknown
