"""An entry as texts to learn from: the ways to ask for it, its facts, and the sentences of its answer."""

import re
from collections.abc import Iterator

from knowledge.pack.model import Entry
from knowledge.plain.digests import digest

# What a fact or a sentence of the answer counts beside a phrasing; chosen on held-out questions (docs/matching.md).
STATED = 0.3
# Shorter lines of an answer are list marks and headings, not statements.
SHORTEST = 12
# Enough of a hash that no two entries have the same.
DIGITS = 16
_LINK = re.compile(r"\[([^\[\]]*+)\]\([^()]*+\)")
_MARKS = re.compile(r"[*_`]+|^[#>\-\s]+|^\d+\.\s+", re.MULTILINE)
_ITEM = re.compile(r"(?:(?<!\s)\s++)?(?:[-*+]|(?<!\d)\d++\.)\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def statements(entry: Entry) -> tuple[str, ...]:
    """Return an entry's facts and the sentences of its answer, each once."""
    return tuple(dict.fromkeys((*(fact.text for fact in entry.facts), *sentences(entry.answer))))


def sentences(answer: str) -> Iterator[str]:
    """Return the sentences and list items of an answer as plain text."""
    return (text for part in _SENTENCE_END.split(_plain(answer)) if len(text := part.strip()) >= SHORTEST)


def emphasized(answer: str, sentence: str) -> str:
    """Set one of an answer's sentences in bold, in the answer's Markdown."""
    for part in _SENTENCE_END.split(answer):
        if _plain(part).strip() == sentence:
            mark = _ITEM.match(part)
            start = mark.end() if mark else 0
            return answer.replace(part, f"{part[:start]}**{part[start:].replace('**', '').strip()}**", 1)
    return answer


def _plain(answer: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", answer))


def digest_of(entry: Entry) -> str:
    """Tell what is learned of an entry from what was learned of it before it changed."""
    return digest("\n".join((*entry.phrasings, "", *statements(entry))), DIGITS)
