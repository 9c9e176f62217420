"""The form of an entry: what its fields contain, and which entry the typed values make."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from bot.chat.replies import Button, ChoiceQuestion, Form, Question
from knowledge.pack.addresses import address_in, mended
from knowledge.pack.changes import standing_facts, standing_quiz
from knowledge.pack.lint import local_faults, unsure
from knowledge.pack.model import ANSWER_LIMIT, QUESTION_LIMIT, Entry, Link, Pack, Source, Topic
from knowledge.plain.text import phrase_key
from knowledge.store.protocol import Json

# How much a text area holds on Slack (block-elements.ts); Discord's holds 4,000 (components/reference.mdx).
AREA_LIMIT = 3_000
# The fields, by the names under which they are stored.
QUESTION, PHRASINGS, ANSWER, TOPIC, SOURCE = "question", "phrasings", "answer", "topic", "source"
FIELDS = (QUESTION, PHRASINGS, ANSWER, TOPIC, SOURCE)

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Between a document and its section, in one line.
_SECTION = " | "
_LABELS = {
    "question": "Question",
    "alternatives": "Other phrasings",
    "answer": "Answer",
    "topic": "Topic",
    "source": "Source",
    "as_of": "Year",
    "links": "Links",
}


@dataclass(frozen=True, slots=True)
class Read:
    """An entry as it was typed; with `faults` it cannot be saved yet. Each fault is a sentence under the form's field
    that it is about. `dropped` are facts and quiz questions that the new answer does not support, `unsure` the digits
    that may be a phone number.
    """

    entry: Entry
    faults: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def form_of(
    form_id: str, title: str, values: Mapping[str, Json], topics: Sequence[Topic], reopen: Button | None = None
) -> Form:
    """Return the form with these values. No value is cut: a field takes at least what it already contains."""

    def question(name: str, label: str, limit: int, lines: int, hint: str, *, required: bool = True) -> Question:
        value = str(values.get(name) or "")
        return Question(name, label, required, value, max(limit, len(value)), lines, hint, markdown=name == ANSWER)

    fields = (
        question(QUESTION, "Question", QUESTION_LIMIT, 1, "As a heading: How do I join the chapter?"),
        question(
            PHRASINGS, "More ways to ask it (one per line)", AREA_LIMIT, 4, "how can i become a member", required=False
        ),
        question(ANSWER, "Answer (Markdown, shown as written)", ANSWER_LIMIT, 8, "Two or three short paragraphs"),
        ChoiceQuestion(
            TOPIC, "Topic", tuple((topic.id, topic.title) for topic in topics), str(values.get(TOPIC) or "")
        ),
        question(SOURCE, "Source, year, links (one per line)", AREA_LIMIT, 4, "Chapter handbook\n2026\nhttps://…"),
    )
    return Form(form_id, title, fields, "Preview", reopen)


def values_of(entry: Entry, base: Entry | None) -> dict[str, Json]:
    """Return the values for the fields of an entry's form. `base` is the base entry that it is or replaces."""
    document = entry.source.document
    source = f"{document}{_SECTION}{entry.source.section}" if entry.source.section else document
    links = [f"{link.title} {link.url}" for link in entry.links]
    return {
        QUESTION: entry.question,
        PHRASINGS: "\n".join(_shown(entry, base)),
        ANSWER: entry.answer,
        TOPIC: entry.topic,
        SOURCE: "\n".join([source, str(entry.as_of), *links]),
    }


