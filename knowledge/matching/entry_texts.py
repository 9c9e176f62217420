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
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*_`]+|^[#>\-\s]+|^\d+\.\s+", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def statements(entry: Entry) -> tuple[str, ...]:
    """Give an entry's facts and the sentences of its answer, each once."""
    return tuple(dict.fromkeys((*(fact.text for fact in entry.facts), *_sentences(entry.answer))))


def _sentences(answer: str) -> Iterator[str]:
    plain = _MARKS.sub("", _LINK.sub(r"\1", answer))
    return (text for part in _SENTENCE_END.split(plain) if len(text := part.strip()) >= SHORTEST)


def digest_of(entry: Entry) -> str:
    """Tell what is learned of an entry from what was learned of it before it changed."""
    return digest("\n".join((*entry.phrasings, "", *statements(entry))), DIGITS)
