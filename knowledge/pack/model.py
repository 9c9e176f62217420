"""The values that knowledge is made of, and their limits."""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

# An answer is read on a phone, inside a chat: about six short paragraphs.
ANSWER_LIMIT = 900
# A question and a phrasing label a button or a list row.
QUESTION_LIMIT = 100
# A phrasing is something that a person typed; longer ones are stories that match everything.
PHRASING_LIMIT = 400
# A phone shows about 38 characters of a button's label, which may begin with "Add to: ".
TITLE_LIMIT = 30
# A quiz question stands above its answers, which label buttons: two in a row on a phone, or one below another.
QUIZ_QUESTION_LIMIT = 160
OPTION_LIMIT = 40
WRONG_LIMIT = 3
# One sentence that can be quoted, or put on a picture.
FACT_LIMIT = 240

# Digits that are not figures: addresses, and the short emergency and relay numbers.
_NO_FIGURE = re.compile(
    r"https?://\S+|(?<![\w-])[\w-]++\.(?:org|com|gov|net)\b\S*|\b[2-9]11\b|^\d+\.(?=\s)", re.MULTILINE
)
_FIGURE = re.compile(r"\d")
# Answers are shown again and again; whether they have figures is remembered for this many texts.
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry's text comes from: a document of `sources.yaml`, and the heading in it."""

    document: str
    section: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One quotable sentence, its year (None if undated), and its source."""

    text: str
    year: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class Link:
    """An http(s) address and what is found there."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question with its right answer, one to three plausible wrong ones, and a line that explains."""

    question: str
    right: str
    wrong: tuple[str, ...]
    why: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Return all its texts."""
        return (self.question, self.right, *self.wrong, self.why)


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its answer.

    `answer` is Markdown of at most ANSWER_LIMIT characters; `alternatives` are other ways to ask; `as_of` is the year
    of its figures. `title` is short, for buttons; `translations` are ways to ask by language (ISO 639-1).
    """

    id: str
    question: str
    alternatives: tuple[str, ...]
    answer: str
    topic: str
    facts: tuple[Fact, ...]
    source: Source
    as_of: int
    links: tuple[Link, ...] = ()
    related: tuple[str, ...] = ()
    title: str = ""
    quiz: tuple[QuizQuestion, ...] = ()
    translations: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    revision: int = 1

    @property
    def label(self) -> str:
        """Its title, or as much of its question as fits on a button."""
        return self.title or textwrap.shorten(self.question, TITLE_LIMIT, placeholder="…")

    @property
    def phrasings(self) -> tuple[str, ...]:
        """The question and all other ways to ask it, the question first."""
        return (self.question, *self.alternatives)

    @property
    def has_figures(self) -> bool:
        """Whether the answer states a number; digits inside addresses do not count."""
        return has_figures(self.answer)


@dataclass(frozen=True, slots=True)
class Topic:
    """A shelf of entries that a member can browse."""

    id: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Short wordings that fit several entries, whose ids come likeliest first."""

    words: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that entries cite. `dated` says what is known about its date. `sentence_case` has its title and
    headings in the case that some citation styles need, if the document has Every Word Capitalized.
    """

    title: str
    author: str
    kind: str
    dated: str
    sentence_case: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that helps people in danger, last checked by a person on `checked_on`."""

    name: str
    source: str
    checked_on: date | None
    phones: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SafetyCard:
    """The fixed reply to a message about somebody's safety: Markdown, and its contacts. `short` has the numbers in one
    line of plain text.
    """

    text: str
    contacts: tuple[Contact, ...]
    short: str

    @property
    def phones(self) -> frozenset[str]:
        """The phone numbers that replies and entries may hold, digits only."""
        return frozenset(digits(phone) for contact in self.contacts for phone in contact.phones)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Pack:
    """The knowledge that is answered from: the shipped one, or a community's. Packs are compared by identity, so that
    caches can live as long as a pack.
    """

    entries: tuple[Entry, ...]
    topics: tuple[Topic, ...]
    documents: tuple[Document, ...]
    safety: SafetyCard
    choices: tuple[Choice, ...] = ()
    _by_id: Mapping[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {entry.id: entry for entry in self.entries})

    def entry(self, entry_id: str) -> Entry | None:
        """Return the entry with that id, or None."""
        return self._by_id.get(entry_id)

    def topic(self, topic_id: str) -> Topic | None:
        """Return the topic with that id, or None."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def document(self, title: str) -> Document | None:
        """Return the document with that title, or None."""
        return next((document for document in self.documents if document.title == title), None)

    def in_topic(self, topic_id: str) -> tuple[Entry, ...]:
        """Return the entries of a topic, in the order of the pack."""
        return tuple(entry for entry in self.entries if entry.topic == topic_id)


@lru_cache(_REMEMBERED)
def has_figures(text: str) -> bool:
    """Return whether a text states a number; addresses, list numbers and emergency numbers do not count."""
    return bool(_FIGURE.search(_NO_FIGURE.sub("", text)))


def digits(text: str) -> str:
    """Return the digits of a phone number, without the country code of the United States."""
    only = re.sub(r"\D", "", text)
    return only[1:] if len(only) == 11 and only.startswith("1") else only