def read(
    values: Mapping[str, Json],
    pack: Pack,
    *,
    entry_id: str,
    before: Entry | None,
    base: Entry | None,
    today: date,
    pinned: Collection[str] = (),
) -> Read:
    """Return the entry that was typed, with all its faults.

    `before` is the edited entry: its facts, its related questions, and the phrasings that the form did not show are
    kept. `base` is the base entry that it is or replaces. `pinned` are phone numbers that it may hold beside the
    pack's.
    """
    typed = {name: str(values.get(name) or "").strip() for name in FIELDS}
    source, year, links = sources(typed[SOURCE])
    question = question_in(values)
    entry = Entry(
        id=entry_id,
        question=question,
        alternatives=_alternatives(question, _hidden(before, base), typed[PHRASINGS]),
        answer=typed[ANSWER],
        topic=_topic(typed[TOPIC], pack),
        facts=(),
        source=source,
        as_of=year or today.year,
        links=links,
        related=before.related if before else (),
        # A different question needs a different short title.
        title=before.title if before and before.question == question else "",
        translations=before.translations if before else {},
        revision=before.revision if before else 1,
    )
    dropped: tuple[str, ...] = ()
    if before:
        entry = replace(entry, facts=standing_facts(before, entry.answer), quiz=standing_quiz(before, entry.answer))
        dropped = tuple(fact.text for fact in before.facts if fact not in entry.facts)
        dropped += tuple(each.question for each in before.quiz if each not in entry.quiz)
    faults = [(_field(at), f"{_label(at)}: {message}") for at, message in local_faults(entry, pack, pinned)]
    faults += [(SOURCE, f"Links: “{line}” is not an address. Did you mean {meant}?") for line, meant in _broken(values)]
    if typed[SOURCE] and year is None:
        faults.append((SOURCE, "Year: write the year that the figures are from on a line of its own (2026)"))
    if year is not None and year > today.year:
        faults.append((SOURCE, f"Year: {year} is in the future"))
    return Read(entry, tuple(faults), dropped, () if faults else unsure(entry, pack, pinned))


def question_in(values: Mapping[str, Json]) -> str:
    """Return the typed question on one line."""
    return " ".join(str(values.get(QUESTION) or "").split())


def _shown(entry: Entry, base: Entry | None) -> tuple[str, ...]:
    """Return the phrasings that the form shows: as many of the community's latest as fit. The base has too many."""
    theirs = set(base.phrasings) if base else set()
    shown: list[str] = []
    room = AREA_LIMIT
    for phrasing in reversed([phrasing for phrasing in entry.alternatives if phrasing not in theirs]):
        room -= len(phrasing) + 1
        if room < 0:
            break
        shown.append(phrasing)
    return tuple(reversed(shown))


def _hidden(before: Entry | None, base: Entry | None) -> tuple[str, ...]:
    """Return the phrasings that stay although the form does not show them; a changed question becomes one."""
    if before is None:
        return ()
    shown = set(_shown(before, base))
    return (before.question, *(phrasing for phrasing in before.alternatives if phrasing not in shown))


def _alternatives(question: str, kept: tuple[str, ...], typed: str) -> tuple[str, ...]:
    """Read one phrasing per line; leave out what repeats another, apart from case and punctuation."""
    lines = [*kept, *(" ".join(line.split()) for line in typed.splitlines() if line.strip())]
    first_with = {phrase_key(line): line for line in reversed(lines)}
    first_with.pop(phrase_key(question), None)
    return tuple(line for line in dict.fromkeys(lines) if first_with.get(phrase_key(line)) == line)


def _topic(typed: str, pack: Pack) -> str:
    asked = typed.casefold()
    for topic in pack.topics:
        if asked in {topic.id, topic.title.casefold()}:
            return topic.id
    return typed


def sources(typed: str) -> tuple[Source, int | None, tuple[Link, ...]]:
    """Return the document and section, the year if there is one, and the links, from lines in any order."""
    links: list[Link] = []
    year: int | None = None
    named: list[str] = []
    for line in (" ".join(line.split()) for line in typed.splitlines()):
        found = address_in(line)
        if found:
            url, beside = found
            links.append(Link(beside.strip(" -–:|") or urlsplit(url).hostname or url, url))
        elif _YEAR.fullmatch(line):
            year = int(line)
        elif line:
            named.append(line)
    document, _, section = "; ".join(named).partition(_SECTION)
    years = _YEAR.findall(document)
    if year is None and years:
        year = int(years[-1])
    return Source(document.strip(), section.strip()), year, tuple(links)


def _broken(values: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Return the lines of the source that look like an address but are not, each with the likely address."""
    lines = (" ".join(line.split()) for line in str(values.get(SOURCE) or "").splitlines())
    return [(line, meant) for line in lines if address_in(line) is None and (meant := mended(line))]


def _field(at: str) -> str:
    """Return the form's field for a field of the entry."""
    name = at.partition(".")[0]
    return {"alternatives": PHRASINGS, "as_of": SOURCE, "links": SOURCE}.get(name, name if name in FIELDS else ANSWER)


def _label(field: str) -> str:
    name, _, place = field.partition(".")
    label = _LABELS.get(name, name)
    return f"{label} {int(place) + 1}" if place.isdecimal() else label
