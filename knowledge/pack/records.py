"""An entry as plain data for JSON, and back; and the fingerprint of its content."""

import json
from collections.abc import Iterable, Mapping
from sys import intern
from typing import Any

from knowledge.pack.model import Entry, Fact, Link, QuizQuestion, Source
from knowledge.plain.digests import digest

# As many hexadecimal digits as make two different texts with one fingerprint unthinkable here.
_FINGERPRINT_DIGITS = 16


def record_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain data, except its revision number."""
    return {
        "id": entry.id,
        "question": entry.question,
        "alternatives": list(entry.alternatives),
        "answer": entry.answer,
        "topic": entry.topic,
        "facts": [{"text": fact.text, "year": fact.year, "source": _source(fact.source)} for fact in entry.facts],
        "source": _source(entry.source),
        "as_of": entry.as_of,
        "links": [{"title": link.title, "url": link.url} for link in entry.links],
        "related": list(entry.related),
        "title": entry.title,
        "quiz": [
            {"question": each.question, "right": each.right, "wrong": list(each.wrong), "why": each.why}
            for each in entry.quiz
        ],
        "translations": {language: list(texts) for language, texts in entry.translations.items()},
    }


def entry_of(record: Mapping[str, Any]) -> Entry:
    """Return the entry from a record. Raises KeyError or TypeError if it is not a record; checks nothing else.

    Records from before version 2 have no title, quiz or translations. Texts that many entries have, as the names of
    sources, are in memory once.
    """
    return Entry(
        id=intern(record["id"]),
        question=intern(record["question"]),
        alternatives=interned(record["alternatives"]),
        answer=intern(record["answer"]),
        topic=intern(record["topic"]),
        facts=tuple(
            Fact(intern(fact["text"]), fact["year"], Source(**_interned(fact["source"]))) for fact in record["facts"]
        ),
        source=Source(**_interned(record["source"])),
        as_of=record["as_of"],
        links=tuple(Link(**_interned(link)) for link in record["links"]),
        related=interned(record["related"]),
        title=intern(record.get("title", "")),
        quiz=tuple(QuizQuestion(**{**each, "wrong": tuple(each["wrong"])}) for each in record.get("quiz", ())),
        translations={intern(name): interned(texts) for name, texts in record.get("translations", {}).items()},
    )


def interned(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts, each of which is in memory once, wherever it is used."""
    return tuple(map(intern, texts))


def _interned(record: Mapping[str, str]) -> dict[str, str]:
    return {name: intern(text) for name, text in record.items()}


def fingerprint(entry: Entry) -> str:
    """Return a hash of an entry's content, the same for every revision with that content."""
    content = json.dumps(record_of(entry), sort_keys=True, ensure_ascii=False)
    return digest(content, _FINGERPRINT_DIGITS)


def _source(source: Source) -> dict[str, str]:
    return {"document": source.document, "section": source.section}
